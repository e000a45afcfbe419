"""The office of a centre: its commands, as staff call them."""

import json
import shutil
from pathlib import Path

from click.testing import CliRunner, Result

from central.program.main import main
from tests.central.centre import migrated_file


class Office:
    """A centre in ``folder``; every command is called there."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.data = folder, folder / "data"
        self.data.mkdir(mode=0o700)
        shutil.copy(migrated_file(), self.data / "central.db")
        self.run("seed")

    def run(self, *arguments: str, code: int = 0, **environment: str) -> Result:
        said = CliRunner().invoke(main, [*arguments, "--data", str(self.data)], env=environment)
        assert said.exit_code == code, (arguments, said.output)
        return said

    def lines(self, *arguments: str) -> list[dict]:
        return [json.loads(line) for line in self.run(*arguments, "--json").stdout.splitlines()]

    def acts(self, *choice: str) -> list[dict]:
        return self.lines("acts", *choice)

    def with_operators(self, *names: str) -> "Office":
        """Register operators; the third and later ones with two people."""
        for number, name in enumerate(names):
            said = self.run("operators", "add", name, "--as", names[0], code=0 if number < 2 else 3)
            if number >= 2:
                self.confirm(said, names[1])
        return self

    def confirm(self, requested: Result, name: str, code: int = 0) -> Result:
        """Confirm what was requested just now."""
        return self.run("confirm", request_id(requested), "--as", name, code=code)


def request_id(requested: Result) -> str:
    return requested.stdout.partition("confirm ")[2].split()[0]
