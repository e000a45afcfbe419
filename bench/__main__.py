"""``./run bench``: run the benchmarks and return whether each figure holds."""

import json
import pkgutil
import sys
from collections.abc import Iterator
from importlib import import_module

import click

import bench
from bench.figure import Figure

SUPPORT = {"figure", "serving", "__main__"}
LONG = {"faults", "fleet", "flood", "soak", "sync_feeds", "sync_peers", "ui_sync"}
"""Benchmarks of many minutes, run only when they are named."""


def benchmarks() -> list[str]:
    """Return the names of all benchmarks."""
    return sorted(
        module.name
        for module in pkgutil.iter_modules(bench.__path__)
        if not module.ispkg and module.name not in SUPPORT
    )


def measure(names: tuple[str, ...]) -> Iterator[Figure]:
    """Run the benchmarks ``names`` (all but the long ones if empty) and yield their figures."""
    for name in names or [name for name in benchmarks() if name not in LONG]:
        click.echo(f"measuring {name} …", err=True)
        yield from import_module(f"bench.{name}").figures()


def row(figure: Figure) -> str:
    """Return ``figure`` as a line of the table."""
    verdict = "holds" if figure.holds else "FAILS"
    value = f"{figure.value:.4g} {figure.unit}"
    return f"{figure.figure:<44} {value:>16}  {figure.target:>10}  {verdict}  {figure.against} (n={figure.n})"


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME …]")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line instead of a table.")
def main(names: tuple[str, ...], as_json: bool) -> None:
    """Measure, and compare each figure with its target. Long ones run only when named.

    Example: ./run bench card printer --json

    Exit codes: 0 every figure holds, 1 one does not, 2 there is no such benchmark.
    """
    if strangers := set(names) - set(benchmarks()):
        raise click.UsageError(f"no benchmark {', '.join(strangers)}; there are: {', '.join(benchmarks())}")
    all_hold = True
    for figure in measure(names):
        click.echo(json.dumps(figure.as_json(), ensure_ascii=False) if as_json else row(figure))
        all_hold &= figure.holds
    sys.exit(0 if all_hold else 1)


if __name__ == "__main__":
    main()
