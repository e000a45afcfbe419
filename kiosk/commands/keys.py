"""``kiosk keys``: where the kiosk's keys are kept, and how they are replaced."""

import json
from pathlib import Path
from typing import Any

import click

import kiosk
from command_line.failure import CommandError
from command_line.program import Commands
from kiosk import config
from kiosk.commands.machine import config_option, require_store
from sync.client import PATIENT, CentralClient, CentralRefusedError, CentralUnreachableError
from sync.identity import Identity
from sync.key_rotation import rotate as rotate_identity_key
from sync.keys import identity_key, store_key
from sync.keys.identity_key import KeptKey
from sync.keys.places import KeyMissingError, KeyUnusableHereError
from sync.keys.store_key import KeptSecret
from sync.store import rekeying
from sync.store.rekeying import RekeyingError
from sync.tls import Tls


@click.group(cls=Commands)
def keys() -> None:
    """Where the kiosk's keys are kept, and how they are replaced.

    Example: kiosk keys list --config kiosk.toml

    Exit codes: 0 done · 1 it could not be done, and the message says what is so now · 2 wrong call.
    """


@keys.command("list")
@config_option
@click.option("--json", "as_json", is_flag=True, help="One line of JSON.")
def list_keys(file: Path, as_json: bool) -> None:
    """Say where each key is kept: tpm, credential, keyring or file; of the best kind, nobody can take it along.

    Example: kiosk keys list --config kiosk.toml --json

    Exit codes: 0 said · 1 the configuration or a key is in trouble.
    """
    settings = config.load(file)
    require_store(settings)
    found = {
        "identity": _identity(identity_key.opened(settings.data)),
        "store": _store(_required(store_key.find(settings.data, settings.kiosk_id))),
    }
    if settings.central.key:
        found["tls"] = {"kept": "file", "where": str(settings.central.key)}
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    for name, about in found.items():
        click.echo("  ".join([f"{name:10}{about.pop('kept'):12}", *about.values()]))


@keys.group(cls=Commands)
def rotate() -> None:
    """Replace a key by a new one; what the old one signed or encrypted stays readable.

    Example: kiosk keys rotate identity --config kiosk.toml

    Exit codes: as of the command.
    """


@rotate.command("identity")
@config_option
def rotate_identity(file: Path) -> None:
    """Make a new key for the kiosk, in its TPM where it has one, and have the centre take it over.

    Nobody has to enrol the kiosk again, and what runs goes on with the new key. After a failure, call it again.

    Example: kiosk keys rotate identity --config kiosk.toml

    Exit codes: 0 done · 1 the centre refused or cannot be reached, or there can be no other key; the old one stays.
    """
    settings = config.load(file)
    require_store(settings)
    tls = Tls(settings.central.tls_files)

    def client(identity: Identity) -> CentralClient:
        url, version = settings.central.url, kiosk.__version__
        return CentralClient(url, identity, timeout=PATIENT, version=version, tls=tls)

    try:
        told = _identity(rotate_identity_key(settings.kiosk_id, settings.data, client))
    except CentralRefusedError as refusal:
        raise CommandError(refusal.message, "refused") from refusal
    except CentralUnreachableError as trouble:
        raise CommandError(f"{trouble}; nothing is lost, try again", "unreachable") from trouble
    except (KeyMissingError, KeyUnusableHereError) as trouble:
        raise CommandError(str(trouble), "key") from trouble
    click.echo(f"{told['algorithm']} {told['fingerprint']}, kept in: {told['kept']} {told['where']}")


@rotate.command("store")
@config_option
def rotate_store(file: Path) -> None:
    """Encrypt the store with a new key. Stop both services before; a power cut in between loses nothing.

    Example: kiosk keys rotate store --config kiosk.toml

    Exit codes: 0 done · 1 the store is in use, or there can be no other key; nothing was changed.
    """
    settings = config.load(file)
    require_store(settings)
    try:
        told = _store(rekeying.rotate(settings.data, settings.kiosk_id))
    except (RekeyingError, KeyMissingError) as trouble:
        raise CommandError(str(trouble), "key") from trouble
    click.echo(f"{told['fingerprint']}, kept in: {told['kept']} {told['where']}")


def _identity(kept: KeptKey) -> dict[str, Any]:
    about = {"kept": kept.place.value, "where": kept.where}
    return about | {"algorithm": kept.key.algorithm, "fingerprint": kept.key.key_id}


def _store(kept: KeptSecret) -> dict[str, Any]:
    about = {"kept": kept.place.value, "where": kept.where}
    return about | {"fingerprint": store_key.fingerprint(kept.secret)}


def _required(kept: KeptSecret | None) -> KeptSecret:
    if kept is None:
        raise CommandError("the key of the store is not here; kiosk.service has it while it runs", "key")
    return kept
