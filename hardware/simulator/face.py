"""A simulated service that compares faces: what it finds is scripted.

with SimulatedFaceService(Path("/tmp/face")) as simulated:
    simulated.script("differs")
"""

import base64
import binascii
import random
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from hardware.simulator.control import ControlServer

SCRIPTS: Mapping[str, tuple[float, bool] | None] = {
    "matches": (0.94, True),
    "differs": (0.27, True),
    "picture": (0.96, False),
    "nobody": None,
}
"""The holder's face, another's, a picture of the holder's; or nobody is there. Score, and whether it is alive."""
PICTURE_BYTES = 2_000


class SimulatedFaceService:
    """A service at the socket ``link``.

    :param control: the path of a control socket (hardware/simulator/control.py) that takes the verbs.
    """

    def __init__(self, link: Path, control: Path | None = None) -> None:
        self._link, self._control_path = link, control
        self._random = random.Random()  # noqa: S311 - invented pictures
        self._script: str | None = "matches"
        self._found = SCRIPTS["matches"]
        self.compared = 0

    def __enter__(self) -> Self:
        self._service = ControlServer(self._link, self._answers)
        try:
            self._control = ControlServer(self._control_path, self.verbs) if self._control_path else None
        except BaseException:
            self._service.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._control:
            self._control.close()
        self._service.close()

    @property
    def _answers(self) -> Mapping[str, Callable[..., Any]]:
        return {"status": self.status, "capture": self._capture, "compare": self._compare}

    @property
    def verbs(self) -> Mapping[str, Callable[..., Any]]:
        """The words that the control channel understands."""
        return {"status": self.status, "script": self.script, "score": self.score}

    def status(self) -> dict[str, Any]:
        """Return what is scripted and how often faces were compared; never a picture."""
        return {"script": self._script, "compared": self.compared}

    def script(self, name: str) -> None:
        """Say whose face is before the camera: matches, differs, picture or nobody."""
        if name not in SCRIPTS:
            raise ValueError(f"{name!r}; say {', '.join(SCRIPTS)}")
        self._script, self._found = name, SCRIPTS[name]

    def score(self, score: str, live: str = "live") -> None:
        """Say how like the face is, from 0 to 1, and whether it is live or still."""
        if live not in ("live", "still") or not 0 <= float(score) <= 1:
            raise ValueError("say a number from 0 to 1, and live or still")
        self._script, self._found = None, (float(score), live == "live")

    def _capture(self) -> str | None:
        return base64.b64encode(self._random.randbytes(PICTURE_BYTES)).decode() if self._found else None

    def _compare(self, reference: str, live: str) -> dict[str, Any]:
        for picture in (reference, live):
            try:
                base64.b64decode(picture, validate=True)
            except binascii.Error:
                raise ValueError("that is no picture") from None
        self.compared += 1
        score, is_live = self._found or (0.0, False)
        return {"score": score, "live": is_live}
