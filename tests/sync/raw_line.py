"""HTTP as bytes on the line."""

import socket


def read_request(wire: socket.socket) -> None:
    come = b""
    while b"\r\n\r\n" not in come:
        come += wire.recv(65536)
    top, body = come.split(b"\r\n\r\n", 1)
    [length] = [int(line.split(b":")[1]) for line in top.split(b"\r\n") if line.startswith(b"Content-Length")]
    while len(body) < length:
        body += wire.recv(65536)
