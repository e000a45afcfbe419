"""What every device that is followed from a thread of its own has in common."""

from abc import ABC, abstractmethod
from types import TracebackType
from typing import Self


class Device(ABC):
    """Works from ``start`` to ``close``, or while its ``with`` block lasts."""

    @abstractmethod
    def start(self) -> None:
        """Begin to look for the device."""

    @abstractmethod
    def close(self) -> None:
        """Release the device."""

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
