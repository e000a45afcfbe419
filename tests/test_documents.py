"""Each kind of document is declared once, and every room has its part of it: the missing one is named."""

import inspect
import re
from typing import get_args

import pytest

from central.certificates.records import FOR_PEOPLE, FOR_UNITS
from central.verify.copies import Copies
from central.verify.routes import PAGES, page_view, pages
from kiosk.paper.certificates.kinds import LAYOUTS, Printable, examples, read
from kiosk.services.service import services
from sync.protocol.certificate_kinds import KINDS, kind_numbered
from sync.protocol.document_kinds import DOCUMENT_KINDS, document
from sync.protocol.documents import ISSUED, Certificate, Personal, Receipt, Unit
from tools import document_docs

ALL = list(DOCUMENT_KINDS.values())
CERTIFICATE = (PAGES / "certificate.html").read_text("utf-8")


def names(kinds) -> list[str]:
    return [kind.name for kind in kinds]


def test_every_kind_has_a_layout_and_no_layout_is_of_no_kind():
    assert names(kind for kind in ALL if kind.message not in LAYOUTS) == []
    assert set(LAYOUTS) == {kind.message for kind in ALL}


def test_what_travels_and_what_is_printed_is_every_kind():
    assert set(get_args(Certificate)) == {kind.message for kind in ISSUED}
    assert set(get_args(Printable)) == {kind.message for kind in ALL}


def test_every_kind_has_an_example():
    assert sorted(names(ALL)) == sorted(examples())


def test_every_issued_kind_has_its_part_of_the_public_page_and_no_part_is_of_no_kind():
    parts = {path.stem.removeprefix("kind-") for path in PAGES.glob("kind-*.html")}
    assert sorted(parts) == sorted(names(ISSUED))


def test_the_centre_can_fill_every_certificate():
    assert set(FOR_PEOPLE) == {kind.name for kind in ISSUED if issubclass(kind.message, Personal)}
    assert set(FOR_UNITS) == {kind.name for kind in ISSUED if issubclass(kind.message, Unit)}


def test_every_certificate_about_a_person_has_a_service_that_prints_it():
    said = "".join(inspect.getsource(service.run) for service in services().values() if service.run)
    assert [name for name in FOR_PEOPLE if f'"{name}"' not in said] == []


def test_every_issued_kind_has_a_number_of_its_own_and_a_name_in_both_languages():
    numbers = [kind.number for kind in ISSUED]
    assert numbers == list(range(1, len(ISSUED) + 1)), "in the order of their numbers, which never change"
    assert [kind_numbered(kind.number) for kind in ISSUED] == names(ISSUED)
    assert [kind.number for kind in ALL if kind.name not in KINDS] == [0, 0]
    for kind in ALL:
        assert re.search(r"[\u4e00-\u9fff]", kind.title) and kind.english.isascii(), kind.name
    assert len({kind.english for kind in ALL}) == len({kind.title for kind in ALL}) == len(ALL)


def test_a_number_cannot_be_declared_twice():
    class Another(Personal, frozen=True, kw_only=True, tag="another"):
        """A new kind."""

    with pytest.raises(ValueError, match="another or its number is declared twice"):
        document(1, "另一种证明", "Another certificate")(Another)


def fields_of_page(kind: str) -> set[str]:
    """Return what a kind's page says of the document, with what it includes."""
    said = f"{CERTIFICATE}\n{(PAGES / f'kind-{kind}.html').read_text('utf-8')}"
    for part in re.findall(r'include "(part-[a-z]+\.html)"', said):
        said += (PAGES / part).read_text("utf-8")
    return set(re.findall(r"certificate\.(\w+)", said)) - {"kind"}


@pytest.mark.parametrize("kind", ISSUED, ids=names(ISSUED))
def test_the_public_page_shows_what_is_declared_for_it(kind):
    said = fields_of_page(kind.name)
    assert kind.page <= set(kind.message.__struct_fields__), (
        "declared for the page and no field of the message"
    )
    assert kind.page - said == set(), "declared for the page and not on it"
    about_others = {"unit_name", "credit_code", "holder_name", "id_number", "sex", "card_number"}
    assert said - kind.page <= about_others, "on the page and not declared for it"


@pytest.mark.parametrize("kind", ISSUED, ids=names(ISSUED))
def test_the_public_page_of_an_example_can_be_drawn_and_gets_no_other_field(kind):
    view = page_view(read(examples()[kind.name]))
    assert set(vars(view)) == {"kind", *kind.page}
    html = pages.get_template("certificate.html").render(
        certificate=view, expired=False, revoked=None, loss_over=False, printed=Copies()
    )
    assert kind.title in html


def test_a_receipt_shows_no_id_number():
    assert [
        kind.name for kind in ISSUED if issubclass(kind.message, Receipt) and "id_number" in kind.page
    ] == []


def test_the_document_says_what_is_declared():
    written = document_docs.DOCUMENT.read_text("utf-8")
    assert written == document_docs.HEADING + document_docs.table(), "run: python -m tools.document_docs"
