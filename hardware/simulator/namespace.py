"""A private corner of the machine: its own network and its own /run, without root where that is permitted."""

import ctypes
import fcntl
import os
import socket
import struct
from pathlib import Path

_CLONE_NEWUSER, _CLONE_NEWNS, _CLONE_NEWNET = 0x10000000, 0x00020000, 0x40000000
_MS_REC_PRIVATE = 0x4000 | 0x40000
_SIOCSIFFLAGS, _IFF_UP_RUNNING = 0x8914, 0x41

_OWN_ID = Path("/proc/self")
"""Where the ids of a new user namespace are written."""

_libc = ctypes.CDLL(None, use_errno=True)


def enter_private_namespace() -> bool:
    """Move this process (it must have one thread only) into namespaces of its own.

    Return False, having changed nothing, where the machine does not permit that.
    """
    # Root needs no user namespace, in which it could no longer read the files of others.
    for kinds in (_CLONE_NEWNS | _CLONE_NEWNET, _CLONE_NEWUSER | _CLONE_NEWNS | _CLONE_NEWNET):
        if _a_child_can_enter(kinds):
            _enter(kinds)
            return True
    return False


def _a_child_can_enter(kinds: int) -> bool:
    """Try it in a child first: there is no way back from where AppArmor permits a namespace, but then no id map."""
    child = os.fork()
    if child == 0:
        try:
            _enter(kinds)
        except BaseException:
            os._exit(1)
        os._exit(0)
    return os.waitpid(child, 0)[1] == 0


def _enter(kinds: int) -> None:
    uid, gid = os.getuid(), os.getgid()
    _check(_libc.unshare(kinds), "unshare")
    if kinds & _CLONE_NEWUSER:
        (_OWN_ID / "setgroups").write_text("deny")
        (_OWN_ID / "uid_map").write_text(f"0 {uid} 1")
        (_OWN_ID / "gid_map").write_text(f"0 {gid} 1")
    _mount(None, b"/", None, _MS_REC_PRIVATE)
    _mount(b"tmpfs", b"/run", b"tmpfs", 0)
    _loopback_up()


def _mount(source: bytes | None, target: bytes, kind: bytes | None, flags: int) -> None:
    _check(_libc.mount(source, target, kind, ctypes.c_ulong(flags), None), target.decode())


def _check(failed: int, about: str) -> None:
    if failed:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error), about)


def _loopback_up() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", _IFF_UP_RUNNING))
