"""Random codes that people read and type."""

import secrets

from sync.protocol.verification import CODE_LETTERS


def random_code(length: int) -> str:
    """Return a code that cannot be guessed."""
    return "".join(secrets.choice(CODE_LETTERS) for _ in range(length))
