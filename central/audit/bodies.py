"""What of a row is chained: its values as JSON, by their columns' names in order, without those that are empty."""

from collections.abc import Iterable, Sequence
from datetime import UTC
from typing import Any

import msgspec
from sqlalchemy import Column, Table

from central.store.tables import Moment, acts

PLACE = ("n", "h")


class Chained:
    """A table whose rows are chained; it has the columns ``id``, ``n`` and ``h``.

    A column that is added later leaves the chained rows as they are, if it is empty in them.
    """

    def __init__(self, chain: str, table: Table) -> None:
        self.chain, self.table = chain, table
        self.columns: list[Column[Any]] = [each for each in table.c if each.name not in ("id", *PLACE)]
        self._names = [each.name for each in self.columns]
        self._moments = [place for place, each in enumerate(self.columns) if isinstance(each.type, Moment)]

    def body(self, values: Sequence[Any]) -> bytes:
        """Return what is chained of a row with these ``values``, in the order of ``columns``."""
        values = list(values)
        for place in self._moments:
            if values[place]:
                values[place] = values[place].astimezone(UTC)
        return msgspec.json.encode(
            {name: value for name, value in zip(self._names, values, strict=True) if value not in (None, "")}
        )


ACTS = Chained("centre.acts", acts)
CHAINS: Iterable[Chained] = (ACTS,)
