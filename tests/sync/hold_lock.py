"""A process that holds a lock until it is killed."""

import sys
import time
from pathlib import Path

from sync.only_one import only_one

with only_one(Path(sys.argv[1]), "holds it"):
    print("held", flush=True)
    while True:
        time.sleep(60)
