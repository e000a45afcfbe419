"""Moving the four insurances to another place (四险转移)."""

import msgspec

from kiosk.rules.law import Direction, Insurance, Person, Scope, Transfer, law
from kiosk.rules.stated import Answer, answer
from kiosk.rules.texts import say
from kiosk.rules.topic import Field, Topic, choice, flag, need
from kiosk.rules.words import Paper


class TransferSteps(msgspec.Struct, frozen=True):
    """What has to be done; ``fund_moves`` is None where the sources do not say."""

    needed: bool
    fund_moves: bool | None
    items: tuple[str, ...]
    document: str | None
    papers: tuple[Paper, ...]


def transfer(
    insurance: Insurance,
    direction: Direction,
    *,
    scope: Scope | None = None,
    person: Person | None = None,
    agent: bool = False,
) -> Answer[TransferSteps]:
    """Return what moving an insurance takes.

    :raises InvalidInputError: the answer depends on the scope or on the person, and it is missing.
    """
    row = next(row for row in law().transfer if _fits(row, insurance, direction, scope, person))
    papers = row.agent_papers if agent and row.agent_papers else row.papers
    fund_moves = None if isinstance(row.fund_moves, str) else row.fund_moves
    result = TransferSteps(row.needed, fund_moves, row.items, row.document, papers)
    text = "needed" if row.needed else "not-needed"
    return answer(
        result, [row.citation], f"transfer.{text}", document=row.document or say("transfer-papers.identity")
    )


def _fits(
    row: Transfer, insurance: Insurance, direction: Direction, scope: Scope | None, person: Person | None
) -> bool:
    if row.insurance != insurance or row.direction not in (None, direction):
        return False
    everywhere = len(row.scopes) == 3
    if not everywhere and need("scope", scope) not in row.scopes:
        return False
    return row.person is None or need("person", person) == row.person


TOPICS = (
    Topic(
        "transfer",
        "Moving the four insurances (养老、失业、工伤、医疗保险转移)",
        (
            Field("insurance", choice(Insurance), "the insurance"),
            Field("direction", choice(Direction), "moving here or away"),
            Field("scope", choice(Scope), "how far; needed for pension and unemployment", required=False),
            Field("person", choice(Person), "needed for unemployment insurance", required=False),
            Field("agent", flag, "somebody else applies", required=False),
        ),
        TransferSteps,
        transfer,
        {"insurance": "unemployment", "direction": "out", "scope": "across-pools", "person": "unemployed"},
    ),
)
