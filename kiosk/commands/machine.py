"""What the commands of staff find by themselves: the machine's configuration, and its store."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import click

from command_line.failure import CommandError
from command_line.ownership import require_owner
from command_line.types import FILE_IF_THERE
from kiosk.config import Config
from sync.store import Store

CONFIG = Path("/etc/branch-kiosk/kiosk.toml")


def config_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the option that names the kiosk's configuration."""
    return click.option(
        "--config",
        "file",
        type=FILE_IF_THERE,
        default=CONFIG,
        show_default=True,
        envvar="KIOSK_CONFIG",
        help="The kiosk's configuration.",
    )(command)


def existing_store(settings: Config) -> closing[Store]:
    """Open the store that ``kiosk run`` or ``kiosk sync`` began, as its own user; never make one.

    :raises CommandError: there is none, or it is another user's.
    """
    require_store(settings)
    return closing(Store.open(settings.data, settings.kiosk_id))


def require_own_folder(settings: Config) -> None:
    """Continue only where the data folder, if there is one, is ours.

    :raises CommandError: it is another user's.
    """
    if settings.data.is_dir():
        require_owner(settings.data)


def require_store(settings: Config) -> None:
    """Continue only where there is a store, and it is ours.

    :raises CommandError: there is none, or it is another user's.
    """
    require_own_folder(settings)
    if not any(settings.data.glob("ops*")):
        raise CommandError(
            f"{settings.data}: there is no store here, and none was made; `kiosk run` or `kiosk sync` begins it",
            "no-store",
        )
