"""What makes two requests the same: all that they say, but not the visit in which they are made."""

import hashlib

import msgspec
from msgspec import Struct


def digest_of(request: Struct) -> str:
    """Return the SHA-256 of what is asked for: an answer that was lost is asked for again in a later visit."""
    said = {name: value for name, value in msgspec.to_builtins(request).items() if name != "visit_id"}
    return hashlib.sha256(msgspec.json.encode(said)).hexdigest()
