"""Invented service points: about 130 bytes each, with what makes real ones hard to compress."""

import random
from collections.abc import Iterator

import msgspec

AREAS = ("王益区", "印台区", "耀州区", "宜君县", "新区")
STREETS = ("演示路", "红旗街", "同官路", "长虹路", "正阳路")


def service_points(count: int, first: int = 0, seed: int = 1) -> Iterator[tuple[str, str]]:
    """Yield (key, JSON) of ``count`` rows in the order of their keys."""
    chance = random.Random(seed + first)
    for number in range(first, first + count):
        yield (
            f"p{number:07}",
            msgspec.json.encode(
                {
                    "name": f"{chance.choice(AREAS)}{number}号网点",
                    "address": f"{chance.choice(STREETS)}{chance.randrange(1000)}号",
                    "phone": f"0919-{chance.randrange(10**7):07}",
                    "place": [chance.randrange(10**6), chance.randrange(10**6)],
                    "open": chance.choice(("8:30-17:00", "9:00-17:30")),
                }
            ).decode(),
        )


def card_identities(count: int) -> Iterator[str]:
    """Yield ``count`` card identities (卡的识别码) that nobody has."""
    for number in range(count):
        yield f"999999D156{number:022X}"
