"""Retirement by face scan (刷脸办): who may use it, and how often a face may fail."""

from datetime import datetime
from typing import Literal

import msgspec

from kiosk.rules import regions
from kiosk.rules.law import law
from kiosk.rules.periods import BEIJING, Month, midnight_after
from kiosk.rules.retirement import RETIREMENT_MONTH, pension_months
from kiosk.rules.stated import Answer, Stated, answer, value_of
from kiosk.rules.topic import Field, Topic, choice, either, flag, instant, list_of, region, text, whole

Obstacle = Literal[
    "region",
    "type",
    "months",
    "age_reached",
    "deemed_years",
    "resident_pension",
    "institution_pension",
    "other_province_pension",
    "duplicate_insurance",
    "birth_matches_file",
    "open_case",
    "agency_confirmed",
]

Purpose = Literal["face-retirement", "certification"]


class FaceRetirement(msgspec.Struct, frozen=True):
    """Whether the citizen may retire by face scan, and everything that stands against it."""

    allowed: bool
    reasons: tuple[Obstacle, ...]


class FaceAttempts(msgspec.Struct, frozen=True):
    """Whether another try is allowed today; if not, until when not, and where else to go."""

    allowed: bool
    until: datetime | None
    alternative: Literal["window"] | None


def face_retirement(
    region: str,
    type: str,
    months: int,
    age_reached: bool,
    deemed_years: bool | int,
    resident_pension: bool,
    institution_pension: bool,
    other_province_pension: bool,
    duplicate_insurance: bool,
    birth_matches_file: bool,
    open_case: bool,
    agency_managed: bool,
    *,
    agency_confirmed: bool = False,
    retirement_month: Month | None = None,
) -> Answer[FaceRetirement]:
    """Check every condition; only ``type`` flexible (灵活就业) has this way.

    With the month of retirement the months are compared with its year's minimum too.
    """
    pack = regions.find(region)
    rule = law().face_retirement
    needed, minimum = pension_months(rule.months, retirement_month)
    against: dict[Obstacle, bool] = {
        "region": not value_of(pack.face_retirement),
        "type": type != rule.people.value,
        "months": months < needed,
        "age_reached": not age_reached,
        "deemed_years": bool(deemed_years),
        "resident_pension": resident_pension,
        "institution_pension": institution_pension,
        "other_province_pension": other_province_pension,
        "duplicate_insurance": duplicate_insurance,
        "birth_matches_file": not birth_matches_file,
        "open_case": open_case,
        "agency_confirmed": agency_managed and not agency_confirmed,
    }
    reasons = tuple(obstacle for obstacle, stands in against.items() if stands)
    here = pack.face_retirement if isinstance(pack.face_retirement, Stated) else pack.silence
    text_key = "refused" if reasons else "allowed"
    basis = (here, rule.people, *minimum, rule.managed)
    return answer(FaceRetirement(not reasons, reasons), basis, f"face-retirement.{text_key}")


def face_attempts(
    failures: tuple[datetime, ...], asked_at: datetime, *, purpose: Purpose = "face-retirement"
) -> Answer[FaceAttempts]:
    """Return whether another face scan may be tried for a purpose: after three failures not on the same day.

    Before the rule was in force none could be. That of certification is this project's, by analogy.
    """
    rule = law().face_retirement.attempts if purpose == "face-retirement" else law().certification.attempts
    today = asked_at.astimezone(BEIJING).date()
    failed = sum(
        1 for failure in failures if failure <= asked_at and failure.astimezone(BEIJING).date() == today
    )
    if not rule.in_force_on(today):
        result, word = FaceAttempts(False, None, "window"), "not-in-force"
    elif failed < rule.value:
        result, word = FaceAttempts(True, None, None), "allowed"
    else:
        result, word = FaceAttempts(False, midnight_after(today), "window"), "refused"
    said = {"left": rule.value - failed, "since": f"{rule.since:%Y年%m月%d日}"}
    prefix = "certification-" if purpose == "certification" else ""
    return answer(result, (rule,), f"face-attempts.{prefix}{word}", **said)


TOPICS = (
    Topic(
        "face-retirement",
        "Conditions of retirement by face scan (灵活就业人员退休刷脸办)",
        (
            region,
            Field("type", text, "flexible (灵活就业), or another kind of insured person"),
            Field("months", whole(0, 1200), "months of contribution"),
            Field("age_reached", flag, "retirement age is reached"),
            Field("deemed_years", either(flag, whole(0, 1200)), "there are deemed years (视同缴费)"),
            Field("resident_pension", flag, "insured in the resident system"),
            Field("institution_pension", flag, "insured in the institutions' system"),
            Field("other_province_pension", flag, "a pension is paid in another province"),
            Field("duplicate_insurance", flag, "insured twice"),
            Field("birth_matches_file", flag, "birth in the file is that of the ID card"),
            Field("open_case", flag, "another case is still open"),
            Field("agency_managed", flag, "managed by an employment agency (职介机构托管)"),
            Field("agency_confirmed", flag, "the employment agency has confirmed", required=False),
            RETIREMENT_MONTH,
        ),
        FaceRetirement,
        face_retirement,
        {
            "region": "610200",
            "type": "flexible",
            "months": 240,
            "age_reached": True,
            "deemed_years": False,
            "resident_pension": False,
            "institution_pension": False,
            "other_province_pension": False,
            "duplicate_insurance": False,
            "birth_matches_file": True,
            "open_case": False,
            "agency_managed": False,
        },
    ),
    Topic(
        "face-attempts",
        "Whether another face scan may be tried today (人脸识别次数)",
        (
            Field("failures", list_of(instant), "failed scans"),
            Field("asked_at", instant, "the time of asking"),
            Field("purpose", choice(Purpose), "what the face is scanned for", required=False),
        ),
        FaceAttempts,
        face_attempts,
        {
            "failures": ["2026-11-20T09:00", "2026-11-20T09:02", "2026-11-20T09:05"],
            "asked_at": "2026-11-20T10:00",
        },
    ),
)
