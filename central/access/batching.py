"""Asking the database once for many requests that come within the same moment."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Asked = TypeVar("Asked")
Found = TypeVar("Found")


class Batch(Generic[Asked, Found]):
    """Collects what is asked while the last answer is a moment old; all who asked get the one answer to all of it.

    One who asks alone is answered at once.

    :param find: looks up all that was asked, at once.
    :param moment: seconds from the beginning of one look-up to that of the next.
    """

    def __init__(self, find: Callable[[Sequence[Asked]], Awaitable[Found]], moment: float) -> None:
        self._find, self._moment = find, moment
        self._asked: list[Asked] = []
        self._coming: asyncio.Task[Found] | None = None
        self._next_at = 0.0

    def ask(self, asked: Asked) -> Awaitable[Found]:
        """Ask together with others; the answer need not be waited for."""
        self._asked.append(asked)
        self._coming = self._coming or asyncio.create_task(self._answer())
        return asyncio.shield(self._coming)  # one who leaves does not take the answer away from the others

    async def _answer(self) -> Found:
        now = asyncio.get_running_loop().time
        await asyncio.sleep(self._next_at - now())
        self._next_at = now() + self._moment
        asked, self._asked, self._coming = self._asked, [], None
        return await self._find(asked)
