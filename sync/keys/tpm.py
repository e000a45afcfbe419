"""A key in the machine's TPM, by way of tpm2-tools: it signs in there, and nobody can take it along."""

import hashlib
import os
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

from sync.keys.places import KeyUnusableHereError
from sync.protocol import algorithms
from sync.protocol.algorithms import ECDSA_P256

DEVICE = Path("/dev/tpmrm0")
CONNECTION = "TPM2TOOLS_TCTI"
"""The tools' own variable: another way to a TPM; '' is none."""
HANDLES = range(0x81010001, 0x81010041)
"""Where keys are kept that stay."""
ATTRIBUTES = "fixedtpm|fixedparent|sensitivedataorigin|userwithauth|noda"
"""Without ``noda`` the TPM takes each power cut after a signature for an attack, and locks itself after some."""
SECONDS = 30.0
"""For one command: a TPM takes its time to make a key."""


class TpmError(KeyUnusableHereError):
    """The TPM does not do it; the message says what its tools say."""


class TpmKey:
    """A P-256 key in the TPM under ``handle``."""

    algorithm = ECDSA_P256

    def __init__(self, handle: str, public_key: bytes) -> None:
        self.handle, self.public_key = handle, public_key
        self.key_id = algorithms.key_id(ECDSA_P256, public_key)

    @classmethod
    def create(cls) -> Self:
        """Return a new key.

        :raises TpmError: it cannot be made.
        """
        handle = _free_handle()
        with TemporaryDirectory() as name:
            primary, context = f"{name}/primary", f"{name}/key"
            parent = ("-G", "ecc", "-a", f"{ATTRIBUTES}|restricted|decrypt", "-c", primary)
            _once("tpm2_createprimary", "-C", "o", *parent)
            key = ("-G", "ecc256:ecdsa-sha256", "-a", f"{ATTRIBUTES}|sign", "-c", context)
            _once("tpm2_create", "-C", primary, *key)
            _once("tpm2_evictcontrol", "-C", "o", "-c", context, handle)
        return cls(handle, _public_key(handle))

    def sign(self, data: bytes) -> bytes:
        """Return the signature of ``data``.

        :raises TpmError: the TPM does not sign.
        """
        how = ("-g", "sha256", "-s", "ecdsa", "-f", "plain", "-d", "-o", "/dev/stdout")
        return algorithms.from_der(
            _run("tpm2_sign", "-c", self.handle, *how, given=hashlib.sha256(data).digest())
        )

    def remove(self) -> None:
        """Take the key out of the TPM, for good.

        :raises TpmError: it stays.
        """
        _run("tpm2_evictcontrol", "-C", "o", "-c", self.handle)


def is_usable() -> bool:
    """Return whether there is a TPM that we may use, and its tools."""
    return bool(_connection()) and shutil.which("tpm2_sign") is not None


def _connection() -> str:
    default = f"device:{DEVICE}" if os.access(DEVICE, os.R_OK | os.W_OK) else ""
    return os.environ.get(CONNECTION, default)


def _free_handle() -> str:
    taken = _run("tpm2_getcap", "handles-persistent").decode().lower()
    free = (f"{handle:#x}" for handle in HANDLES if f"{handle:#x}" not in taken)
    if (handle := next(free, None)) is None:
        raise TpmError("the TPM has no room for another key: `tpm2_getcap handles-persistent` lists them")
    return handle


def _public_key(handle: str) -> bytes:
    der = _run("tpm2_readpublic", "-Q", "-c", handle, "-f", "der", "-o", "/dev/stdout")
    key = load_der_public_key(der)
    assert isinstance(key, ec.EllipticCurvePublicKey)
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _once(*command: str) -> None:
    """Run a command that leaves an object in the TPM's memory, which a TPM alone does not clear away itself."""
    _run(*command)
    _run("tpm2_flushcontext", "-t")


def _run(*command: str, given: bytes = b"") -> bytes:
    try:
        done = subprocess.run(
            command,
            input=given,
            capture_output=True,
            timeout=SECONDS,
            check=True,
            env=os.environ | {CONNECTION: _connection()},
        )
    except subprocess.CalledProcessError as error:
        lines = error.stderr.decode(errors="replace").strip().splitlines() or [
            f"exit code {error.returncode}"
        ]
        raise TpmError(f"{command[0]}: {lines[0]}") from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise TpmError(f"{command[0]}: {type(error).__name__}") from error
    return done.stdout
