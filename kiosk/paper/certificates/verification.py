"""Checking a certificate's QR code without the centre: only its public keys are needed."""

import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path

import msgspec
from msgspec import UNSET, Struct, UnsetType

from sync.protocol import certificate_code
from sync.protocol.algorithms import ED25519, require_key
from sync.protocol.centre_keys import CentreKey, Standing
from sync.protocol.certificate_code import CertificateCode, CodeError, id_hash
from sync.protocol.certificate_kinds import CHINA, KINDS, kind_numbered, last_day
from text.files import read_file, require_file

Keys = Mapping[int, CentreKey]
LONGEST_KEYS, LARGEST_PICTURE = 1_000_000, 100_000_000
"""Bytes of the files."""


class KeysError(Exception):
    """The file of trusted keys cannot be used; the message names it and says what to do."""


class UnreadablePictureError(Exception):
    """There is no QR code to be read in the picture; the message says what to do."""


class Reason(StrEnum):
    """Why a QR code certifies nothing."""

    NOT_OUR_CODE = "not-our-code"
    UNKNOWN_KEY = "unknown-key"
    WRONG_SIGNATURE = "wrong-signature"
    KEY_NOT_YET = "key-not-yet-used"
    KEY_RETIRED = "key-retired"
    KEY_WITHDRAWN = "key-withdrawn"
    OTHER_ID_NUMBER = "other-id-number"


class Certified(Struct, frozen=True):
    """What a genuine QR code certifies.

    ``kind`` and ``title`` are None for a kind that is newer than this program, ``valid_until`` for one without an
    end; ``name`` is the beginning of the name (at most ten bytes).
    """

    kind: str | None
    title: str | None
    number: str
    region: str
    issued_at: datetime
    name: str
    months: int
    last_month: str
    valid_until: date | None
    expired: bool


class Verdict(Struct, frozen=True):
    """Whether the centre signed a QR code, and what it says then; ``reason`` is given when it did not.

    ``key_withdrawn`` is given when its key was withdrawn later: who has that key can write any earlier day.
    """

    genuine: bool
    reason: Reason | None = None
    certificate: Certified | None = None
    key_withdrawn: datetime | UnsetType = UNSET


def verify(payload: str, keys: Keys, today: date, id_number: str | None = None) -> Verdict:
    """Judge the text of a QR code: an address with the signed content as its fragment, or that content alone.

    One past its last day is genuine all the same; ``expired`` says so.

    :param id_number: the ID number or credit code on the paper, when it is to be compared as well.
    """
    signed = payload.strip().rpartition("#")[2]
    try:
        key = keys.get(certificate_code.read(signed).key_id)
    except CodeError:
        return Verdict(False, Reason.NOT_OUR_CODE)
    if key is None:
        return Verdict(False, Reason.UNKNOWN_KEY)
    try:
        code = certificate_code.verify(signed, key)
    except CodeError:
        return Verdict(False, Reason.WRONG_SIGNATURE)
    if (standing := key.standing(code.issued_at)) is not Standing.GOOD:
        return Verdict(False, Reason(standing))
    if id_number is not None and code.id_hash != id_hash(id_number.upper(), code.number):
        return Verdict(False, Reason.OTHER_ID_NUMBER)
    return Verdict(True, None, _certified(code, today), key.withdrawn or UNSET)


def _certified(code: CertificateCode, today: date) -> Certified:
    kind = kind_numbered(code.kind)
    end = last_day(kind, code.issued_at) if kind else None
    return Certified(
        kind=kind,
        title=KINDS[kind].title if kind else None,
        number=str(code.number),
        region=code.region,
        issued_at=code.issued_at.astimezone(CHINA),
        name=code.name,
        months=code.months,
        last_month=code.last_month,
        valid_until=end,
        expired=end is not None and today > end,
    )


def load_keys(path: Path) -> Keys:
    """Read trusted keys from JSON or TOML: the key's number to base64 of 32 bytes, or to all that is said of the key.

    :raises KeysError: the file cannot be read, or a key in it is none.
    """
    try:
        content = read_file(path, LONGEST_KEYS)
        listed = tomllib.loads(content.decode()) if path.suffix == ".toml" else msgspec.json.decode(content)
        found = msgspec.convert(listed, dict[str, str | CentreKey])
        return {int(number): _key(int(number), told) for number, told in found.items()}
    except (OSError, ValueError, RecursionError) as error:
        reason = getattr(error, "strerror", None) or error
        raise KeysError(
            f"{path}: {reason}. Take the keys from the centre: kiosk-central keys > {path.name}"
        ) from error


def _key(number: int, told: str | CentreKey) -> CentreKey:
    """Return a key that can be used; one of the centre's first lists is only its octets, Ed25519's.

    :raises ValueError: it is none.
    """
    key = (
        CentreKey(role="certificate", number=number, algorithm=ED25519, public=told)
        if isinstance(told, str)
        else told
    )
    require_key(key.algorithm, key.octets)
    return key


def read_picture(path: Path) -> str:
    """Return the text of the QR code in a picture.

    :raises UnreadablePictureError: it is no picture, or there is no QR code in it, or more than one.
    """
    import zxingcpp
    from PIL import Image

    try:
        require_file(path, LARGEST_PICTURE)
        with Image.open(path) as picture:
            found = zxingcpp.read_barcodes(picture.convert("L"))
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UnreadablePictureError(f"{path} is not a picture that can be read: {reason}") from error
    found = [each for each in found if each.format == zxingcpp.BarcodeFormat.QRCode]
    if len(found) != 1:
        raise UnreadablePictureError(
            f"{path}: {len(found)} QR codes were read; take a sharp picture of one code, with the white around it"
        )
    return found[0].text
