"""The centre's records without its wire: a database of one's own, and time as one likes."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import count
from pathlib import Path

from sqlalchemy import Engine, update

from central.cards import card_acts
from central.certificates.serials import Serials
from central.certificates.signing import Issuer
from central.people import card_holder
from central.store import tables as models
from central.store.acts import find_acts
from central.store.database import open_database
from sync.protocol.cards import CardAct, CardState, LossRelease, LossReport
from sync.protocol.messages import card_partition
from tests.central.acts import CARD, WHOSE, actor
from tests.central.centre import migrated_file, sqlite_url
from tests.keys import OneKey


class SerialsInMemory(Serials):
    """Numbers documents without taking blocks: the records are in one transaction, which is undone."""

    def __init__(self) -> None:
        super().__init__()
        self._next = count(1)

    def number(self, region: str, year: int) -> str:
        return f"{region}{year:04d}{next(self._next):08d}"


ISSUER = Issuer(OneKey(), "https://rs.example.gov.cn", SerialsInMemory())
ACTS = {LossReport: card_acts.report_loss, LossRelease: card_acts.release_loss, CardAct: card_acts.cancel}


@contextmanager
def records(folder: Path) -> Iterator[Engine]:
    shutil.copy(migrated_file(), folder / "central.db")
    engine = open_database(sqlite_url(folder))
    yield engine
    engine.dispose()


class Records:
    """One open transaction on the records, and the card of the first citizen in them."""

    def __init__(self, tx) -> None:
        self.tx = tx
        self.region = "610200"
        self._count = 0

    def insured_in(self, region: str) -> "Records":
        self.region = region
        mine = models.people.c.id_number == WHOSE["id_number"]
        self.tx.execute(update(models.people).where(mine).values(region=region))
        return self

    def put(self, **columns) -> "Records":
        self.tx.execute(update(models.cards).where(models.cards.c.identity == CARD).values(columns))
        return self

    def do(self, message: type[CardAct], channel: str, at: datetime, **asked):
        self._count += 1
        whose = WHOSE | {"region": self.region, "request_id": f"act-{self._count}"}
        request = message(**whose | asked)
        return card_acts.act_once(self.tx, actor(channel, at), request, ISSUER, ACTS[message])

    def state(self, at: datetime) -> CardState:
        return card_holder.effective_state(self.row(), at)

    def row(self):
        return card_holder.find(self.tx, models.cards.c.identity == CARD)

    def acts(self) -> list:
        """What was done to the card, oldest first."""
        return list(find_acts(self.tx, subject=self.partition))

    @property
    def partition(self) -> str:
        return card_partition(CARD)
