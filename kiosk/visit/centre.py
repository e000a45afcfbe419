"""The centre as a session asks it: by a worker, while the session goes on watching card, touches and stop."""

import threading
from concurrent.futures import Future
from typing import Any

from command_line.watchdog import Watchdog
from sync.client import (
    TIMEOUT,
    CentralClient,
    CentralFailedError,
    CentralRefusedError,
    CentralUnreachableError,
)
from sync.protocol.call import Answer, Call, Request
from sync.reachability import Reachability

REPLY_SECONDS = TIMEOUT.whole + 2
"""What a session waits for a reply, in case that the worker itself hangs; the client gives up before."""


class Centre:
    """Asks the centre for one kiosk. What it learns of the line, it tells ``reachability``.

    A worker that hangs beyond all deadlines is told of to ``watchdog``.
    """

    def __init__(
        self,
        client: CentralClient,
        reachability: Reachability | None = None,
        watchdog: Watchdog | None = None,
    ) -> None:
        self._client, self._reachability = client, reachability
        self._watchdog = watchdog or Watchdog()

    @property
    def is_reachable(self) -> bool:
        """Return whether the centre can be reached, as far as is known."""
        return self._reachability is None or self._reachability.is_reachable

    def watch(self, closely: bool) -> None:
        """Look closely whether it can be reached, while somebody chooses what to do; or only now and then."""
        if self._reachability:
            self._reachability.watch(closely)

    def start(self, call: Call[Request, Answer], request: Request) -> Future[Answer]:
        """Ask, and return what will be the reply: an answer or the client's error. Nobody has to wait for it."""
        reply: Future[Answer] = Future()
        work = threading.Thread(target=self._work, args=(reply, call, request), name=call.path, daemon=True)
        work.start()
        return reply

    def _work(self, reply: Future[Any], call: Call[Any, Any], request: Any) -> None:
        try:
            with self._watchdog.within(call.path, REPLY_SECONDS):
                answer = self._client.call(call, request)
        except CentralRefusedError as refusal:
            self._note(reached=True)
            reply.set_exception(refusal)
        except CentralUnreachableError as trouble:
            self._note(reached=isinstance(trouble, CentralFailedError))
            reply.set_exception(trouble)
        except Exception as error:
            reply.set_exception(error)
        else:
            self._note(reached=True)
            reply.set_result(answer)

    def _note(self, *, reached: bool) -> None:
        if self._reachability:
            self._reachability.note(reached)
