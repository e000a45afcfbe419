"""``kiosk-central card``, ``channel``, ``revoke-document``: what staff at the centre do."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

import click
import msgspec
from sqlalchemy import ColumnElement, Connection, Row, or_
from uuid_utils import uuid7

from central.access.kiosks import require_known
from central.access.terminals import Approval, fix_terminal
from central.cards import card_acts, cards
from central.cards.card_acts import Act
from central.cards.card_key_provider import simulated_card_keys
from central.cards.card_keys import ROOT_NAMES, Role, key_and_factors
from central.cards.software_card_keys import SoftwareCardKeys
from central.certificates import issuing as certificates
from central.certificates.signing import open_issuer
from central.people import card_holder
from central.program.act_commands import described, local_time
from central.program.opening import acting, acting_database, command_database
from central.program.options import (
    CARD,
    IDENTITY,
    defaults,
    line_for,
    operator_option,
    public_url_option,
    where,
)
from central.program.two_persons import Doing, Done, request_or_do, two_person_act
from central.store.acts import clerk, count_acts, find_acts, record
from central.store.database import reading
from central.store.tables import cards as card_table
from central.store.tables import certificates as certificate_table
from central.store.transactions import committed
from command_line.failure import CommandError
from command_line.program import Commands
from command_line.types import DOCUMENT, KIOSK_ID
from kiosk.rules.texts import say
from sync.protocol.cards import CardAct, LossRelease, LossReport
from sync.protocol.certificate_number import ungrouped
from sync.protocol.words import Channel, IdentityDetail, LossKind, Paper
from text.masking import mask_card_number, mask_id_number, mask_name

REVOKED_ALONE = 10
"""How many documents a day one person may take back without a second."""


@click.group(cls=Commands, aliases={"settle": "publish-expired"})
def card() -> None:
    """Look at a card's state and history, and do what its holder asks for at a window or by telephone.

    CARD is a card number, a card's identity (卡的识别码) or the holder's ID number.
    """


def card_act(command: Callable[..., None]) -> Callable[..., None]:
    """Add what every act on a card needs: which card, who asks in which channel, and what was shown."""
    for option in (
        click.option("--face-matched", is_flag=True, help="The holder's face was matched."),
        click.option("--principal-present", is_flag=True, help="The holder is beside the agent."),
        click.option("--agent", is_flag=True, help="An agent makes the request."),
        click.option(
            "--verified-detail",
            "--given",
            "given",
            type=click.Choice(get_args(IdentityDetail)),
            multiple=True,
            help="Detail the caller answered correctly; --given is the old name.",
        ),
        click.option(
            "--paper",
            "papers",
            type=click.Choice(get_args(Paper)),
            multiple=True,
            help="Paper that was shown.",
        ),
        click.option("--channel", type=click.Choice(get_args(Channel)), default="window", show_default=True),
        public_url_option(),
        operator_option,
        click.argument("which", metavar="CARD", type=CARD),
        where,
    ):
        command = option(command)
    return command


@card.command()
@where
@click.argument("which", metavar="CARD", type=CARD)
@click.option("--json", "as_json", is_flag=True, help="One line of JSON.")
def show(data: Path, database: str | None, which: str, as_json: bool) -> None:
    """Show the status of a card now, and what was done to it. Personal data is masked.

    Example: kiosk-central card show A1024575X --json
    """
    with command_database(data, database) as engine, reading(engine) as connection:
        found = _described(connection, card_holder.find(connection, _named(which)), datetime.now(UTC))
    click.echo(json.dumps(found, ensure_ascii=False) if as_json else _as_text(found))


@card.command()
@card_act
@click.option("--kind", type=click.Choice(get_args(LossKind)), required=True, help="Kind of loss report.")
def report_loss(kind: LossKind, **about: Any) -> None:
    """Put a card on loss, if the rules of its region allow it so; print the receipt as JSON.

    Example: kiosk-central card report-loss A1024575X --kind oral --channel hotline \\
    --public-url https://rs.example.gov.cn
    """
    _do(LossReport, card_acts.report_loss, about, kind=kind)


@card.command()
@card_act
def release(**about: Any) -> None:
    """Release a card from loss, if the rules of its region allow it so; print the receipt as JSON.

    Example: kiosk-central card release A1024575X --channel web --public-url https://rs.example.gov.cn
    """
    _do(LossRelease, card_acts.release_loss, about)


@card.command()
@card_act
def cancel(**about: Any) -> None:
    """Cancel a card for good, if the rules of its region allow it so; print the receipt as JSON.

    Example: kiosk-central card cancel A1024575X --paper card --paper id-card \\
    --public-url https://rs.example.gov.cn
    """
    _do(CardAct, card_acts.cancel, about)


@card.command()
@where
def publish_expired(data: Path, database: str | None) -> None:
    """Publish expired provisional losses to the kiosks' card status list; for a timer.

    Example: kiosk-central card publish-expired
    """
    with acting_database(data, database) as engine, engine.begin() as tx:
        settled = cards.publish_expired_losses(tx, datetime.now(UTC))
    click.echo(f"settled {settled} cards")


@card.command()
@where
@click.argument("identity", type=IDENTITY)
def keys(data: Path, database: str | None, identity: str) -> None:
    """Print the keys of a SIMULATED card, for its file; a real centre's keys leave no crypto module.

    The card must be on the centre's register, with its reset information.

    Example: kiosk-central card keys 610200D15600000500000005E5F60718 >> my-card.toml
    """
    with command_database(data, database) as engine, reading(engine) as connection:
        row = card_holder.find(connection, card_table.c.identity == identity)
    held = simulated_card_keys(data)
    lines = [f'{role.replace("-", "_")} = "{_simulated(held, row, role)}"' for role in ROOT_NAMES]
    click.echo("\n".join(["[keys]", *lines]))


def _simulated(held: SoftwareCardKeys, row: Row[Any], role: Role) -> str:
    found = key_and_factors(row, role)
    if found is None:
        raise CommandError("the register has no reset information or algorithm of this card", "card-unknown")
    return held.card_key(*found).hex().upper()


@click.command()
@where
@operator_option
@click.argument("kiosk_id", type=KIOSK_ID)
@click.argument("stands_for", type=click.Choice(get_args(Channel)))
def channel(data: Path, database: str | None, operator: str, kiosk_id: str, stands_for: Channel) -> None:
    """Say what an enrolled terminal stands for in the rules, when it is no kiosk: a window has staff behind it.

    Example: kiosk-central channel 610200-W01 window
    """
    with acting(data, database, operator) as (tx, actor):
        require_known(tx, kiosk_id)
        fix_terminal(tx, kiosk_id, Approval(stands_for))
        record(tx, actor, "terminal-channel-set", kiosk_id, after=stands_for)
    click.echo(f"{kiosk_id} stands for {stands_for}")


@click.command()
@where
@operator_option
@click.argument("numbers", type=DOCUMENT, nargs=-1, required=True, metavar="NUMBER…")
@click.option(
    "--reason",
    type=line_for(certificate_table.c.revoked_for, least=1),
    required=True,
    help="Reason shown to anyone who verifies the document, at most 80 characters.",
)
def revoke_document(
    data: Path, database: str | None, operator: str, numbers: tuple[str, ...], reason: str
) -> None:
    """Take back certificates or receipts: their public pages say so.

    Several at once, or more than ten in a day, need a second person (`pending`, `confirm`).

    Example: kiosk-central revoke-document 610200202600000010 --reason 缴费记录已更正
    """
    plain = list(dict.fromkeys(map(ungrouped, numbers)))
    if len(plain) > 1 or _revoked_today(data, database, operator) >= REVOKED_ALONE:
        what = {"numbers": plain, "reason": reason}
        summary = f"revoke {len(plain)} documents: {reason}"
        request_or_do(data, database, operator, "revoke-many", what, summary)
        return
    with acting(data, database, operator) as (tx, actor):
        certificates.revoke(tx, plain[0], reason, actor)
    click.echo(f"revoked {plain[0]}")


@two_person_act("revoke-many")
def _revoke_many(doing: Doing, content: Mapping[str, Any]) -> Done:
    for number in content["numbers"]:
        certificates.revoke(doing.tx, number, content["reason"], doing.actor)
    return Done("\n".join(f"revoked {number}" for number in content["numbers"]))


def _revoked_today(data: Path, database: str | None, operator: str) -> int:
    """Return how many documents somebody has taken back in the last day."""
    since = datetime.now(UTC) - timedelta(days=1)
    with command_database(data, database) as engine, reading(engine) as connection:
        return count_acts(connection, "document-revoked", operator, since)


def _do(message: type[CardAct], act: Act, about: dict[str, Any], **asked: Any) -> None:
    data, database, which = about.pop("data"), about.pop("database"), about.pop("which")
    actor = clerk(about.pop("operator"), datetime.now(UTC), about.pop("channel"))
    issuer_at, request_id = about.pop("public_url"), str(uuid7())
    with acting_database(data, database) as engine:
        issuer = open_issuer(data, issuer_at, defaults().keys, create=False)

        def done(tx: Connection) -> Any:
            found = card_holder.find(tx, _named(which))
            whose = {"region": found.region, "id_number": found.id_number, "card_number": found.number}
            request = message(request_id=request_id, **whose, **about, **asked)
            return card_acts.act_once(tx, actor, request, issuer, act)

        receipt = committed(engine, done)
    click.echo(msgspec.json.encode(receipt))


def _named(which: str) -> ColumnElement[bool]:
    names = (card_table.c.identity, card_table.c.number, card_table.c.id_number)
    return or_(*(name == which for name in names))


def _described(connection: Connection, found: Row[Any], at: datetime) -> dict[str, Any]:
    state = card_holder.effective_state(found, at)
    return {
        "card": mask_card_number(found.number),
        "holder": mask_name(found.name),
        "id_number": mask_id_number(found.id_number),
        "region": found.region,
        "state": state.social,
        "until": local_time(state.until),
        "history": [_happened(row) for row in find_acts(connection, subject=found.partition)],
    }


def _happened(row: Row[Any]) -> dict[str, Any]:
    """Return an act on a card in the words of ``card show``, which had them before there were other acts."""
    act = described(row)
    return {"operation": act.pop("act"), "status": act.pop("after")} | act


def _as_text(found: dict[str, Any]) -> str:
    until = f"，至 {found['until']}" if found["until"] else ""
    lines = [f"{found['holder']} {found['id_number']}  卡号 {found['card']}"]
    lines.append(f"状态 {say('state.' + found['state'])}{until}")
    for row in found["history"]:
        change = f"{row['before']} → {row['status']}" if row["status"] else ""
        lines.append(f"{row['at']}  {row['operation']:21}{change:28}{row['channel']}  {row['by']}")
    return "\n".join(lines)
