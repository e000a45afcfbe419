"""Sign the QR codes of the example documents again, after one of them was changed.

The key is published here, so that everybody can check the examples, and nobody may trust it for anything else.

    python -m tools.sign_examples
"""

from pathlib import Path
from typing import Any

import msgspec

from kiosk.paper.certificates.kinds import read
from sync.protocol import certificate_code
from sync.protocol.algorithms import ED25519, as_text, private_key
from sync.protocol.centre_keys import CentreKey
from sync.protocol.certificate_code import CertificateCode, id_hash
from sync.protocol.certificate_kinds import KINDS, last_day
from sync.protocol.documents import Issued, Personal, Unit

EXAMPLES = Path(__file__).parent.parent / "kiosk/paper/certificates/examples"
KEY_ID = 255
KEY = private_key(ED25519, b"examples, not to be trusted ....")
KNOWN = CentreKey(role="certificate", number=KEY_ID, algorithm=ED25519, public=as_text(KEY.public_key))
HOST = "rs.example.gov.cn"


def main() -> None:
    """Sign every example that has a QR code."""
    for file in EXAMPLES.glob("*.json"):
        fields = msgspec.json.decode(file.read_bytes())
        if fields["kind"] in KINDS:
            file.write_bytes(msgspec.json.format(msgspec.json.encode(signed(fields)), indent=2) + b"\n")


def signed(fields: dict[str, Any]) -> dict[str, Any]:
    """Return a document with what follows from its other fields: title, validity, addresses and QR code."""
    url = f"https://{HOST}/verify/{fields['code']}"
    document = read(msgspec.json.encode(fields | {"qr": "", "host": HOST, "verify_url": url}))
    assert isinstance(document, Issued)
    kind = KINDS[document.kind]
    qr = f"{url}#{certificate_code.sign(_content(document, kind.number), KEY)}"
    validity = last_day(document.kind, document.issued_at)
    given = {"title": kind.title, "valid_until": validity, "host": HOST, "verify_url": url, "qr": qr}
    fields_now: dict[str, Any] = msgspec.to_builtins(msgspec.structs.replace(document, **given))
    return fields_now


def _content(document: Issued, kind: int) -> CertificateCode:
    months = [each.month for each in getattr(document, "months", getattr(document, "payments", []))]
    subject = ""
    if isinstance(document, Personal | Unit):
        subject = document.id_number if isinstance(document, Personal) else document.credit_code
    return CertificateCode(
        key_id=KEY_ID,
        kind=kind,
        number=int(document.number),
        issued_at=document.issued_at,
        region=document.region,
        id_hash=id_hash(subject, int(document.number)),
        name=getattr(document, "holder_name", getattr(document, "unit_name", "")),
        months=getattr(document, "total_months", len(months)),
        last_month=max(months, default=""),
    )


if __name__ == "__main__":
    main()
