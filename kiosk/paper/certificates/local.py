"""What the kiosk prints on its own: 政策答复 and 自检页. Nobody has signed them, and they say so."""

from datetime import date
from typing import Literal

from msgspec import Struct

from hardware.printer.document import Align, Block, Cell, Columns, Cut, Document, Feed, Rule, Text
from kiosk.paper.certificates.blocks import numbered, pair, section
from kiosk.paper.certificates.sheet import Copy, printed, title
from sync.protocol.document_kinds import DOCUMENT_KINDS, document

ONE_PAGE = "第1页/共1页"


class Given(Struct, frozen=True):
    """One thing that an answer rests on, as the citizen said it or the card told it."""

    name: str
    value: str


@document(0, "政策答复", "Answer to a question about the rules")
class PolicyAnswer(Struct, frozen=True, kw_only=True, tag_field="kind", tag="policy-answer"):
    """An answer of the rules: the question, what was given, the answer, and which texts it follows from.

    ``as_of`` is the day for which the texts were looked up.
    """

    question: str
    given: list[Given]
    answer: list[str]
    sources: list[str]
    as_of: date
    phone: str = "12333"


class Finding(Struct, frozen=True):
    """How one part of the kiosk was found."""

    part: str
    state: Literal["正常", "异常", "故障", "离线"]
    detail: str = ""


@document(0, "自检页", "Self-check of the kiosk, for staff")
class SelfCheck(Struct, frozen=True, kw_only=True, tag_field="kind", tag="self-check"):
    """What the kiosk found out about itself, part by part."""

    branch: str
    version: str
    findings: list[Finding]


def policy_answer(answer: PolicyAnswer, copy: Copy) -> Document:
    """Lay out a 政策答复."""
    return _unsigned(
        answer,
        copy,
        (
            Text(answer.question, bold=True),
            *(pair(each.name, each.value) for each in answer.given),
            Rule(),
            *(Text(each) for each in answer.answer),
            Rule(),
            *section("依据", *numbered(answer.sources)),
            Text("仅供参考", size=2, bold=True, align=Align.CENTER),
            Text(
                f"按 {answer.as_of} 的规定答复，未经经办机构审核，不能作为办理业务或计发待遇的凭据。"
                f"请以经办机构核定为准，咨询电话 {answer.phone}。"
            ),
        ),
    )


def self_check(page: SelfCheck, copy: Copy) -> Document:
    """Lay out a 自检页 for staff."""
    troubles = [each for each in page.findings if each.state != "正常"]
    summary = f"{len(troubles)} 项需要处理" if troubles else "全部正常"
    return _unsigned(
        page,
        copy,
        (
            Text(page.branch, align=Align.CENTER),
            Feed(1),
            pair("程序版本", page.version),
            Rule(),
            *(block for finding in page.findings for block in _finding(finding)),
            Rule(),
            Text(summary, size=2, bold=True, align=Align.CENTER),
            Text("供工作人员维护使用，仅供参考。"),
        ),
    )


def _finding(finding: Finding) -> tuple[Block, ...]:
    state = Columns(
        (Cell(finding.part, 30), Cell(finding.state, 12, Align.RIGHT)), bold=finding.state != "正常"
    )
    return (state, Text(finding.detail, indent=2)) if finding.detail else (state,)


def _unsigned(message: PolicyAnswer | SelfCheck, copy: Copy, content: tuple[Block, ...]) -> Document:
    kind = DOCUMENT_KINDS[str(message.__struct_config__.tag)]
    head = (*title(kind.title), Feed(1))
    return Document(kind.name, (*head, *content, Rule(), *printed(copy, ONE_PAGE), Cut()))
