"""What is particular to one machine: its number, its region, where its devices and the centre are."""

from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

from command_line.types import is_this_machine, is_web_address
from kiosk.rules import regions
from kiosk.rules.errors import InvalidInputError
from sync.protocol.centre_keys import handed_on
from sync.protocol.messages import Identifier
from sync.tls_files import TlsFiles
from text.files import read_file

LONGEST = 100_000
"""Bytes of a configuration file."""
Line = Annotated[str, Meta(max_length=200)]
OneLine = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"\A[^\x00-\x1f\x7f]*\Z")]
Pixels = Annotated[int, Meta(ge=320, le=8192)]


class ConfigError(Exception):
    """The configuration file is missing or wrong; the message names the file and the key."""


class Central(msgspec.Struct, forbid_unknown_fields=True):
    """Where the central system answers: over TLS, or on this very machine.

    ``ca`` is the file of the CA that alone is trusted then; ``certificate`` and ``key`` are this kiosk's, where the
    centre asks for them. ``feed_key`` is the public key that signs what it publishes; without it the first one seen is
    trusted.
    """

    url: OneLine
    feed_key: Line = ""
    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None

    def __post_init__(self) -> None:
        if not is_web_address(self.url):
            raise ValueError(f"`url` {self.url!r} is no address such as https://centre.example.gov.cn")
        self._require_tls()
        if self.feed_key and not _is_key(self.feed_key):
            raise ValueError("`feed_key` is no key as `kiosk-central feeds key` prints it")

    def _require_tls(self) -> None:
        is_plain = urlsplit(self.url).scheme == "http"
        if is_plain and not is_this_machine(urlsplit(self.url).hostname or ""):
            raise ValueError(
                f"`url` {self.url!r} has no TLS: everybody on the way could read it. Take https://; http:// is only"
                " for a centre on this very machine (127.0.0.1)"
            )
        if is_plain and (self.ca or self.certificate or self.key):
            raise ValueError("`ca`, `certificate` and `key` are for an https:// `url`; this one is http://")
        if bool(self.certificate) != bool(self.key):
            raise ValueError("`certificate` and `key` belong together; one of them is missing")

    @property
    def tls_files(self) -> TlsFiles:
        """Where the certificates for the way there are."""
        return TlsFiles(self.ca, self.certificate, self.key)


class Printer(msgspec.Struct, forbid_unknown_fields=True):
    """The receipt printer: its serial device and the name of its profile."""

    port: OneLine
    profile: OneLine


class CardReader(msgspec.Struct, forbid_unknown_fields=True):
    """The card reader's PC/SC name, or whole words of it; empty takes the one for citizens' cards."""

    name: Line = ""


class Scanner(msgspec.Struct, forbid_unknown_fields=True):
    """The QR scanner's serial device."""

    port: OneLine


class Camera(msgspec.Struct, forbid_unknown_fields=True):
    """The socket of the service that owns the camera and compares faces (``hardware.face``)."""

    device: OneLine


class IdCardReader(msgspec.Struct, forbid_unknown_fields=True):
    """The ID card reader's serial device and its speed."""

    port: OneLine
    baud: Annotated[int, Meta(ge=1200, le=4_000_000)] = 115_200


class Panel(msgspec.Struct, forbid_unknown_fields=True):
    """The touch panel: pixels and millimetres.

    ``scrambled_keys``: the PIN pad has its digits in another order each time, where others can look on.
    """

    width: Pixels = 1080
    height: Pixels = 1920
    width_mm: Annotated[float, Meta(ge=50, le=5000)] = 268.0
    fullscreen: bool = False
    scrambled_keys: bool = False


class Position(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Where the kiosk stands, in degrees (WGS 84): outlets near it are named first."""

    latitude: Annotated[float, Meta(ge=-90, le=90)]
    longitude: Annotated[float, Meta(ge=-180, le=180)]


class Config(msgspec.Struct, forbid_unknown_fields=True):
    """The configuration of one kiosk. ``region`` is a GB/T 2260 code; ``data`` its own folder.

    A kiosk may be without ``scanner``, ``id_card`` reader and ``camera``, and need not know its ``position``.
    """

    kiosk_id: Identifier
    region: Line
    branch: OneLine
    data: Path
    central: Central
    printer: Printer
    card_reader: CardReader = msgspec.field(default_factory=CardReader)
    scanner: Scanner | None = None
    id_card: IdCardReader | None = None
    camera: Camera | None = None
    panel: Panel = msgspec.field(default_factory=Panel)
    position: Position | None = None

    def __post_init__(self) -> None:
        try:
            regions.find(self.region)
        except InvalidInputError as error:
            raise ValueError(
                f"`region` {self.region[:20]!r} is not six digits of GB/T 2260, such as 610200"
            ) from error


def _is_key(text: str) -> bool:
    try:
        handed_on(text, "feed")
    except ValueError:
        return False
    return True


def _as_path(form: type[Path], value: str) -> Path:
    return form(value)


def load(path: Path) -> Config:
    """Read the configuration from a TOML file; a relative ``data`` folder, and relative files, are beside it.

    :raises ConfigError: the file cannot be read, or a key is missing, unknown, of the wrong type or out of range.
    """
    try:
        content = read_file(path, LONGEST)
        config = msgspec.toml.decode(content, type=Config, dec_hook=_as_path)
    except (OSError, ValueError, RecursionError) as error:
        raise ConfigError(f"{path}: {getattr(error, 'strerror', None) or error}") from error
    config.data = path.parent / config.data
    for name in ("ca", "certificate", "key"):
        if file := getattr(config.central, name):
            setattr(config.central, name, path.parent / file)
    return config
