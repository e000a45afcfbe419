"""Where a simulated device appears in the file system: only what another simulator left is ever replaced."""

import os
import secrets
import stat
from pathlib import Path
from socket import AF_UNIX, socket

TERMINALS = Path("/dev/pts")


class PlaceTakenError(Exception):
    """Something else is where the simulated device should appear; it was left alone."""


def link_to(terminal: str, link: Path) -> None:
    """Let ``link`` lead to ``terminal``, in place of a link to a terminal that an earlier simulator left.

    :raises PlaceTakenError: there is a file, a folder, a device or a link of somebody else.
    """
    if os.path.lexists(link) and not (link.is_symlink() and link.readlink().parent == TERMINALS):
        raise PlaceTakenError(
            f"{link} is there already and no simulator's; it was left alone, choose another"
        )
    beside = link.with_name(f".{link.name}.{secrets.token_hex(4)}")
    beside.symlink_to(terminal)
    beside.replace(link)


def unlink(link: Path, terminal: str) -> None:
    """Remove ``link`` if it still leads to ``terminal``."""
    if link.is_symlink() and os.readlink(link) == terminal:
        link.unlink()


def clear_socket(path: Path) -> None:
    """Remove the socket that an earlier simulator left at ``path``.

    :raises PlaceTakenError: there is something else, or somebody who answers.
    """
    if os.path.lexists(path) and not stat.S_ISSOCK(path.lstat().st_mode):
        raise PlaceTakenError(f"{path} is there already and no socket; it was left alone, choose another")
    if _answers(path):
        raise PlaceTakenError(f"{path} is in use by another program; it was left alone, choose another")
    path.unlink(missing_ok=True)


def _answers(path: Path) -> bool:
    with socket(AF_UNIX) as line:
        line.setblocking(False)
        try:
            line.connect(str(path))
        except (FileNotFoundError, ConnectionRefusedError):
            return False
        except OSError:  # busy, forbidden, of another type: somebody has it
            return True
    return True
