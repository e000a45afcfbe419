"""SoftHSM2, a security module in software: one folder of tokens for each process, which reads where it is once."""

import atexit
import os
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

import pytest

FOLDERS = ("", "x86_64-linux-gnu", "aarch64-linux-gnu")
PIN = "482915"


def module() -> Path:
    """Return the module; skip the test where there is none."""
    for folder in FOLDERS:
        if (found := Path("/usr/lib", folder, "softhsm/libsofthsm2.so")).exists():
            return found
    pytest.skip("Debian's softhsm2 is not installed")


@cache
def new_token(label: str) -> Path:
    """Make a token of this name; return the file of its PIN."""
    folder = _tokens()
    words = ["--init-token", "--free", "--label", label, "--so-pin", "135790", "--pin", PIN]
    subprocess.run(["softhsm2-util", *words], check=True, capture_output=True)
    (folder / "pin").write_text(f"{PIN}\n")
    return folder / "pin"


@cache
def _tokens() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="softhsm-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    (folder / "tokens").mkdir()
    conf = folder / "softhsm2.conf"
    conf.write_text(
        f"directories.tokendir = {folder}/tokens\nobjectstore.backend = file\nlog.level = ERROR\n"
    )
    os.environ["SOFTHSM2_CONF"] = str(conf)
    return folder
