"""What every document says."""

import dataclasses
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from hardware.printer import profile as profiles
from hardware.printer.document import Cut
from hardware.printer.encoder import UnprintableDocumentError, encode
from kiosk.paper.certificates.kinds import DocumentError, examples, lay_out, read
from sync.protocol.certificate_kinds import KINDS
from tests.kiosk.paper.documents import COPY, codes, example, long_contributions, words

ISSUED = sorted(KINDS)
LOCAL = ["policy-answer", "self-check"]


def test_there_is_an_example_of_every_kind():
    assert sorted(examples()) == sorted([*ISSUED, *LOCAL])


@pytest.mark.parametrize("kind", ISSUED)
def test_an_issued_document_says_how_to_check_it_and_how_long_it_holds(kind):
    document = example(kind)
    said = words(document)
    assert document.title.replace("（个人专用）", "") in said[0].replace("\n", "")
    assert f"编号 {document.number}" in said
    assert f"校验码 {document.code[:4]} {document.code[4:8]} {document.code[8:]}" in said
    assert "核验网址 rs.example.gov.cn" in said
    assert f"有效期至 {document.valid_until or '长期有效'}" in said
    assert said[-3:] == ["打印时间 2026-11-22 10:14", "页码 第1页/共1页 第1份", "打印终端 610200-001"]
    assert codes(document) == [document.qr]


@pytest.mark.parametrize("kind", LOCAL)
def test_what_nobody_has_signed_says_that_it_is_for_reference_only(kind):
    document = example(kind)
    assert any("仅供参考" in line for line in words(document))
    assert codes(document) == []


def test_a_later_copy_bears_the_same_number_and_says_which_copy_it_is():
    document = example("participation")
    again = words(document, dataclasses.replace(COPY, number=2))
    changed = [(one, other) for one, other in zip(words(document), again, strict=True) if one != other]
    assert changed == [("页码 第1页/共1页 第1份", "页码 第1页/共1页 第2份")]


@pytest.mark.parametrize(("months", "pages"), [(1, 1), (18, 1), (19, 2), (36, 2), (48, 3)])
def test_a_long_document_is_paged_under_one_number_and_one_code(months, pages):
    document = long_contributions(months)
    said = words(document)
    blocks = lay_out(document, COPY).blocks
    assert sum(isinstance(block, Cut) for block in blocks) == pages
    assert said.count(f"编号 {document.number}") == said.count("校验码 7HD3 RWKX 5PCA") == pages
    assert [line for line in said if "接下页" in line] == [
        f"第{page}页/共{pages}页，接下页" for page in range(1, pages)
    ]
    assert f"页码 第{pages}页/共{pages}页 第1份" in said
    assert sum("1个月 正常缴费" in line for line in said) == months
    assert codes(document) == [document.qr]


def test_equal_months_are_one_entry_and_the_newest_comes_first():
    said = [line for line in words(example("participation")) if "正常缴费" in line]
    assert said == ["2025-01至2026-10 22个月 正常缴费", "2024-11至2024-12 2个月 正常缴费"]


@pytest.mark.parametrize("kind", ["business-receipt", "loss-receipt", "acceptance-receipt"])
def test_a_receipt_says_what_was_not_done_and_names_nobody_in_full(kind):
    receipt = example(kind)
    said = "\n".join(words(receipt))
    assert "请注意，以下没有办理" in said
    assert all(sentence in said for sentence in receipt.not_covered)
    assert receipt.holder_name not in said
    assert receipt.card_number == "" or receipt.card_number not in said


def test_a_loss_says_until_when_with_the_end_of_the_day_as_the_law_names_it():
    said = words(example("loss-receipt"))
    assert "已挂失，有效至\n2026-11-29 24:00" in said
    assert "已挂失，长期有效" in words(example("loss-receipt", expires_at=None))
    assert "已挂失，有效至\n2026-11-29 18:30" in words(
        example("loss-receipt", expires_at="2026-11-29T18:30:00+08:00")
    )


def test_what_was_taken_in_says_by_when_it_is_done():
    said = words(example("acceptance-receipt"))
    assert "2026-12-18前办结" in said
    assert "1.居民身份证（已读取）" in said


def test_the_account_of_a_year_adds_up():
    record = example("annual-record")
    assert record.opening + record.credited + record.interest == record.closing


@pytest.mark.parametrize("kind", examples())
def test_no_document_shows_its_people_in_a_repr(kind):
    document = example(kind)
    shown = repr(document) if kind in ISSUED else repr(lay_out(document, COPY))
    assert "王" not in shown and "999999" not in shown


SAME = ["JOSÉ 王", "JOSE\u0301\u3000王", "JO\u200bSÉ\u00a0 王\r\n", "\ufeffJOSE\u0301\t王\u00ad"]
"""One text in four ways."""


@pytest.mark.parametrize("kind", sorted(examples()))
def test_texts_that_are_equal_to_a_reader_give_byte_equal_paper_in_every_field(kind):
    for field, papers in papers_of_each_field(kind, SAME):
        assert len(set(papers)) <= 1, field


@pytest.mark.parametrize("kind", sorted(examples()))
@pytest.mark.parametrize("wrong", ["王\x1b@国", "王\0国", "王\ufffe国"])
def test_what_is_no_character_is_refused_in_every_field_also_where_it_would_be_masked(kind, wrong):
    for field, papers in papers_of_each_field(kind, [wrong]):
        assert not papers, field


def papers_of_each_field(kind: str, texts: list[str]) -> Iterator[tuple[str, list[bytes]]]:
    """Print the example with each text in each of its fields; a text that a field refuses gives no paper."""
    content = msgspec.json.decode(examples()[kind])
    for place in places(content):
        yield place[-1], [paper for text in texts for paper in printed(changed(content, place, text))]


def places(content: Any) -> list[tuple]:
    """Where there is a text in a JSON value; of a list its first two."""
    if isinstance(content, dict):
        return [(key, *rest) for key, value in content.items() for rest in places(value)]
    if isinstance(content, list):
        return [(number, *rest) for number, value in enumerate(content[:2]) for rest in places(value)]
    return [()] if isinstance(content, str) else []


def changed(content: Any, place: tuple, text: str) -> Any:
    if not place:
        return text
    copied = content.copy()
    copied[place[0]] = changed(content[place[0]], place[1:], text)
    return copied


def printed(content: Any) -> list[bytes]:
    try:
        document = read(msgspec.json.encode(content))
        return [encode(lay_out(document, COPY), profiles.load("gb18030-80mm"))]
    except (DocumentError, UnprintableDocumentError):
        return []
