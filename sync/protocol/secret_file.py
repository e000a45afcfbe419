"""A 32-byte secret in a file that only its owner can read."""

import os
import secrets
from pathlib import Path

from text.files import read_file

SIZE = 32
LONGEST = 1_000
"""Bytes of the file, with what white space there may be."""


class SecretFileError(Exception):
    """The file does not hold a usable secret; the message names the file and what to do."""


def read_or_create(path: Path) -> bytes:
    """Return the secret in ``path``; make a random one on the first use.

    :raises SecretFileError: others may read the file, or its content is not 32 bytes in hexadecimal.
    """
    keep(path, secrets.token_bytes(SIZE))
    return read(path)


def read(path: Path) -> bytes:
    """Return the secret in ``path``.

    :raises SecretFileError: there is none, others may read the file, or its content is not 32 bytes in hexadecimal.
    """
    if not path.exists():
        raise SecretFileError(f"{path} is missing, and none was made; restore it from the backup")
    if path.stat().st_mode & 0o077:
        raise SecretFileError(f"{path}: others can read this secret; chmod 600 it, or better replace it")
    try:
        content = read_file(path, LONGEST)
    except OSError as error:
        raise SecretFileError(f"{path}: {error.strerror}; restore it from the backup") from error
    return decode(content, str(path))


def opened(path: Path, *, create: bool) -> bytes:
    """Return the secret in ``path``; with ``create`` make it on first use.

    :raises SecretFileError: as ``read``.
    """
    return read_or_create(path) if create else read(path)


def decode(content: bytes, origin: str) -> bytes:
    """Return the secret that is written in hexadecimal; ``origin`` is what the error calls its place.

    :raises SecretFileError: it is not 32 bytes in hexadecimal.
    """
    try:
        secret = bytes.fromhex(content.decode("ascii"))
    except ValueError:
        secret = b""
    if len(secret) != SIZE:
        raise SecretFileError(
            f"{origin}: not a secret of {SIZE} bytes in hexadecimal; restore it from the backup"
        )
    return secret


def keep(path: Path, secret: bytes) -> None:
    """Write a secret where there is none yet, whole or not at all; a process that was faster wins."""
    write(path, secret.hex().encode())


def write(path: Path, content: bytes) -> None:
    """Write a file that only its owner can read where there is none yet, whole or not at all; who is faster wins."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    with open(draft, "xb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        draft.unlink()
    flush(path.parent)


def destroy(path: Path) -> None:
    """Remove a secret, if it is there, and overwrite it before; what a disk keeps of a file beside that is its own."""
    if not path.exists():
        return
    with open(path, "r+b") as file:
        file.write(bytes(path.stat().st_size))
        file.flush()
        os.fsync(file.fileno())
    path.unlink()
    flush(path.parent)


def flush(path: Path) -> None:
    """Have on disk what a file holds, or which files a folder has."""
    descriptor = os.open(path, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)
