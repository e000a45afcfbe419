"""The lines that a verification of a person shows, word for word (人员信息核验)."""

import msgspec

from kiosk.rules.law import law
from kiosk.rules.stated import Answer, Stated, answer
from kiosk.rules.topic import Field, Topic, text


class VerificationLines(msgspec.Struct, frozen=True):
    """The four lines."""

    lines: tuple[str, ...]


def verification_lines(
    *,
    card: str | None = None,
    institution_pension: str | None = None,
    employee_benefit: str | None = None,
    resident_benefit: str | None = None,
) -> Answer[VerificationLines]:
    """Return the lines for what was found; None says that nothing was found."""
    rule = law().verification
    found = (
        (rule.card, card),
        (rule.institution_pension, institution_pension),
        (rule.employee_benefit, employee_benefit),
        (rule.resident_benefit, resident_benefit),
    )
    lines = tuple(_line(stated, said) for stated, said in found)
    return answer(VerificationLines(lines), [stated for stated, _ in found], "verification-lines.result")


def _line(stated: Stated[tuple[str, str]], said: str | None) -> str:
    label, nothing = stated.value
    return f"{label}:{said.rstrip('。')}。" if said else f"{label}:{nothing}"


TOPICS = (
    Topic(
        "verification-lines",
        "The lines of a verification, word for word (人员信息核验)",
        (
            Field("card", text, "state of the card, null if none was found", required=False),
            Field(
                "institution_pension", text, "institutions' pension, null if none was found", required=False
            ),
            Field("employee_benefit", text, "employee benefit, null if none was found", required=False),
            Field("resident_benefit", text, "resident benefit, null if none was found", required=False),
        ),
        VerificationLines,
        verification_lines,
        {
            "card": "社保卡状态正常。",
            "institution_pension": None,
            "employee_benefit": None,
            "resident_benefit": None,
        },
    ),
)
