"""The ``kiosk-central`` command, run in this process."""

from pathlib import Path

from click.testing import CliRunner

from central.program.main import main


def run(folder: Path, *arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(main, [*arguments, "--data", str(folder)])
    assert result.exit_code == code, result.output
    return result.output
