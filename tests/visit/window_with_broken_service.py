"""The inspected window, in which one service raises what nobody expected."""

import sys
from dataclasses import replace
from pathlib import Path

from kiosk.services.service import services
from tools.inspected_window import main


def fail(_visit):
    raise RuntimeError("a fault that no one thought of")
    yield


name = "card-information"
services()[name] = replace(services()[name], run=fail)  # type: ignore[index]
main(Path(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:])
