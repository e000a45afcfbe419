"""The way to a centre on which some answers are held up: what was asked arrives, and the centre acts."""

import socket
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self

PIECE = 65536


class HeldCentre:
    """Stands before the centre at ``address``; the answers to ``path`` are held up until they are released.

    ``url`` is where a kiosk asks. ``held`` is set when an answer is being held up.
    """

    def __init__(self, address: tuple[str, int], path: str) -> None:
        self._address, self._path = address, path.encode()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.held = threading.Event()
        self._released = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()
        self._listener.close()

    @property
    def is_holding(self) -> bool:
        """Whether an answer is held up and was not let go."""
        return self.held.is_set() and not self._released.is_set()

    def release(self) -> None:
        """Let all answers go, now and from now on."""
        self._released.set()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                kiosk, _address = self._listener.accept()
                threading.Thread(target=self._serve, args=(kiosk,), daemon=True).start()

    def _serve(self, kiosk: socket.socket) -> None:
        asked = threading.Event()
        with suppress(OSError), kiosk, socket.create_connection(self._address) as centre:
            threading.Thread(target=self._carry_back, args=(centre, kiosk, asked), daemon=True).start()
            while piece := kiosk.recv(PIECE):
                if piece.startswith(b"POST %s " % self._path):
                    asked.set()
                centre.sendall(piece)

    def _carry_back(self, centre: socket.socket, kiosk: socket.socket, asked: threading.Event) -> None:
        with suppress(OSError):
            while piece := centre.recv(PIECE):
                if asked.is_set():
                    self.held.set()
                    self._released.wait()
                kiosk.sendall(piece)
