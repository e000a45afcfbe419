"""``kiosk menu``: what citizens find on the menu."""

import json
from typing import TYPE_CHECKING

import click

from command_line.program import Commands
from command_line.types import OneLine

if TYPE_CHECKING:
    from kiosk.menu.search import Hit

MOST = 10


@click.group(cls=Commands)
def menu() -> None:
    """Ask the menu."""


@menu.command()
@click.argument("phrase", type=OneLine(most=200, least=1))
@click.option("--json", "as_json", is_flag=True, help="List the hits as JSON.")
def search(phrase: str, as_json: bool) -> None:
    """List what PHRASE may mean, the likeliest first: services, and what is done elsewhere.

    PHRASE may be Chinese, pinyin or initials.

    Example: kiosk menu search 卡丢了 --json

    Exit codes: 0 something was found, 1 nothing was, 2 wrong usage.
    """
    from kiosk.menu.search import search as find

    hits = find(phrase)[:MOST]
    if as_json:
        click.echo(json.dumps([as_row(hit) for hit in hits], ensure_ascii=False, indent=2))
    else:
        for hit in hits:
            click.echo(_as_line(hit))
    if not hits:
        raise click.ClickException(f"nothing is called {phrase!r}")


def as_row(hit: "Hit") -> dict[str, object]:
    """Return a hit: a service of this machine, or where else it is done."""
    topic = hit.topic
    if topic.service:
        return {"service": topic.service, "score": hit.score}
    where = {"title": topic.title, "place": topic.place, "hotline": topic.hotline or None}
    return {"elsewhere": topic.key, "score": hit.score, **where}


def _as_line(hit: "Hit") -> str:
    topic = hit.topic
    where = f"-> {topic.place} {topic.hotline}".rstrip() if not topic.service else ""
    return f"{hit.score:.2f}  {topic.service or topic.key}  {where}".rstrip()
