"""Every kind of document that a kiosk can print: its message, its layout, and an example of invented people."""

from collections.abc import Callable, Mapping
from importlib.resources import files
from typing import Any, TypeAlias

import msgspec

from hardware.printer.document import Document
from hardware.printer.encoder import UnprintableCharacterError
from kiosk.paper.certificates.annual_record import annual_record
from kiosk.paper.certificates.local import PolicyAnswer, SelfCheck, policy_answer, self_check
from kiosk.paper.certificates.participation import contributions, participation
from kiosk.paper.certificates.pension_receipt import pension_receipt
from kiosk.paper.certificates.receipts import acceptance_receipt, business_receipt, loss_receipt
from kiosk.paper.certificates.sheet import Copy
from kiosk.paper.certificates.transfer_voucher import transfer_voucher
from kiosk.paper.certificates.unit import unit_contributions, unit_participation
from sync.protocol import documents
from sync.protocol.documents import Certificate
from text.clean import TextError, clean_text

Printable: TypeAlias = Certificate | PolicyAnswer | SelfCheck

LAYOUTS: Mapping[type, Callable[[Any, Copy], Document]] = {
    documents.Participation: participation,
    documents.Contributions: contributions,
    documents.TransferVoucher: transfer_voucher,
    documents.AnnualRecord: annual_record,
    documents.PensionReceipt: pension_receipt,
    documents.UnitParticipation: unit_participation,
    documents.UnitContributions: unit_contributions,
    documents.BusinessReceipt: business_receipt,
    documents.LossReceipt: loss_receipt,
    documents.AcceptanceReceipt: acceptance_receipt,
    PolicyAnswer: policy_answer,
    SelfCheck: self_check,
}


class DocumentError(ValueError):
    """This is no document that can be printed; the message names the field."""


def lay_out(document: Printable, copy: Copy) -> Document:
    """Lay out a document of any kind; its texts are cleaned before anything is masked, grouped or divided.

    :raises UnprintableCharacterError: a text of it holds what is no character.
    """
    try:
        return LAYOUTS[type(document)](_cleaned(document), copy)
    except TextError as error:
        raise UnprintableCharacterError(error.character) from None


def _cleaned(value: Any) -> Any:
    match value:
        case str():
            return clean_text(value)
        case list() | tuple():
            return type(value)(map(_cleaned, value))
        case msgspec.Struct():
            fields = {name: _cleaned(getattr(value, name)) for name in value.__struct_fields__}
            return msgspec.structs.replace(value, **fields)
    return value


def read(content: bytes) -> Printable:
    """Read a document from JSON; its ``kind`` says which it is.

    :raises DocumentError: a field is missing or wrong.
    """
    try:
        document: Printable = msgspec.json.decode(content, type=Printable)
        return document
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise DocumentError(str(error)) from error


def examples() -> Mapping[str, bytes]:
    """Return one document of each kind, as JSON."""
    folder = files("kiosk.paper.certificates").joinpath("examples")
    return {
        file.name.removesuffix(".json"): file.read_bytes()
        for file in sorted(folder.iterdir(), key=lambda file: file.name)
    }
