"""Whose a data folder is: a file that another user makes in it would stop the program that it belongs to."""

import os
import pwd
from pathlib import Path

import click

from command_line.failure import CommandError


def require_owner(folder: Path) -> None:
    """Continue only as the user whom ``folder`` belongs to.

    :raises CommandError: it is somebody else's; the message names them.
    """
    owner = folder.stat().st_uid
    if owner != os.geteuid():
        name, program = _name(owner), click.get_current_context().find_root().info_name
        raise CommandError(
            f"{folder} belongs to the user {name}, so this must be run as {name}: sudo -u {name} {program} …",
            "wrong-user",
        )


def _name(user: int) -> str:
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return f"#{user}"
