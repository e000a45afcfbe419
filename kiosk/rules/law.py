"""National law and the pension parameters: ``law.toml``, checked against its schema."""

from datetime import date
from decimal import Decimal
from functools import cache
from typing import Generic, Literal, TypeVar

import msgspec

from kiosk.rules import datafile
from kiosk.rules.stated import Citation, Stated, Unspecified, check_sources, cite
from kiosk.rules.words import DayKind, Paper

Insurance = Literal["employee-pension", "unemployment", "work-injury", "medical"]
Direction = Literal["in", "out"]
Scope = Literal["within-province", "across-provinces", "across-pools"]
Person = Literal["employed", "unemployed"]
Category = Literal["male", "female55", "female50"]


T = TypeVar("T")


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table of the data files: every key is known, and none may be missing unless it has a default."""


class Entries(Table, Generic[T], frozen=True, rename="kebab"):
    """A table whose keys are words of the vocabulary; an entry is read with its word."""

    def __getitem__(self, word: str) -> T:
        found: T = getattr(self, word.replace("-", "_"))
        return found


class Term(Table, frozen=True):
    """A period in which something must be done: so many days, or ``months``, or to the end of the month after them."""

    days: int | None = None
    kind: DayKind = "working"
    months: int | None = None

    def __post_init__(self) -> None:
        in_days = self.kind in ("working", "calendar")
        if (self.days is None, self.months is None) != (not in_days, in_days):
            raise ValueError(f"{self.kind} needs {'days' if in_days else 'months'} and nothing else")


class NumberForms(Entries[Stated[str]], frozen=True, rename="kebab"):
    """The forms of a person's number in social insurance, each in words."""

    citizen: Stated[str]
    residence_permit: Stated[str]
    permanent_resident: Stated[str]
    hong_kong_macau_taiwan: Stated[str]
    foreigner: Stated[str]


class Retirement(Table, frozen=True):
    """The old retirement age of a category, and how it is delayed."""

    old_age: Stated[int]
    months_per_delay: Stated[int]
    longest_delay: Stated[int]


class Retirements(Entries[Retirement], frozen=True):
    """The categories of workers."""

    male: Retirement
    female55: Retirement
    female50: Retirement


class Elastic(Table, frozen=True):
    """How far retirement may be moved, and the notice it needs."""

    months: Stated[int]
    early_notice_months: Stated[int]
    late_notice_months: Stated[int]


class Minimum(Table, frozen=True):
    """The minimum: ``months`` up to ``last_year``, then ``step`` more each year up to ``most``."""

    months: Stated[int]
    last_year: Stated[int]
    step: Stated[int]
    most: Stated[int]


class Contribution(Table, frozen=True):
    """How a flexible worker's contribution is split."""

    total_percent: Stated[int]
    account_percent: Stated[int]


class BenefitPlace(Table, frozen=True):
    """Which place pays the pension."""

    months: Stated[int]
    temporary_accounts: Stated[bool]


class DuplicatePension(Table, frozen=True):
    """Since when two employee pensions are put right."""

    since: Stated[date]


class CollectionPlan(Table, frozen=True):
    """The clock of a unit's collection plan (征集计划)."""

    last_day: Stated[int]
    push_hours: Stated[tuple[int, ...]]
    payable_hours: Stated[int]
    answer_minutes: Stated[int]


class PensionSystems(Table, frozen=True):
    """The bridge between the employee and the resident system."""

    months: Stated[int]
    extension: Stated[bool]


class LumpSum(Table, frozen=True):
    """Who may pay the missing years at once."""

    insured_before: Stated[date]
    extended_years: Stated[int]
    months: Stated[int]


class Termination(Table, frozen=True):
    """The written steps that end an employee pension relation."""

    procedure: Stated[tuple[str, ...]]


class ResidentPension(Table, frozen=True):
    """The conditions of the resident pension."""

    start_year: Stated[int]
    age: Stated[int]
    years: Stated[int]
    disabled_age: Stated[int]
    other_pension: Stated[bool]


class Disability(Table, frozen=True):
    """What the government pays for the severely disabled in the resident system."""

    worst_grade: Stated[int]
    first_year: Stated[int]
    premium: Stated[Decimal]
    subsidy: Stated[Decimal]
    own_tier: Stated[Decimal]


class FaceRetirement(Table, frozen=True):
    """The conditions of retirement by face scan (刷脸办)."""

    months: Stated[int]
    people: Stated[str]
    managed: Stated[bool]
    attempts: Stated[int]


class Death(Table, frozen=True):
    """What is paid when an insured person dies: by which fund, and for how long."""

    account: Stated[bool]
    pension_fund: Stated[bool]
    work_injury_fund: Stated[bool]
    funeral_months: Stated[int]
    survivor_months: Stated[tuple[tuple[int, int], ...]]
    survivor_most: Stated[int]
    work_death_years: Stated[int]
    national_income: tuple[Stated[Decimal], ...]


class Certification(Table, frozen=True):
    """How often the right to a benefit is confirmed, how early that is called for, and how often a face may fail."""

    cycle_months: Stated[int]
    soon_days: Stated[int]
    attempts: Stated[int]


class OneCard(Table, frozen=True):
    """Whether a person has one card and no second."""

    one_card: Stated[bool]


class Verification(Table, frozen=True):
    """The label of each line of a verification, and what it says when nothing was found."""

    card: Stated[tuple[str, str]]
    institution_pension: Stated[tuple[str, str]]
    employee_benefit: Stated[tuple[str, str]]
    resident_benefit: Stated[tuple[str, str]]


class Digits(Table, frozen=True):
    """How many digits something has."""

    digits: Stated[int]


class NationalDeadlines(Entries[Stated[Term]], frozen=True, rename="kebab"):
    """What national law sets a period for."""

    registration: Stated[Term]
    registration_change: Stated[Term]
    pension_claim: Stated[Term]
    medical_reimbursement: Stated[Term]
    maternity_allowance: Stated[Term]
    injury_reimbursement: Stated[Term]
    unemployment_benefit: Stated[Term]
    training_subsidy: Stated[Term]
    entitlement_loss_notice: Stated[Term]
    plan_withdrawal: Stated[Term]
    rating_rectification: Stated[Term]


class Festival(Table, frozen=True):
    """A statutory holiday: its days, and the first of them (MM-DD) where it is the same every year."""

    name: str
    days: int
    first: str | None = None


class WorkingDays(Table, frozen=True):
    """Which calendar says what a working day is, and where counting starts."""

    calendar: Stated[str]
    festivals: Stated[tuple[Festival, ...]]
    start_day_counts: Stated[bool]


class Transfer(Table, frozen=True):
    """How one kind of insurance moves from place to place; a missing condition fits everybody."""

    insurance: Insurance
    fund_moves: bool | Unspecified
    source: str
    article: str
    says: tuple[str, ...]
    direction: Direction | None = None
    scopes: tuple[Scope, ...] = ("within-province", "across-provinces", "across-pools")
    person: Person | None = None
    needed: bool = True
    items: tuple[str, ...] = ()
    document: str | None = None
    papers: tuple[Paper, ...] = ()
    agent_papers: tuple[Paper, ...] | None = None

    @property
    def citation(self) -> Citation:
        """Where the row stands."""
        return cite(self.source, self.article)


class Law(Table, frozen=True):
    """Everything that ``law.toml`` holds."""

    id_number: NumberForms
    retirement: Retirements
    elastic: Elastic
    minimum: Minimum
    contribution: Contribution
    benefit_place: BenefitPlace
    duplicate_pension: DuplicatePension
    collection_plan: CollectionPlan
    pension_systems: PensionSystems
    lump_sum: LumpSum
    termination: Termination
    resident_pension: ResidentPension
    disability: Disability
    face_retirement: FaceRetirement
    death: Death
    certification: Certification
    card_application: OneCard
    verification: Verification
    query_password: Digits
    pin: Digits
    deadline: NationalDeadlines
    working_days: WorkingDays
    transfer: tuple[Transfer, ...]


@cache
def law() -> Law:
    """Return the national law.

    :raises PackError: the file is broken.
    """
    file = datafile.ROOT / "law.toml"
    found = datafile.load(file, Law)
    check_sources(found, file)
    return found
