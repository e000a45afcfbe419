"""``kiosk run``: the window and the devices of this machine."""

import logging
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import click
import structlog
from structlog.tracebacks import ExceptionDictTransformer

from kiosk.attendant import Patience
from kiosk.config import Config, ConfigError, load
from kiosk.machine import START_TROUBLES
from sync.only_one import AlreadyRunningError, only_one


@click.command()
@click.option(
    "--config",
    "path",
    type=click.Path(path_type=Path),
    default=Path("/etc/branch-kiosk/kiosk.toml"),
    show_default=True,
    help="The machine's configuration.",
)
def run(path: Path) -> None:
    """Open the kiosk's window and serve citizens until stopped.

    Example: kiosk run --config /etc/branch-kiosk/kiosk.toml

    Exit codes: 0 stopped, 1 failed (start it again) or another one runs on this machine's store, 2 the configuration, a
    data file or a key is wrong: the message names the file.
    """
    log_as_json_lines()
    try:
        config = load(path)
        with only_one(config.data / "run.lock", "runs this kiosk's window"):
            window(config)
    except AlreadyRunningError as error:
        click.echo(f"kiosk: {error}", err=True)
        sys.exit(1)
    except (ConfigError, *START_TROUBLES) as error:
        click.echo(f"kiosk: {error}", err=True)
        sys.exit(2)


def log_as_json_lines() -> None:
    """Log to standard error, one JSON object a line; never the values of variables, which may be personal."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.ExceptionRenderer(ExceptionDictTransformer(show_locals=False)),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def window(
    config: Config, patience: Patience | None = None, on_open: Callable[[], None] = lambda: None
) -> None:
    """Run the window of ``config`` until it is closed; ``on_open`` is called when it stands."""
    from screens.settings import configure, leave_out_styles

    configure(config.panel)
    leave_out_styles()
    from screens.app import KioskApp

    app = KioskApp(config, patience)
    app.bind(on_start=lambda _: on_open())
    signal.signal(signal.SIGTERM, lambda *_: app.stop())
    app.run()
    if app.failed:
        sys.exit(1)
