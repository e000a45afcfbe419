"""receiptio, a printer driver that nobody here wrote, must find our simulated printer a real one."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.deadline import DEADLINE_SECONDS
from tests.hardware.printer.conftest import quick

FOLDER = Path(__file__).parents[3] / "bench" / ".peers" / "receiptio"
VERSIONS = {"receiptio": "2.1.2", "receiptline": "4.0.4", "serialport": "13.0.0"}
# serialport lists devices with udevadm, which knows no pty.
HOST = """
const serialport = require('serialport');
const [device, document, options, haste] = process.argv.slice(2);
const setTimer = setTimeout;
global.setTimeout = (call, ms) => setTimer(call, ms / haste);
serialport.SerialPort.list = async () => [{ path: device }];
require('receiptio').print(document, `-d ${device}:115200,n,8,1,n ${options}`).then(result => {
    console.log(result);
    process.exit(0);
});
"""
DOCUMENT = (
    "^^^参保证明\n\n姓名 | 王建国\n-\n2024-01 | 4188.00\n{code:https://example.cn/v#1;option:qrcode,6,m}"
)


@pytest.fixture(scope="module")
def receiptio() -> Path:
    """The folder with receiptio in it, installed the first time."""
    if not (shutil.which("node") and shutil.which("npm")):
        pytest.skip("node and npm are not installed")
    FOLDER.mkdir(parents=True, exist_ok=True)
    wanted = json.dumps({"private": True, "dependencies": VERSIONS})
    package = FOLDER / "package.json"
    if not (FOLDER / "node_modules" / "receiptio").exists() or package.read_text() != wanted:
        package.write_text(wanted)
        install = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts"]
        try:
            done = subprocess.run(
                install, cwd=FOLDER, capture_output=True, text=True, timeout=DEADLINE_SECONDS
            )
        except subprocess.TimeoutExpired:
            pytest.skip("npm install receiptio took longer than two minutes")
        if done.returncode:
            pytest.skip(f"npm install receiptio failed: {done.stderr.strip().splitlines()[-1:]}")
    (FOLDER / "host.js").write_text(HOST)
    return FOLDER


def ask(folder: Path, link: Path, options: str, document: str = "", haste: int = 1) -> str:
    """Let receiptio talk to the printer; ``haste`` divides the 12 seconds after which it gives up."""
    command = ["node", "host.js", os.readlink(link), document, options, str(haste)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=DEADLINE_SECONDS)
    return done.stdout.strip() or done.stderr


@pytest.mark.parametrize(
    ("trouble", "word"),
    [
        (None, "online"),
        (("paper", "out"), "paperempty"),
        (("cover", "open"), "coveropen"),
        (("silence", "on"), "offline"),
    ],
)
def test_receiptio_sees_the_state_of_the_printer(trouble, word, receiptio, simulate, link):
    simulated = simulate(quick("epson-tm-t88v"))
    simulated.baud(115200)
    if trouble:
        simulated.verbs[trouble[0]](*trouble[1:])
    assert ask(receiptio, link, "-q printer", haste=10 if word == "offline" else 1) == word


def test_receiptio_prints_with_success(receiptio, simulate, link):
    simulated = simulate(quick("epson-tm-t88v"))
    simulated.baud(115200)
    assert ask(receiptio, link, "-l zh-hans -c 42", DOCUMENT) == "success"
    (ticket,) = simulated.tickets
    assert ticket.getextrema() == (0, 255)


@pytest.mark.parametrize(
    ("trouble", "word"), [(("paper", "out"), "paperempty"), (("cover", "open"), "coveropen")]
)
def test_receiptio_is_told_of_trouble_in_its_job(trouble, word, receiptio, simulate, link):
    simulated = simulate(quick("epson-tm-t88v"))
    simulated.baud(115200)
    simulated.at(300, *trouble)
    assert ask(receiptio, link, "-l zh-hans -c 42", DOCUMENT) == word
