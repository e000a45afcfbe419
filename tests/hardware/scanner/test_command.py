"""``kiosk simulate scanner``, as a process of its own."""

import queue
import signal
import subprocess
import sys
from pathlib import Path

from hardware.scanner.scanner import Scanner
from hardware.simulator.control import tell
from hardware.status import DeviceState
from tests.deadline import DEADLINE_SECONDS

ROOT = Path(__file__).parents[3]


def test_the_simulator_is_a_process_that_takes_verbs(tmp_path):
    link, control = tmp_path / "scanner", tmp_path / "ctl"
    program = "from kiosk.commands.simulate_scanner import scanner; scanner()"
    process = subprocess.Popen(
        [sys.executable, "-c", program, "--link", link, "--control", control],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout.readline()
        tokens, states = queue.SimpleQueue(), queue.SimpleQueue()
        with Scanner(str(link), tokens.put, states.put):
            assert states.get(timeout=DEADLINE_SECONDS) is DeviceState.ONLINE
            tell(control, "scan-new")
            assert len(tokens.get(timeout=DEADLINE_SECONDS).take()) == 64
            tell(control, "unplug")
            assert states.get(timeout=DEADLINE_SECONDS) is DeviceState.NO_DEVICE
        assert tell(control, "status") == {"plugged": False, "heard": False, "sent": 1, "end": "cr"}
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(DEADLINE_SECONDS) == 0
        process.stdout.close()
