"""The ``kiosk`` command: its verbs are found as entry points and imported only when they are used."""

from collections.abc import Callable
from importlib.metadata import EntryPoint, entry_points

import click

import kiosk


class LazyGroup(click.Group):
    """A click group whose commands are the entry points of one group name.

    A room above this one (``screens``) adds its command in setup.cfg, so that the arrows of the house keep
    pointing down; and ``kiosk rules`` starts without Kivy or a database.
    """

    def __init__(self, *args: object, entry_point_group: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self._found: dict[str, EntryPoint] = {
            point.name: point for point in entry_points(group=entry_point_group)
        }

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the verbs, in alphabetical order."""
        return sorted(self._found)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Import and return the verb called ``name``, or None."""
        point = self._found.get(name)
        return point.load() if point else None


def lazy_group(entry_point_group: str) -> Callable[[Callable], click.Group]:
    """Make a command function the group of all verbs registered under ``entry_point_group``."""
    return click.group(cls=LazyGroup, entry_point_group=entry_point_group)


@lazy_group("kiosk.commands")
@click.version_option(kiosk.__version__, prog_name="kiosk")
def main() -> None:
    """The branch kiosk: run it, look after it, ask it.

    Example: kiosk card read --json
    """
