"""SIGTERM and Ctrl-C: whenever they come, a program ends with a code and without a traceback (docs/command-line.md).

This module is the first that a program imports, so it imports little itself.
"""

import atexit
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import FrameType

STOP = (signal.SIGINT, signal.SIGTERM)
CODES: Mapping[int, int] = {number: 128 + number for number in STOP}
"""How an interrupted program ends, as shells say it: 130 by Ctrl-C, 143 by SIGTERM."""
STOP_SECONDS = 4.0
"""How long a program that goes on until it is stopped may take to come to its end."""
AGAIN = 0.05
"""Seconds after which what a destructor dropped is raised once more."""

LOOK_SECONDS = 0.2
"""How soon it is noticed that another thread has taken a signal."""

LATE = b"Error: still busy when it had to end, so it was ended by force; the next start settles what was left open\n"

Handler = Callable[[int, FrameType | None], object]


def end_at_once() -> None:
    """Let both end this process at once from now on: as long as it has begun nothing, or has ended everything.

    Python gives signals back to the system before its very end: then the process keeps the code that it ends with.
    """
    atexit.register(_ignore)
    for number in STOP:
        signal.signal(number, _end)


@contextmanager
def ended_at_once() -> Iterator[None]:
    """Let both end this process at once meanwhile: what is being imported may swallow an exception."""
    with _handled(_end):
        yield


@contextmanager
def raised() -> Iterator[None]:
    """Let both be raised meanwhile, through all cleaning up: KeyboardInterrupt, and SystemExit for SIGTERM.

    What is not cleaned up STOP_SECONDS later, or cannot be interrupted, is ended by force.
    """
    before = sys.unraisablehook
    with _handled(_raise), _ended_by_force(CODES):
        sys.unraisablehook = _raise_again_later
        try:
            yield
        finally:
            sys.unraisablehook = before


@contextmanager
def told_to_stop(stop: Callable[[int], object]) -> Iterator[None]:
    """Let both call ``stop`` meanwhile, for a program that goes on until then: SIGTERM is its usual end.

    What has not come to an end STOP_SECONDS later is ended by force, with the same code, whatever it hangs in. All
    files are whole at any moment, and the next start settles what was left open.

    :raises SystemExit: with 130, when it was Ctrl-C and all is over.
    """
    heard: set[int] = set()

    def take(number: int, _frame: FrameType | None) -> None:
        heard.add(number)
        stop(number)

    with _handled(take), _ended_by_force({**CODES, signal.SIGTERM: 0}):
        yield
    if signal.SIGINT in heard:
        sys.exit(CODES[signal.SIGINT])


@contextmanager
def held() -> Iterator[Callable[[], None]]:
    """Hold both back, so that what is begun is also ended; what is yielded waits for one of them.

    It raises SystemExit with 130 when that was Ctrl-C.
    """
    heard: list[int] = []

    def wait() -> None:
        while not heard:
            if came := signal.sigtimedwait(STOP, LOOK_SECONDS):
                heard.append(came.si_signo)
        if heard[0] == signal.SIGINT:
            sys.exit(CODES[signal.SIGINT])

    # Another thread may take one before it is waited for.
    with _handled(lambda number, _frame: heard.append(number)):
        before = signal.pthread_sigmask(signal.SIG_BLOCK, STOP)
        try:
            yield wait
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _ended_by_force(codes: Mapping[int, int]) -> Iterator[None]:
    """End the process STOP_SECONDS after one of both came, if it is still within the block then.

    The system itself writes the signal's number into a pipe, also while the main thread hangs and runs no handler.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers, told = os.pipe()
    os.set_blocking(told, False)
    before = signal.set_wakeup_fd(told, warn_on_full_buffer=False)
    over = threading.Event()
    clock = threading.Thread(target=_end_late, args=(numbers, over, codes), name="stop", daemon=True)
    clock.start()
    try:
        yield
    finally:
        over.set()
        signal.set_wakeup_fd(before)
        os.close(told)
        clock.join()
        os.close(numbers)


def _end_late(numbers: int, over: threading.Event, codes: Mapping[int, int]) -> None:
    while came := os.read(numbers, 64):
        if (stopped := next(filter(STOP.__contains__, came), 0)) and not over.wait(STOP_SECONDS):
            os.write(2, LATE)
            os._exit(codes[stopped])


@contextmanager
def _handled(handler: Handler) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, handler) for number in STOP}
    try:
        yield
    finally:
        for number, each in before.items():
            signal.signal(number, signal.SIG_DFL if each is None else each)


def _ignore() -> None:
    for number in STOP:
        signal.signal(number, signal.SIG_IGN)


def _end(number: int, _frame: FrameType | None) -> None:
    if number == signal.SIGINT:
        os.write(2, b"Error: interrupted\n")
    os._exit(CODES[signal.Signals(number)])


def _raise(number: int, _frame: FrameType | None) -> None:
    if number == signal.SIGINT:
        raise KeyboardInterrupt
    sys.exit(CODES[signal.Signals(number)])


def _raise_again_later(dropped: "sys.UnraisableHookArgs") -> None:
    """Raise once more what came in a destructor, where Python drops it."""
    error = dropped.exc_value
    if not isinstance(error, KeyboardInterrupt | SystemExit):
        sys.__unraisablehook__(dropped)
        return

    def raise_again(_number: int, _frame: FrameType | None) -> None:
        raise error

    signal.signal(signal.SIGALRM, raise_again)
    signal.setitimer(signal.ITIMER_REAL, AGAIN)
