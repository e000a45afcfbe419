"""The schema of a region pack: what a region may lay down, each value with its source or "unspecified"."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Literal

import msgspec

from kiosk.rules.law import Entries, Table, Term
from kiosk.rules.stated import Citation, Stated, StatedOrUnspecified, Unspecified, cite, value_of
from kiosk.rules.words import (
    Applicant,
    CardCause,
    Channel,
    Circumstance,
    Collector,
    Errand,
    Function,
    IdentityDetail,
    LossKind,
    NextStep,
    Operation,
    PackLossKind,
    Paper,
    Since,
    State,
    Waiver,
)

RequiredPaper = Paper | tuple[Paper, ...]
"""A paper that must be shown, or several of which one is enough."""


class Procedure(Table, frozen=True):
    """One way in which an operation can be done: where, with which papers, and by whom.

    A key with a default is a condition that only some sources set; the others must be written, at least as
    "unspecified".
    """

    operations: tuple[Operation, ...]
    functions: tuple[Function, ...]
    channels: Stated[tuple[Channel, ...]]
    papers: StatedOrUnspecified[tuple[RequiredPaper, ...]]
    agent: StatedOrUnspecified[tuple[RequiredPaper, ...]]
    kind: PackLossKind | None = None
    affects: Stated[tuple[Function, ...]] | None = None
    after: Stated[tuple[NextStep, ...]] | None = None
    fields: Stated[tuple[IdentityDetail, ...]] | None = None
    states: Stated[tuple[State, ...]] | None = None
    principal_present_at: Stated[tuple[Channel, ...]] | None = None
    guardian_below_age: Stated[int] | None = None
    before_replacement: Stated[bool] | None = None
    free: Stated[bool] | None = None
    called: Stated[str] | None = None

    def applies_to(self, operation: Operation, function: Function, kind: LossKind | None) -> bool:
        """Return whether this way is for the operation on that function, and for that kind of loss if named."""
        fits = operation in self.operations and function in self.functions
        return fits and (kind is None or self.kind in (None, "any", kind))


class Advice(Table, frozen=True):
    """What a source tells somebody with an errand, beside the ways of an operation; each text is a plain sentence.

    Without ``circumstances`` it is for everybody. ``places`` are named where no way names them. ``papers`` are the
    whole list, instead of that of the ways.
    """

    errand: Errand
    circumstances: tuple[Circumstance, ...] = ()
    places: Stated[tuple[str, ...]] | None = None
    papers: Stated[tuple[str, ...]] | None = None
    tells: Stated[tuple[str, ...]] | None = None

    def is_for(self, errand: Errand, circumstance: Circumstance | None) -> bool:
        """Return whether somebody with that errand, in that circumstance or in none, should hear it."""
        return self.errand == errand and (not self.circumstances or circumstance in self.circumstances)


class Cause(Table, frozen=True):
    """Why a card is replaced or cancelled, as the source calls it.

    Its ``papers`` take the place of those of the way, and its ``states`` say what must have been done before.
    """

    operation: Literal["replace-card", "cancel-card"]
    cause: CardCause
    called: Stated[str]
    papers: StatedOrUnspecified[tuple[RequiredPaper, ...]]
    states: Stated[tuple[State, ...]] | None = None


class Application(Table, frozen=True):
    """How a first card is applied for; ``replacement_forms`` are those for a new one in place of another."""

    channels: Stated[tuple[Channel, ...]]
    applicants: StatedOrUnspecified[tuple[Applicant, ...]]
    papers: StatedOrUnspecified[tuple[RequiredPaper, ...]]
    agent: StatedOrUnspecified[tuple[RequiredPaper, ...]]
    forms: StatedOrUnspecified[tuple[str, ...]]
    replacement_forms: StatedOrUnspecified[tuple[str, ...]]
    guardian_below_age: Stated[int] | None = None
    one_card: Stated[bool] | None = None


class Loss(Table, frozen=True):
    """What a kind of loss report does: how many days it lasts, what then becomes of the card."""

    lasts_days: Stated[int | Literal["long-term"]] | Unspecified
    then: Stated[Literal["normal", "cancelled"]] | Unspecified
    affects: Stated[tuple[Function, ...]]
    irrevocable: Stated[bool] | Unspecified


class Losses(Entries[Loss | None], frozen=True):
    """The kinds of loss report that the source knows; ``any`` where it does not tell kinds apart."""

    oral: Loss | None = None
    temporary: Loss | None = None
    phone: Loss | None = None
    written: Loss | None = None
    formal: Loss | None = None
    any: Loss | None = None


class Pin(Table, frozen=True):
    """The PIN of one function."""

    initial: StatedOrUnspecified[str]
    lock_after: StatedOrUnspecified[int]


class Pins(Entries[Pin], frozen=True):
    """The PINs of the two functions."""

    social: Pin
    financial: Pin


class Validity(Table, frozen=True):
    """Periods of the card: validity, renewal, disuse, temporary cards, collection."""

    years: StatedOrUnspecified[int]
    renewal_months: StatedOrUnspecified[int]
    unused_years: StatedOrUnspecified[int]
    temporary_days: StatedOrUnspecified[int]
    collect_months: StatedOrUnspecified[int]


class Photo(Table, frozen=True):
    """The electronic photo: pixels and file size."""

    width: StatedOrUnspecified[int]
    height: StatedOrUnspecified[int]
    kilobytes: StatedOrUnspecified[tuple[int, int]]


class FeeCauses(Entries[StatedOrUnspecified[bool]], frozen=True, rename="kebab"):
    """For which causes a card is free."""

    first: StatedOrUnspecified[bool]
    lost: StatedOrUnspecified[bool]
    damaged: StatedOrUnspecified[bool]
    quality: StatedOrUnspecified[bool]
    face_information: StatedOrUnspecified[bool]
    expired: StatedOrUnspecified[bool]


class Fee(Table, frozen=True):
    """For which causes a card is free; ``quality_months`` limits a free exchange for bad quality."""

    waived: FeeCauses
    quality_months: StatedOrUnspecified[int]
    waivers: StatedOrUnspecified[tuple[Waiver, ...]]


class Deadlines(Entries[StatedOrUnspecified[Term]], frozen=True, rename="kebab"):
    """How long the agency or the holder may take; a pack of an earlier version leaves the last ones out."""

    make_card: StatedOrUnspecified[Term]
    replace_card: StatedOrUnspecified[Term]
    notify_collection: StatedOrUnspecified[Term]
    urgent_card: StatedOrUnspecified[Term] = "unspecified"
    collect_first_card: StatedOrUnspecified[Term] = "unspecified"
    cancel_settlement: StatedOrUnspecified[Term] = "unspecified"


class Area(Table, frozen=True):
    """Channels that serve only those who are insured in their own area."""

    own_only: StatedOrUnspecified[tuple[Channel, ...]]


class Names(Entries[Stated[str] | None], frozen=True):
    """Local names for each channel."""

    kiosk: Stated[str] | None = None
    window: Stated[str] | None = None
    bank: Stated[str] | None = None
    hotline: Stated[str] | None = None
    web: Stated[str] | None = None
    app: Stated[str] | None = None
    wechat: Stated[str] | None = None
    miniprogram: Stated[str] | None = None
    medical: Stated[str] | None = None


class FlexibleInsurance(Table, frozen=True):
    """Up to which age a flexible worker may join the employee pension, and with which papers."""

    male_below: Stated[int]
    female_below: Stated[int]
    papers: Stated[tuple[Paper, ...]]


class Contacts(Table, frozen=True):
    """Telephones, written as the source writes them; ``others`` are called what the source calls them."""

    hotline: StatedOrUnspecified[str]
    consult: StatedOrUnspecified[str]
    supervise: StatedOrUnspecified[str]
    bank: StatedOrUnspecified[str]
    emergency: StatedOrUnspecified[str]
    others: dict[str, Stated[str]] = msgspec.field(default_factory=dict)


EVERYWHERE = "12333"
"""The number to call where no source of a region gives one."""
NO_CONTACTS = Contacts("unspecified", "unspecified", "unspecified", "unspecified", "unspecified")


class Pack(Table, frozen=True):
    """The card law of one region.

    ``urban_income`` is what a townsman had to spend in a year (城镇居民人均可支配收入), in force in the year after it.
    ``disabled_residents`` is whether the privileges of the severely disabled in the resident pension are known here.
    ``contribution_process`` is who takes the units' declarations, each for its time.
    ``unproven_cards`` is no law but the region's own choice: what becomes of a card that the centre cannot check,
    because it has no key, or the centre does not know what its key is made with. ``limited``: it does what shows no
    account and no pension. ``passport_numbers``: a foreigner's number is that of the passport alone.
    """

    region: str
    name: str
    source: str
    effective_from: Since
    unspecified: tuple[str, ...]
    loss: Losses
    pin: Pins
    validity: Validity
    photo: Photo
    fee: Fee
    deadline: Deadlines
    area: Area
    face_retirement: StatedOrUnspecified[bool]
    names: Names
    effective_to: Since | None = None
    inherits: str | None = None
    contacts: Contacts = NO_CONTACTS
    flexible_insurance: FlexibleInsurance | Unspecified = "unspecified"
    urban_income: tuple[Stated[Decimal], ...] = ()
    contribution_process: tuple[Stated[Collector], ...] = ()
    disabled_residents: StatedOrUnspecified[bool] = "unspecified"
    application: Application | Unspecified = "unspecified"
    cause: tuple[Cause, ...] = ()
    unproven_cards: Literal["refuse", "limited"] = "refuse"
    passport_numbers: StatedOrUnspecified[bool] = "unspecified"
    way: tuple[Procedure, ...] = ()
    advice: tuple[Advice, ...] = ()

    def ways(
        self, operation: Operation, function: Function, kind: LossKind | None = None
    ) -> Iterator[Procedure]:
        """Yield the ways of an operation in the order in which the sources name them."""
        return (way for way in self.way if way.applies_to(operation, function, kind))

    def causes(self, operation: Operation) -> tuple[Cause, ...]:
        """Return why a card may be replaced or cancelled here, in the order of the source."""
        return tuple(one for one in self.cause if one.operation == operation)

    def cause_of(self, operation: Operation, cause: CardCause | None) -> Cause | None:
        """Return what the source says of a cause, None where it does not name it."""
        return next((one for one in self.causes(operation) if one.cause == cause), None)

    @property
    def phone(self) -> str:
        """The one number to tell somebody who has a question: the region's own, 12333 where it has none."""
        return value_of(self.contacts.consult) or value_of(self.contacts.hotline) or EVERYWHERE

    @property
    def silence(self) -> Citation:
        """The citation for what the region's source leaves open."""
        return cite(self.source, "未作规定")

    def loss_of(self, kind: LossKind) -> Loss | None:
        """Return what a kind of loss does here, or None where no source knows it."""
        return self.loss[kind] or self.loss.any
