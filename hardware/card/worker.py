"""Run potentially blocking work in a thread, with bounded waiting for the caller.

A mute card blocks PC/SC for 25 seconds and more, and nothing can cancel that. So all card input and output
happens in a worker; when one call takes too long the caller leaves the worker behind, which cleans up after
itself whenever its call comes back.
"""

import queue
import threading
from collections.abc import Callable
from time import monotonic
from typing import Any, TypeVar

T = TypeVar("T")


class WorkerHungError(Exception):
    """The worker did not come back in time; it must not be used again."""


class Worker:
    """Runs jobs one after the other in its own thread."""

    def __init__(self, name: str) -> None:
        self._jobs: queue.SimpleQueue[tuple[Callable[[], Any], queue.SimpleQueue[Any]] | None] = (
            queue.SimpleQueue()
        )
        self.last_sign = 0.0
        """When the present step of the job began: a job sets it before each thing that may hang."""
        self.abandoned = False
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    def do(self, job: Callable[[], T], step: float, total: float) -> T:
        """Run the job in the worker and return what it returns, or raise what it raises.

        :param step: seconds that one step of the job may take.
        :param total: seconds that the job may take.
        :raises Stuck: it took longer; the worker is abandoned.
        """
        outcome: queue.SimpleQueue[tuple[T | None, BaseException | None]] = queue.SimpleQueue()
        started = monotonic()
        self.last_sign = started
        self._jobs.put((job, outcome))
        while (left := min(self.last_sign + step, started + total) - monotonic()) > 0:
            try:
                value, error = outcome.get(timeout=left)
            except queue.Empty:
                continue
            if error is not None:
                raise error
            return value  # type: ignore[return-value]  # there is a value where there is no error
        self.abandoned = True
        raise WorkerHungError

    def stop(self, cleanup: Callable[[], None]) -> None:
        """Let the thread clean up and end, when its present job is done; do not wait for that."""
        self._jobs.put((cleanup, queue.SimpleQueue()))
        self._jobs.put(None)

    def _work(self) -> None:
        while (task := self._jobs.get()) is not None:
            job, outcome = task
            try:
                outcome.put((job(), None))
            except BaseException as error:
                outcome.put((None, error))
            del job, outcome, task  # a job may hold a PIN: keep nothing while waiting for the next one
