"""The tables of the central system. Alembic's migrations build them; a test keeps the two the same."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

from text.clean import clean_number, clean_text

metadata = MetaData(naming_convention={"ix": "ix_%(table_name)s_%(column_0_name)s"})


class Moment(TypeDecorator[datetime]):
    """An aware time, kept as UTC also where the database knows no time zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Turn into UTC."""
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Give back the time zone that SQLite leaves out."""
        return value and (value if value.tzinfo else value.replace(tzinfo=UTC))


class CleanText(TypeDecorator[str]):
    """A text in its one form (``text.clean``), also where another hand wrote it into the database."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Any) -> str | None:
        """Clean what is written or looked for."""
        return value and clean_text(value)

    def process_result_value(self, value: str | None, dialect: Any) -> str | None:
        """Clean what is read."""
        return value and clean_text(value)


class CleanNumber(CleanText):
    """A number of an office, whose check character is X and never x."""

    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Any) -> str | None:
        """Clean what is written or looked for."""
        return value and clean_number(value)

    def process_result_value(self, value: str | None, dialect: Any) -> str | None:
        """Clean what is read."""
        return value and clean_number(value)


class Yuan(TypeDecorator[Decimal]):
    """An amount of money, kept as whole fen."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Any) -> int | None:
        """Turn into fen."""
        return None if value is None else int(value * 100)

    def process_result_value(self, value: int | None, dialect: Any) -> Decimal | None:
        """Turn into yuan with two places."""
        return None if value is None else Decimal(value).scaleb(-2)


PUBLIC_KEY = 120
"""Characters of a public key in base64: a point of a curve has 88."""

kiosks = Table(
    "kiosks",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("algorithm", String(32), nullable=False, server_default="ed25519"),
    Column("public_key", String(PUBLIC_KEY), nullable=False),
    Column("enrolled_at", Moment, nullable=False),
    Column("revoked_at", Moment),
    Column("last_seen_at", Moment),
    Column("clock_skew", Float),
    Column("version", String(80), nullable=False, server_default=""),
)

# The TLS client certificates that a kiosk may come with, where a proxy checks those: their SHA-256.
kiosk_certificates = Table(
    "kiosk_certificates",
    metadata,
    Column("fingerprint", String(64), primary_key=True),
    Column("kiosk_id", String(64), nullable=False, index=True),
    Column("accepted_at", Moment, nullable=False),
)

# Every key that a kiosk was ever enrolled with: its seals are verified with it for as long as they are kept.
kiosk_keys = Table(
    "kiosk_keys",
    metadata,
    Column("kiosk_id", String(64), primary_key=True),
    Column("key_id", String(16), primary_key=True),
    Column("algorithm", String(32), nullable=False, server_default="ed25519"),
    Column("public_key", String(PUBLIC_KEY), nullable=False),
    Column("enrolled_at", Moment, nullable=False),
)

# The requests that were answered lately, by the words that they were signed with once: none is answered again.
nonces = Table(
    "nonces",
    metadata,
    Column("kiosk_id", String(64), primary_key=True),
    Column("nonce", String(64), primary_key=True),
    Column("created", Moment, nullable=False, index=True),
)

# An invitation with its one-time code, and then the key that waits for approval.
invitations = Table(
    "invitations",
    metadata,
    Column("kiosk_id", String(64), primary_key=True),
    Column("code_sha256", String(64), nullable=False),
    Column("auto_approve", Boolean, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("tries_left", Integer, nullable=False),
    Column("algorithm", String(32), nullable=False, server_default="ed25519"),
    Column("public_key", String(PUBLIC_KEY)),
    Column("approved_at", Moment),
    # Where the kiosk says that it stands.
    Column("region", String(6)),
)

RowNumber = BigInteger().with_variant(Integer, "sqlite")

# One signature of a kiosk over the SHA-256 of each event of a delivery, 32 bytes each, in their order.
seals = Table(
    "seals",
    metadata,
    Column("id", RowNumber, primary_key=True),
    Column("kiosk_id", String(64), nullable=False),
    Column("install_epoch", String(64), nullable=False),
    Column("algorithm", String(64), nullable=False),
    Column("key_id", String(16), nullable=False),
    Column("signature", String(200), nullable=False),
    Column("digests", LargeBinary, nullable=False),
    Column("received_at", Moment, nullable=False),
)

events = Table(
    "events",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("kiosk_id", String(64), nullable=False),
    Column("install_epoch", String(64), nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("type", String(64), nullable=False),
    Column("partition", String(80), nullable=False),
    Column("occurred_at", Moment, nullable=False),
    # The very bytes that the kiosk sealed.
    Column("content", Text, nullable=False, server_default=""),
    Column("received_at", Moment, nullable=False),
    # Its seal and its place in it; no foreign key, which would cost each event a look-up.
    Column("seal", BigInteger),
    Column("place", Integer),
    UniqueConstraint("kiosk_id", "install_epoch", "seq", name="uq_events_place"),
)
# What came in when, and when something of one type did.
Index("ix_events_received_at", events.c.received_at)
Index("ix_events_type", events.c.type, events.c.received_at)

# How far each kiosk's events have come: kept with them, so that no delivery has to count them.
positions = Table(
    "positions",
    metadata,
    Column("kiosk_id", String(64), primary_key=True),
    Column("install_epoch", String(64), primary_key=True),
    Column("high_water", BigInteger, nullable=False),
    Column("held", BigInteger, nullable=False),
)

# What contradicts an event that is already here, or can never be one: kept whole, for people to look at.
quarantine = Table(
    "quarantine",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kiosk_id", String(64), nullable=False),
    Column("event_id", String(64), nullable=False),
    Column("result", String(16), nullable=False),
    Column("reason", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("seal", BigInteger),
    UniqueConstraint("kiosk_id", "sha256", name="uq_quarantine_content"),
)

prints = Table(
    "prints",
    metadata,
    Column("event_id", String(64), ForeignKey("events.id"), primary_key=True),
    Column("certificate_number", String(20), nullable=False, index=True),
    Column("result", String(16), nullable=False),
    Column("occurred_at", Moment, nullable=False),
    Column("copy", Integer, nullable=False, server_default="1"),
    # What somebody found who looked at the paper of an uncertain copy; null while nobody has.
    Column("complete", Boolean),
)

people = Table(
    "people",
    metadata,
    Column("id_number", CleanNumber(18), primary_key=True),
    Column("name", CleanText(60), nullable=False),
    Column("sex", CleanText(1), nullable=False),
    Column("region", String(6), nullable=False),
    Column("agency", CleanText(80), nullable=False),
    Column("personal_number", CleanText(20), nullable=False, server_default=""),
    Column("hukou", CleanText(80), nullable=False, server_default=""),
)

cards = Table(
    "cards",
    metadata,
    Column("identity", String(32), primary_key=True),
    Column("number", CleanNumber(9), nullable=False, unique=True),
    Column("id_number", CleanNumber(18), ForeignKey("people.id_number"), nullable=False, index=True),
    # How the social security function stood after the last act: kiosk.rules.words.State, but for pin-locked, which
    # the card knows. A loss report that has ended since is told apart by the rules, from the columns `…loss`.
    Column("status", String(16), nullable=False),
    # What the kiosks' events call the card.
    Column("partition", String(32), nullable=False, index=True, unique=True),
    Column("activated_at", Moment),
    Column("lost_at", Moment),
    Column("lost_until", Moment, index=True),
    Column("before_loss", String(16)),
    # What the card's own keys are derived with (central.cards.card_keys): 复位信息, the historical bytes of its answer
    # to reset, in hexadecimal; 3des or sm4; the generation of the issuer's keys. Without it nothing can check that a
    # card is genuine.
    Column("reset_information", String(64)),
    Column("algorithm", String(8)),
    Column("key_generation", Integer, nullable=False, server_default="1"),
)

# The visit of a card or of a person at a terminal. `challenge` is what the card has to answer, gone when it was looked
# up; `proof` (sync.protocol.call.Proof) is what the visit may rest on until `until`.
visits = Table(
    "visits",
    metadata,
    Column("kiosk_id", String(64), primary_key=True),
    Column("visit_id", String(64), primary_key=True),
    Column("opened_at", Moment, nullable=False, index=True),
    Column("purpose", String(16), nullable=False),
    Column("id_number", String(18), nullable=False),
    Column("card_identity", String(32)),
    Column("region", String(6), nullable=False),
    Column("challenge", LargeBinary),
    Column("challenge_until", Moment),
    Column("proof", String(16)),
    Column("until", Moment),
    Column("wrong_answers", Integer, nullable=False, server_default="0"),
    # Until when the visit may rest on an electronic card as well, and the SHA-256 of a token that was resolved and not
    # yet answered.
    Column("e_card_until", Moment),
    Column("e_card_token", String(64)),
)
# Whom a terminal has had in the last hour, and where a person was.
Index("ix_visits_kiosk", visits.c.kiosk_id, visits.c.opened_at)
Index("ix_visits_person", visits.c.id_number, visits.c.opened_at)
Index("ix_visits_card", visits.c.card_identity, visits.c.kiosk_id, visits.c.opened_at)

# How often faces were compared, for whom and for what: not how like they were.
face_tries = Table(
    "face_tries",
    metadata,
    Column("kiosk_id", String(64), primary_key=True),
    Column("request_id", String(64), primary_key=True),
    Column("request_sha256", String(64), nullable=False),
    Column("visit_id", String(64), nullable=False),
    Column("at", Moment, nullable=False, index=True),
    Column("id_number", String(18), nullable=False),
    Column("purpose", String(16), nullable=False),
    Column("matched", Boolean, nullable=False),
)
Index("ix_face_tries_person", face_tries.c.id_number, face_tries.c.at)

# Who did what, when, in which channel (``central.store.acts``). `subject` is what it was done to: a document's or an
# application's number, a card's partition, a kiosk, a feed; `before` and `after` are its states, `digest` the SHA-256
# of a document. `n` and `h` are the act's place in the audit chain (``central.audit``), which comes a moment later.
acts = Table(
    "acts",
    metadata,
    Column("id", RowNumber, primary_key=True),
    Column("at", Moment, nullable=False, index=True),
    Column("act", String(32), nullable=False),
    Column("subject", String(80), nullable=False),
    Column("kind", String(32)),
    Column("before", String(16)),
    Column("after", String(16)),
    Column("until", Moment),
    Column("actor", String(8), nullable=False),
    Column("by", String(64), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("proof", String(500), nullable=False, server_default=""),
    Column("note", CleanText(200), nullable=False, server_default=""),
    Column("digest", String(64), nullable=False, server_default=""),
    Column("n", BigInteger, index=True, unique=True),
    Column("h", LargeBinary),
)
Index("ix_acts_subject", acts.c.subject, acts.c.at)
Index("ix_acts_by", acts.c.by, acts.c.at)
Index("ix_acts_waiting", acts.c.id, sqlite_where=acts.c.n.is_(None), postgresql_where=acts.c.n.is_(None))

# The people who may act at the centre, by name; empty: anyone at the keyboard.
operators = Table(
    "operators",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("added_at", Moment, nullable=False),
    Column("added_by", String(64), nullable=False),
    Column("disabled_at", Moment),
    Column("disabled_by", String(64)),
)

# Acts that wait for a second person, and what became of them; `id` is the hash of what was requested.
requests = Table(
    "requests",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("act", String(32), nullable=False),
    Column("content", Text, nullable=False),
    Column("summary", String(200), nullable=False),
    Column("requested_by", String(64), nullable=False),
    Column("requested_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("state", String(16), nullable=False),
    Column("settled_by", String(64)),
    Column("settled_at", Moment),
)
Index("ix_requests_state", requests.c.state, requests.c.expires_at)

# What a person at the centre must look into, and who did.
alarms = Table(
    "alarms",
    metadata,
    Column("id", RowNumber, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("alarm", String(32), nullable=False),
    Column("subject", String(80), nullable=False),
    Column("note", String(200), nullable=False, server_default=""),
    Column("seen_at", Moment),
    Column("seen_by", String(64)),
)
Index("ix_alarms_subject", alarms.c.subject, alarms.c.alarm)

# What a terminal was approved for: what it stands for in the rules, its regions and acts, apart by spaces. Null where
# nobody has said (central.access.terminals).
terminals = Table(
    "terminals",
    metadata,
    Column("kiosk_id", String(64), primary_key=True),
    Column("channel", String(16), nullable=False),
    Column("regions", String(400)),
    Column("acts", String(200)),
)

# Who was told what of a person, when, in which channel and what for. `what` is a call's path or a command's name.
reads = Table(
    "reads",
    metadata,
    Column("id", RowNumber, primary_key=True),
    Column("at", Moment, nullable=False, index=True),
    Column("id_number", String(18), nullable=False),
    Column("actor", String(8), nullable=False),
    Column("by", String(64), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("region", String(6), nullable=False, server_default=""),
    Column("what", String(64), nullable=False),
    Column("kind", String(64), nullable=False, server_default=""),
    Column("purpose", String(16), nullable=False, server_default=""),
    Column("proof", String(16), nullable=False, server_default=""),
    Column("visit_id", String(64), nullable=False, server_default=""),
)
Index("ix_reads_person", reads.c.id_number, reads.c.at)

# Each lets one terminal set one card's PIN back once; `challenge` is what it was used for.
pin_resets = Table(
    "pin_resets",
    metadata,
    Column("authorisation", String(64), primary_key=True),
    Column("kiosk_id", String(64), nullable=False),
    Column("request_id", String(64), nullable=False),
    Column("request_sha256", String(64), nullable=False),
    Column("identity", String(32), ForeignKey("cards.identity"), nullable=False),
    Column("until", Moment, nullable=False),
    Column("challenge", String(32)),
    UniqueConstraint("kiosk_id", "request_id", name="uq_pin_resets_request"),
)

insurances = Table(
    "insurances",
    metadata,
    Column("id_number", CleanNumber(18), ForeignKey("people.id_number"), primary_key=True),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("name", CleanText(40), nullable=False),
    Column("status", CleanText(40), nullable=False),
)

contributions = Table(
    "contributions",
    metadata,
    Column("id_number", CleanNumber(18), ForeignKey("people.id_number"), primary_key=True),
    Column("month", String(7), primary_key=True),
    Column("employer", CleanText(80), nullable=False),
    Column("base", Yuan, nullable=False),
    Column("personal", Yuan, nullable=False),
    Column("status", CleanText(40), nullable=False),
)

# The individual account at the end of each year that is closed.
accounts = Table(
    "accounts",
    metadata,
    Column("id_number", CleanNumber(18), ForeignKey("people.id_number"), primary_key=True),
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("credited", Yuan, nullable=False),
    Column("interest", Yuan, nullable=False),
    Column("balance", Yuan, nullable=False),
)

pensions = Table(
    "pensions",
    metadata,
    Column("id_number", CleanNumber(18), ForeignKey("people.id_number"), primary_key=True),
    Column("insurance", CleanText(40), nullable=False),
    Column("category", CleanText(40), nullable=False),
    Column("since", String(7), nullable=False),
    Column("status", CleanText(40), nullable=False),
    Column("paid_to", CleanText(80), nullable=False),
)

pension_payments = Table(
    "pension_payments",
    metadata,
    Column("id_number", CleanNumber(18), ForeignKey("people.id_number"), primary_key=True),
    Column("month", String(7), primary_key=True),
    Column("amount", Yuan, nullable=False),
    Column("status", CleanText(40), nullable=False),
)

units = Table(
    "units",
    metadata,
    Column("credit_code", CleanNumber(18), primary_key=True),
    Column("name", CleanText(80), nullable=False),
    Column("region", String(6), nullable=False),
    Column("agency", CleanText(80), nullable=False),
)

unit_insurances = Table(
    "unit_insurances",
    metadata,
    Column("credit_code", CleanNumber(18), ForeignKey("units.credit_code"), primary_key=True),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("name", CleanText(40), nullable=False),
    Column("status", CleanText(40), nullable=False),
    Column("since", String(7), nullable=False),
    Column("people", Integer, nullable=False),
)

unit_contributions = Table(
    "unit_contributions",
    metadata,
    Column("credit_code", CleanNumber(18), ForeignKey("units.credit_code"), primary_key=True),
    Column("month", String(7), primary_key=True),
    Column("people", Integer, nullable=False),
    Column("base", Yuan, nullable=False),
    Column("unit", Yuan, nullable=False),
    Column("personal", Yuan, nullable=False),
    Column("status", CleanText(40), nullable=False),
)

# `id_number` is whom or what the document is about: a person's ID number or an employer's credit code. `verified_by`
# (sync.protocol.call.Proof) is how a terminal's citizen was identified, empty where nobody had to be.
certificates = Table(
    "certificates",
    metadata,
    # Only the row's own; the number's serial is counted in ``serials``.
    Column("serial", RowNumber, primary_key=True),
    Column("number", String(20), unique=True),
    Column("code", String(12), nullable=False, unique=True),
    Column("kiosk_id", String(64), nullable=False),
    Column("request_id", String(64), nullable=False),
    Column("request_sha256", String(64), nullable=False),
    Column("id_number", String(18), nullable=False, index=True),
    Column("issued_at", Moment, nullable=False),
    Column("verified_by", String(16), nullable=False, server_default=""),
    Column("document", Text),
    Column("revoked_at", Moment),
    Column("revoked_for", CleanText(80)),
    UniqueConstraint("kiosk_id", "request_id", name="uq_certificates_request"),
    sqlite_autoincrement=True,
)

# `next` is the first serial of the next block: all before it were given, or never will be.
serials = Table(
    "serials",
    metadata,
    Column("region", String(6), primary_key=True),
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("next", BigInteger, nullable=False),
)

# What was applied for; `number` is that of the 受理回执, and `due` the last day that the law gives the agency, or null
# when it lies in a year whose holidays were not known yet.
applications = Table(
    "applications",
    metadata,
    Column("number", String(20), primary_key=True),
    Column("item", String(32), nullable=False),
    Column("id_number", CleanNumber(18), ForeignKey("people.id_number"), nullable=False, index=True),
    Column("channel", String(16), nullable=False),
    Column("verified_by", String(16), nullable=False, server_default=""),
    Column("received_at", Moment, nullable=False),
    Column("due", Date),
    Column("status", String(16), nullable=False),
    Column("decided_at", Moment),
    Column("note", CleanText(200), nullable=False, server_default=""),
)
Index(
    "ix_applications_undated",
    applications.c.number,
    sqlite_where=applications.c.due.is_(None),
    postgresql_where=applications.c.due.is_(None),
)
Index(
    "ix_applications_undated",
    applications.c.number,
    sqlite_where=applications.c.due.is_(None),
    postgresql_where=applications.c.due.is_(None),
)
