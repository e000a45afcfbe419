"""The simulator of cards as a program of its own."""

import os
from pathlib import Path

ROOT = Path(__file__).parents[3]

PROGRAM = """
import sys, threading
from hardware.card.reader import CardReader
seen = threading.Event()
reader = CardReader(on_change=lambda status: status.insertion and seen.set())
reader.start()
assert seen.wait(180)
with reader.session(reader.status.insertion) as card:
    print(card.read_basic().card_identity)
reader.close()
"""


def environment(**more) -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(ROOT)} | more
