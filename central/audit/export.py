"""A chain as lines of JSON, for auditors who check it without us: by SHA-256 alone, and one signature."""

import json
from collections.abc import Iterator

import msgspec
from sqlalchemy import Connection

from central.audit.bodies import Chained
from central.audit.chain import own_heads
from central.audit.verify import epochs, links, start


def lines(connection: Connection, chained: Chained) -> Iterator[str]:
    """Yield where the chain starts, every row with the very text that is hashed, and the signed heads."""
    n, h = start(connection, chained)
    begun = [msgspec.structs.asdict(each) for each in epochs(connection, chained)]
    yield _line(chain=chained.chain, start={"n": n, "h": h.hex()}, epochs=begun)
    for row in links(connection, chained):
        yield _line(n=row.n, body=row.body.decode(), h=row.h.hex())
    for head in own_heads(connection):
        if head.chain == chained.chain:
            yield _line(head=msgspec.to_builtins(head))


def _line(**values: object) -> str:
    return json.dumps(values, ensure_ascii=False)
