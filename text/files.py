"""Reading a file that people wrote: no pipe or device is waited for, and no more is read than is allowed."""

import errno
import os
import stat
from pathlib import Path

NO_FILES = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


def what_else(path: Path) -> str:
    """Return what is at ``path`` instead of a file, such as ``a pipe``; '' for a file.

    :raises OSError: there is nothing, or it cannot be looked at.
    """
    return NO_FILES.get(stat.S_IFMT(path.stat().st_mode), "")


def require_file(path: Path, most: int) -> None:
    """Continue only for a file of at most ``most`` bytes.

    :raises OSError: it is no file, or is larger; the reason names which.
    """
    if kind := what_else(path):
        raise OSError(errno.EINVAL, f"this is {kind}, not a file", str(path))
    if path.stat().st_size > most:
        raise OSError(errno.EFBIG, f"longer than {most:,} bytes", str(path))


def read_file(path: Path, most: int) -> bytes:
    """Return what is in a file of at most ``most`` bytes.

    :raises OSError: it cannot be read, is no file, or is larger.
    """
    require_file(path, most)
    with open(path, "rb", opener=_at_once) as file:
        content = file.read(most + 1) or b""  # None where the system has nothing to say yet
    if len(content) > most:
        raise OSError(errno.EFBIG, f"longer than {most:,} bytes", str(path))
    return content


def _at_once(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK)
