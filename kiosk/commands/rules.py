"""``kiosk rules``: the law as a command, a thin layer over the topics of ``kiosk.rules``."""

import sys
from collections.abc import Iterator
from typing import Any, BinaryIO

import click
import msgspec

from kiosk.rules.describe import describe
from kiosk.rules.errors import InvalidInputError, PackError
from kiosk.rules.plain import plain
from kiosk.rules.topic import Topic
from kiosk.rules.topics import TOPICS

LONGEST = 100_000
"""Bytes of a line."""
EXAMPLE = """echo '{"category":"male","birth":"1976-09"}' | kiosk rules retirement-age"""


@click.command(
    epilog=f"""\b
Example:
  {EXAMPLE}

\b
Exit codes:
  0  every line was answered
  1  a data file of the rules is broken (file, line and key are printed)
  2  a line was not understood (the others are still answered), or wrong usage"""
)
@click.argument("topic", required=False)
@click.option(
    "--describe", "wants_description", is_flag=True, help="Print the topic's fields and their allowed values."
)
@click.option("--text", "wants_text", is_flag=True, help="Add the sentence that the citizen reads.")
def rules(topic: str | None, wants_description: bool, wants_text: bool) -> None:
    """Ask the law: JSON objects on standard input, one a line; one JSON answer a line, with its basis.

    Without TOPIC, list the topics.
    """
    if topic is None:
        click.echo("\n".join(f"{one.name:22} {one.summary}" for one in TOPICS.values()))
        return
    if topic not in TOPICS:
        raise click.UsageError(f"no topic {topic!r}; `kiosk rules` lists them")
    if wants_description:
        click.echo(describe(TOPICS[topic]))
        return
    try:
        understood = _answer_lines(TOPICS[topic], wants_text)
    except PackError as error:
        raise click.ClickException(f"{error}\nNothing else was touched. Fix the file, then retry.") from error
    sys.exit(0 if understood else 2)


def _answer_lines(topic: Topic, wants_text: bool) -> bool:
    """Answer standard input line by line; return whether every line was understood."""
    understood = True
    for line in filter(bytes.strip, _lines(sys.stdin.buffer)):
        reply = _answer(topic, line, wants_text)
        understood = understood and "error" not in reply
        sys.stdout.buffer.write(msgspec.json.encode(reply) + b"\n")
        sys.stdout.buffer.flush()
    return understood


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """Yield each line, and of one that is too long only a beginning that shows it."""
    is_new = True
    while piece := file.readline(LONGEST + 1):
        if is_new:
            yield piece
        is_new = piece.endswith(b"\n")


def _answer(topic: Topic, line: bytes, wants_text: bool) -> dict[str, Any]:
    try:
        answer = topic.ask(_decode(line))
    except InvalidInputError as error:
        return {"error": {"code": error.code, "field": error.field, "message": error.message}}
    reply = {"result": plain(answer.result), "basis": plain(answer.basis)}
    return reply | {"text": str(answer.text)} if wants_text else reply


def _decode(line: bytes) -> object:
    if len(line) > LONGEST:
        raise InvalidInputError("too-long", None, f"这一行超过{LONGEST}字节")
    try:
        return msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise InvalidInputError("not-json", None, "这一行不是正确的JSON") from None
