"""What is particular to one machine: its number, its region, where its devices and the centre are."""

from pathlib import Path

import msgspec


class ConfigError(Exception):
    """The configuration file is missing or wrong; the message names the file and the key."""


class Central(msgspec.Struct, forbid_unknown_fields=True):
    """Where the central system answers.

    ``feed_key`` is the public key (base64) that signs what it publishes; without it the first one seen is trusted.
    """

    url: str
    feed_key: str = ""


class Printer(msgspec.Struct, forbid_unknown_fields=True):
    """The receipt printer: its serial device and the name of its profile."""

    port: str
    profile: str


class CardReader(msgspec.Struct, forbid_unknown_fields=True):
    """The card reader's PC/SC name, or whole words of it; empty takes the one for citizens' cards."""

    name: str = ""


class Panel(msgspec.Struct, forbid_unknown_fields=True):
    """The touch panel: pixels and millimetres.

    ``scrambled_keys``: the PIN pad has its digits in another order each time, where others can look on.
    """

    width: int = 1080
    height: int = 1920
    width_mm: float = 268.0
    fullscreen: bool = False
    scrambled_keys: bool = False


class Config(msgspec.Struct, forbid_unknown_fields=True):
    """The configuration of one kiosk. ``region`` is a GB/T 2260 code; ``data`` its own folder."""

    kiosk_id: str
    region: str
    branch: str
    data: Path
    central: Central
    printer: Printer
    card_reader: CardReader = msgspec.field(default_factory=CardReader)
    panel: Panel = msgspec.field(default_factory=Panel)


def _as_path(form: type, value: str) -> Path:
    return form(value)


def load(path: Path) -> Config:
    """Read the configuration from a TOML file; a relative ``data`` folder is beside the file.

    :raises ConfigError: the file cannot be read, or a key is missing, unknown or of the wrong type.
    """
    try:
        config = msgspec.toml.decode(path.read_bytes(), type=Config, dec_hook=_as_path)
    except (OSError, msgspec.DecodeError) as error:
        raise ConfigError(f"{path}: {error}") from error
    config.data = path.parent / config.data
    return config
