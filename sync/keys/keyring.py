"""Reading a secret from the kernel's keyring of the kiosk's user (keyrings(7))."""

import ctypes
import platform

KEYCTL = {"x86_64": 250, "aarch64": 219}
"""The number of the system call: the C library has no function for it."""
LINK, SEARCH, READ = 8, 10, 11
PROCESS_KEYRING, USER_KEYRING = -2, -4
LONGEST = 1024


def read_user_key(description: str) -> bytes | None:
    """Return the payload of a key of type ``user`` in the user's keyring; None without such a key, or keyring."""
    # Linked to the process: a service that systemd starts does not possess its user's keyring by itself.
    if _keyctl(LINK, USER_KEYRING, PROCESS_KEYRING) is None:
        return None
    key = _keyctl(SEARCH, USER_KEYRING, b"user", description.encode(), 0)
    if key is None:
        return None
    payload = ctypes.create_string_buffer(LONGEST)
    size = _keyctl(READ, key, payload, LONGEST)
    return payload.raw[:size] if size is not None and size <= LONGEST else None


def _keyctl(operation: int, *arguments: object) -> int | None:
    number = KEYCTL.get(platform.machine())
    if number is None:
        return None
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    words = [ctypes.c_long(each) if isinstance(each, int) else each for each in arguments]
    result: int = libc.syscall(ctypes.c_long(number), ctypes.c_long(operation), *words)
    return result if result >= 0 else None
