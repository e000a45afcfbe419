"""``kiosk run``: the window and the devices of this machine."""

import logging
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Event

import click
import structlog
from structlog.tracebacks import ExceptionDictTransformer

from command_line.failure import CommandError, Exit, name_of
from command_line.signals import told_to_stop
from kiosk.attendant.machine import START_TROUBLES
from kiosk.attendant.timeouts import Timeouts
from kiosk.commands.machine import config_option, require_own_folder
from kiosk.config import Config, ConfigError, load
from screens.display import NoDisplayError, refuse_unseen, require_display
from screens.theme.font_files import FontsMissingError, font_file


@click.command()
@config_option
@click.option(
    "--offscreen", is_flag=True, help="Allow a window that nobody sees (SDL_VIDEODRIVER=offscreen)."
)
@click.option("--simulated-reader", is_flag=True, help="Allow a simulated card reader, for tests.")
def run(file: Path, offscreen: bool, simulated_reader: bool) -> None:
    """Open the kiosk's window and serve citizens until stopped.

    Example: kiosk run --config /etc/branch-kiosk/kiosk.toml

    Exit codes: 0 stopped, 1 failed (start it again) or another one runs on this machine's store, 2 the configuration, a
    data file or a key is wrong: the message names the file; or there is no display; 130 Ctrl-C.
    """
    log_as_json_lines()
    try:
        config = load(file)
        require_own_folder(config)
        window(config, offscreen=offscreen, simulated_reader=simulated_reader)
    except (ConfigError, NoDisplayError, FontsMissingError, *START_TROUBLES) as error:
        raise CommandError(str(error), name_of(type(error)), Exit.WRONG_CALL) from error


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
    config: Config,
    patience: Timeouts | None = None,
    on_open: Callable[[], None] = lambda: None,
    *,
    offscreen: bool = False,
    simulated_reader: bool = False,
) -> None:
    """Run the window of ``config`` until it is closed; ``on_open`` is called when it stands.

    :param offscreen: it may be drawn where nobody sees it.
    :param simulated_reader: it may serve the cards of a simulated reader.
    :raises NoDisplayError: it would be, and may not.
    """
    from screens.settings import configure, leave_out_styles

    refuse_unseen(offscreen=offscreen)
    font_file()
    configure(config.panel)
    leave_out_styles()
    from screens.app import KioskApp

    if not offscreen:
        require_display()
    app = KioskApp(config, patience, simulated_reader=simulated_reader)
    told = Event()

    def stop(_number: int) -> None:
        told.set()
        app.stop()

    # What came before the window stood would be lost.
    app.bind(on_start=lambda _: app.stop() if told.is_set() else on_open())
    with told_to_stop(stop):
        app.run()
    if app.failed:
        sys.exit(1)
