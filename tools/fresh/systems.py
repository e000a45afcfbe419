"""The bare systems: what debootstrap makes of a release, with a user who may use sudo and one who may not."""

import shutil
import subprocess
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError

KEYRINGS = Path("usr/share/keyrings")


class NotReachedError(Exception):
    """A release cannot be had from here; the message says why."""


@dataclass(frozen=True)
class Release:
    """A release of a distribution, and how debootstrap makes it."""

    title: str
    name: str
    distribution: str
    components: str
    script: str
    """debootstrap's, which need not know the newest names."""

    @property
    def keyring(self) -> str:
        """The file of the keys that its packages are signed with."""
        return f"{self.distribution}-archive-keyring.gpg"


RELEASES = {
    release.name: release
    for release in (
        Release("Debian 12", "bookworm", "debian", "main", "sid"),
        Release("Debian 13", "trixie", "debian", "main", "sid"),
        Release("Ubuntu 24.04", "noble", "ubuntu", "main,universe", "gutsy"),
    )
}
KNOWS_OTHERS = RELEASES["trixie"]
"""The release whose packages include the keys of the other distribution."""

SETTLE = """
useradd --create-home --shell /bin/bash sudoer
useradd --create-home --shell /bin/bash plain
echo 'sudoer ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/sudoer
printf '#!/bin/sh\\nexit 101\\n' >/usr/sbin/policy-rc.d
chmod 755 /usr/sbin/policy-rc.d
rm -rf /var/lib/apt/lists/*
"""


def make(release: Release, cache: Path) -> Path:
    """Return the folder of a bare system, made the first time.

    :raises NotReachedError: its packages, or the keys that they are signed with, are unavailable from here.
    """
    folder = cache / release.name
    if not (folder / "made").exists():
        shutil.rmtree(folder, ignore_errors=True)
        _debootstrap(release, folder, mirror(release), _keyring(release, cache))
        _run("chroot", folder, "sh", "-ec", SETTLE)
        _give_it_our_ways(folder)
        (folder / "made").touch()
    return folder


def mirror(release: Release) -> str:
    """Return where this machine's apt would find the release: its own mirror, or the folder beside it there.

    :raises NotReachedError: the mirror has no such release.
    """
    wanted = ("Created-By: Packages", "Component: main")
    ours = _output("apt-get", "indextargets", "--format", "$(ORIGIN) $(REPO_URI)", *wanted)
    for origin, _, uri in (line.partition(" ") for line in ours.splitlines()):
        if origin in ("Debian", "Ubuntu") and "security" not in uri:
            found = f"{uri.rstrip('/').rpartition('/')[0]}/{release.distribution}"
            if _exists(f"{found}/dists/{release.name}/Release"):
                return found
    raise NotReachedError(f"this machine's mirror has no {release.title}")


def _debootstrap(release: Release, folder: Path, uri: str, keyring: Path) -> None:
    options = ["--variant=minbase", "--include=sudo", f"--components={release.components}"]
    script = Path("/usr/share/debootstrap/scripts", release.script)
    _run("debootstrap", *options, f"--keyring={keyring}", release.name, folder, uri, script)


def _keyring(release: Release, cache: Path) -> Path:
    installed = Path("/") / KEYRINGS / release.keyring
    if installed.exists():
        return installed
    if release == KNOWS_OTHERS:
        raise NotReachedError(f"the keys of {release.distribution} are not on this machine")
    system = make(KNOWS_OTHERS, cache)
    fetch = f"apt-get update && apt-get install -y {release.distribution}-keyring"
    if not (system / KEYRINGS / release.keyring).exists():
        _run("chroot", system, "sh", "-ec", f"{fetch} && rm -rf /var/lib/apt/lists/*")
    return system / KEYRINGS / release.keyring


def _give_it_our_ways(folder: Path) -> None:
    """Have the system resolve names, and trust and find Python packages, as this machine does."""
    for file in ("etc/resolv.conf", "etc/hosts"):
        shutil.copy(Path("/") / file, folder / file)
    certificates = Path("/etc/ssl/certs/ca-certificates.crt")
    if certificates.exists():
        shutil.copy(certificates, folder / "etc/pip-certificates.crt")
        (folder / "etc/pip.conf").write_text("[global]\ncert = /etc/pip-certificates.crt\n")


def _exists(url: str) -> bool:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, method="HEAD"), timeout=20):  # noqa: S310
            return True
    except (URLError, TimeoutError):
        return False


def _run(*command: object) -> None:
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode:
        raise NotReachedError(f"{command[0]} failed: {(done.stderr or done.stdout)[-500:]}")


def _output(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout
