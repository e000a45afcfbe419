"""Two programs that do the same thing to one store are one too many: the second finds the first one's lock.

The kernel gives the lock back when its process ends, however it ends.
"""

import fcntl
from pathlib import Path
from typing import IO


class AlreadyRunningError(Exception):
    """Another process does this with this store: nothing was changed."""


def only_one(lock: Path, what: str) -> IO[str]:
    """Hold the file ``lock`` as long as the returned file is open.

    :param what: what the other process is doing, as the message is to say it.
    :raises AlreadyRunningError: another process holds it.
    """
    lock.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    held = open(lock, "a")  # noqa: SIM115 held as long as it is open
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        held.close()
        raise AlreadyRunningError(f"another process {what}; nothing was changed ({lock})") from None
    return held
