"""The agencies (经办机构) and how to reach them."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import msgspec
from msgspec import Struct

from sync.protocol.messages import Text, Word

FILE = Path(__file__).with_name("agencies.toml")


class Agency(Struct, frozen=True, forbid_unknown_fields=True):
    """Where an agency is. Every value may be printed on certificates."""

    phone: Word
    address: Text
    postcode: Word


def agency(name: str) -> Agency:
    """Return the agency called ``name``; one that is not listed is reached by the hotline."""
    return _agencies().get(name, Agency("12333", "", ""))


@cache
def _agencies() -> Mapping[str, Agency]:
    return msgspec.toml.decode(FILE.read_bytes(), type=dict[str, Agency])
