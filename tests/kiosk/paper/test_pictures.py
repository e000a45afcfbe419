"""Every document as it comes out of the printer, dot by dot; and its QR code read by an independent reader."""

import pytest
import zxingcpp

from hardware.printer import profile as profiles
from hardware.printer.encoder import encode
from hardware.simulator.printer_picture import draw
from kiosk.paper.certificates.kinds import examples, lay_out
from kiosk.paper.certificates.verification import verify
from sync.protocol.documents import Issued
from tests.kiosk.paper import golden
from tests.kiosk.paper.documents import COPY, KEYS, TODAY, example, long_contributions

WIDE, NARROW = "epson-tm-t88v", "gb18030-58mm"


def picture_of(document, profile_name=WIDE):
    profile = profiles.load(profile_name)
    return draw(encode(lay_out(document, COPY), profile), profile)


def check(document, name, profile_name=WIDE):
    picture = picture_of(document, profile_name)
    read = zxingcpp.read_barcodes(picture.convert("L"))
    if isinstance(document, Issued):
        [code] = read
        assert code.text == document.qr
        verdict = verify(code.text, KEYS, TODAY)
        assert verdict.certificate.kind == document.kind
        assert verdict.certificate.number == document.number
    else:
        assert read == []
    golden.compare(picture, name)


@pytest.mark.parametrize("kind", examples())
def test_a_document_on_the_usual_paper(kind):
    check(example(kind), kind)


@pytest.mark.parametrize("kind", ["participation", "transfer-voucher", "loss-receipt"])
def test_a_document_on_narrow_paper(kind):
    check(example(kind), f"{kind}-58mm", NARROW)


def test_a_name_that_the_printer_has_no_characters_for_is_drawn():
    check(example("participation", holder_name="欧阳䶮㛃"), "participation-rare-name")


def test_a_long_document_is_several_tickets():
    check(long_contributions(24), "contributions-two-pages")
