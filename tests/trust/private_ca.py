"""A private CA made by the commands that operators use, and what it signs."""

import subprocess
from pathlib import Path

from click.testing import CliRunner

import central.program.cli  # noqa: F401 it has the commands
from central.program.main import main
from sync.protocol.client_certificate import read

REQUEST = (
    *("openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"),
    *("-subj", "/CN=kiosk"),
)
"""What docs/central.md tells the machine to do that needs a certificate."""


class PrivateCa:
    """A CA in a folder; each certificate is NAME.pem beside its key, NAME.key."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.ca = folder, folder / "kiosk-ca"
        run("ca", "init", "--ca", str(self.ca))
        self.certificate = self.ca / "ca.pem"

    def kiosk(self, name: str, kiosk_id: str, *options: str) -> str:
        """Issue the certificate of a kiosk; return its fingerprint."""
        return self._issue(name, "issue", kiosk_id, *options)

    def server(self, name: str, host: str = "localhost") -> str:
        return self._issue(name, "issue-server", host)

    def _issue(self, name: str, verb: str, subject: str, *options: str) -> str:
        request, key = self.folder / f"{name}.csr", self.folder / f"{name}.key"
        subprocess.run([*REQUEST, "-keyout", key, "-out", request], check=True, capture_output=True)
        pem = run("ca", verb, subject, str(request), "--ca", str(self.ca), *options)
        (self.folder / f"{name}.pem").write_text(pem)
        return read(pem.encode()).fingerprint


def run(*arguments: str) -> str:
    """Run ``kiosk-central``; return what it prints."""
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.output
    return result.stdout
