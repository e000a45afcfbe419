"""``python -m tools.fresh``: the documented commands on bare machines, as root, with sudo and without."""

import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from tools.fresh.machine import Machine, Outcome
from tools.fresh.systems import RELEASES, NotReachedError, Release, make

USERS = {"root": "root", "sudoer": "a user with sudo", "plain": "a user without sudo"}
DEMO = "cd project && ./run demo --visit certificate --out visit"
TEST = "cd project && ./run test"
TOLD = re.compile(r"Have an administrator run: +(.*)")


@click.command()
@click.option("--on", "names", type=click.Choice(list(RELEASES)), multiple=True, help="All when left out.")
@click.option("--as", "users", type=click.Choice(list(USERS)), multiple=True, help="All when left out.")
@click.option(
    "--tests", metavar="ARGS", help="Run ./run test with these, after the demo; '' is the whole suite."
)
@click.option("--no-demo", is_flag=True, help="Leave the demo out.")
@click.option(
    "--cache",
    type=click.Path(file_okay=False, path_type=Path),
    default="/var/tmp/branch-kiosk-fresh",  # noqa: S108
    show_default=True,
    help="Where systems, machines and logs are kept.",
)
def main(names: list[str], users: list[str], tests: str | None, no_demo: bool, cache: Path) -> None:
    """Run ./run demo and ./run test on bare machines, and print what happened as rows of a table.

    It needs root, debootstrap and 3 GB, and fetches packages from this machine's Debian mirror.

    \b
    Example: .venv/bin/python -m tools.fresh --on bookworm --as sudoer --tests ''
    Exit codes: 0 all went well · 1 something did not, or a system cannot be had
    """
    cache.mkdir(parents=True, exist_ok=True)
    failed = False
    click.echo("| machine | who | what | outcome | seconds |\n|---|---|---|---|---|")
    for release in (RELEASES[name] for name in names or RELEASES):
        for user in users or USERS:
            commands = [*([] if no_demo else [DEMO]), *([] if tests is None else [f"{TEST} {tests}"])]
            for row, well in _try(release, user, commands, cache):
                click.echo(f"| {release.title} | {USERS[user]} | {row} |")
                failed |= not well
    sys.exit(failed)


def _try(release: Release, user: str, commands: list[str], cache: Path) -> Iterator[tuple[str, bool]]:
    try:
        system = make(release, cache)
    except NotReachedError as error:
        yield f"– | {error} | –", False
        return
    log = cache / f"{release.name}-{user}.log"
    log.unlink(missing_ok=True)
    machine = Machine(system, cache / f"{release.name}-{user}", log)
    machine.bring_project(user)
    for command in commands:
        shown = f"`{command.removeprefix('cd project && ').strip()}`"
        ran = machine.run(user, command)
        if told := TOLD.search(ran.output):
            yield _row(shown, ran, f"exit {ran.code}: told what to install"), ran.code == 3
            yield _row("the command that was told, by root", machine.run("root", told[1])), True
            ran = machine.run(user, command)
        yield _row(shown, ran), ran.code == 0
    listeners = machine.listeners()
    yield f"its pcscd afterwards | listens on {', '.join(listeners) or 'nothing'} | –", not listeners
    machine.remove()


def _row(what: str, ran: Outcome, outcome: str = "") -> str:
    last = ran.output.strip().splitlines()[-1:] or [""]
    said = outcome or ("works" if ran.code == 0 else f"exit {ran.code}: {shlex.quote(last[0])[:200]}")
    if tally := re.search(r"=+ (.*\d+ (?:passed|failed).*) in ", ran.output):
        said = tally[1] if ran.code == 0 else f"{tally[1]} (exit {ran.code})"
    return f"{what} | {said} | {ran.seconds:.0f}"


if __name__ == "__main__":
    main()
