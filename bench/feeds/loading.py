"""Loads all feeds into a fresh kiosk, again and again, as `kiosk sync` does, until it is ended.

Prints a line when each load begins. Arguments: a folder, the centre's address, the kiosk's key in hexadecimal.
"""

import os
import shutil
import sys
from contextlib import closing
from itertools import count
from pathlib import Path

import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bench.feeds.kiosk import KIOSK, Kiosk
from sync.identity import Identity
from sync.process.sync_process import LOW_PRIORITY
from sync.protocol.algorithms import Ed25519Key

structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
folder, address, key = Path(sys.argv[1]), sys.argv[2], bytes.fromhex(sys.argv[3])
os.nice(LOW_PRIORITY)
for turn in count():
    print(turn, flush=True)
    place = folder / f"kiosk-{turn}"
    identity = Identity(KIOSK, Ed25519Key(Ed25519PrivateKey.from_private_bytes(key)))
    with closing(Kiosk(place, address, identity)) as kiosk:
        kiosk.seconds_to_follow()
    shutil.rmtree(place)
