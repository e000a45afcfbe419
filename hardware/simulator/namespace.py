"""A private corner of the machine, without root: its own network and its own /run (Linux user namespaces)."""

import ctypes
import fcntl
import os
import socket
import struct
from pathlib import Path

_CLONE_NEWUSER, _CLONE_NEWNS, _CLONE_NEWNET = 0x10000000, 0x00020000, 0x40000000
_MS_REC_PRIVATE = 0x4000 | 0x40000
_SIOCSIFFLAGS, _IFF_UP_RUNNING = 0x8914, 0x41

_libc = ctypes.CDLL(None, use_errno=True)


def enter_private_namespace() -> bool:
    """Move this process (it must have one thread only) into namespaces of its own.

    Return False, having changed nothing, where the machine does not permit that.
    """
    uid, gid = os.getuid(), os.getgid()
    if _libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNS | _CLONE_NEWNET):
        return False
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"0 {uid} 1")
    Path("/proc/self/gid_map").write_text(f"0 {gid} 1")
    _mount(None, b"/", None, _MS_REC_PRIVATE)
    _mount(b"tmpfs", b"/run", b"tmpfs", 0)
    _loopback_up()
    return True


def _mount(source: bytes | None, target: bytes, kind: bytes | None, flags: int) -> None:
    if _libc.mount(source, target, kind, ctypes.c_ulong(flags), None):
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error), target.decode())


def _loopback_up() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", _IFF_UP_RUNNING))
