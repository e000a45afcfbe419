"""What every test keeps: nothing that is printed may hold a PIN or a full ID number of the invented citizens."""

import os
import signal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.people import SECRETS

# A busy machine is no failure: an example has no time limit of its own.
settings.register_profile("kiosk", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("kiosk")

# Started in the background by a shell, this process ignores Ctrl-C, and so would every program that it tests.
signal.signal(signal.SIGINT, signal.default_int_handler)

# A kiosk of a test must not leave a key in the TPM of this machine.
os.environ["TPM2TOOLS_TCTI"] = ""

TESTS = Path(__file__).parent
FIRST = (
    *(
        "sync/test_restored_by_commands",
        "central/program/test_restored_centre",
        "visit/test_crash_walk",
        "visit/test_demo",
    ),
    *("visit/test_troubles", "screens/test_soak", "central/program/test_database_killed", "visit/test_panel"),
    *(
        "visit/test_certificate",
        "central/program/test_late_requests",
        "visit/test_activation",
        "central/program/test_workers",
    ),
)
"""The files that take longest, with few tests: begun last, they would keep one worker busy while the others wait."""

leaks: list[str] = []


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--slow", action="store_true", help="Also run the tests that take minutes.")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--slow"):
        for item in items:
            if item.get_closest_marker("slow"):
                item.add_marker(pytest.mark.skip(reason="takes minutes: ./run test --slow"))
    items.sort(key=_place)


def _place(item: pytest.Item) -> int:
    file = str(item.path.relative_to(TESTS).with_suffix(""))
    return FIRST.index(file) if file in FIRST else len(FIRST)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    printed = "\n".join([report.longreprtext, *(text for _, text in report.sections)])
    if any(secret in printed for secret in SECRETS):
        leaks.append(f"{report.nodeid} ({report.when})")


def pytest_sessionfinish(session: pytest.Session) -> None:
    if leaks:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for leak in leaks:
        terminalreporter.write_line(f"a PIN or an ID number was printed by {leak}", red=True)
