"""With every delivery kiosk and centre tell each other how far their histories are, and keep what they are told.

Nobody can then take away the end of a history, or rewrite it, without the other side saying so. It only says so:
deliveries go on.
"""

from collections.abc import Callable, Collection

import structlog

from sync.protocol import seal
from sync.protocol.audit import HeadFault as Fault
from sync.protocol.audit import Sign, compare, disagreement, lost_rows, signed_text
from sync.protocol.centre_keys import CentreKey
from sync.protocol.events import HistoryHeadRefused, HistoryPutBack
from sync.protocol.messages import Head, Heads
from sync.protocol.seal import SealError
from sync.store import Store, chain, heads
from sync.store.alarms import raise_alarm
from sync.store.transaction import Transaction

log = structlog.get_logger(__name__)


class HeadExchange:
    """What one kiosk and its centre say to each other of their histories.

    :param sign: seals with the kiosk's key.
    :param centre_keys: returns the feed keys of the centre that are believed; none as long as there are none.
    """

    def __init__(self, store: Store, sign: Sign, centre_keys: Callable[[], Collection[CentreKey]]) -> None:
        self._store, self.seal, self._centre_keys = store, sign, centre_keys

    def ours(self, *, look_back: bool = True) -> Heads:
        """Return how far the kiosk's history is and, for the centre to ``look_back``, what it holds of the centre's."""
        mine = chain.head(self._store, self._store.kiosk_id, self.seal)
        return Heads([mine], list(heads.newest(self._store).values()) if look_back else [])

    def take(self, said: Heads) -> None:
        """Keep the centre's heads; raise an alarm where one does not follow, or where ours is not what it was."""
        for head in said.mine:
            self._take(head)
        if said.fault in (Fault.WENT_BACK, Fault.DIFFERS):
            self._begin_epoch(said)
            return
        for head in said.yours:
            self._look_back(head)

    def _take(self, head: Head) -> None:
        if not (keys := self._centre_keys()):
            return
        before = heads.newest(self._store).get(head.chain)
        if head == before:
            return
        fault = compare(before, head, heads.former_epochs(self._store, head.chain))
        if not any(_is_sealed_by(key, head) for key in keys):
            fault = Fault.NOT_SIGNED
        with self._store.transaction() as tx:
            if before and fault == Fault.NEW_EPOCH:
                raise_alarm(tx, HistoryPutBack(chain=head.chain, rows=lost_rows(before, head)))
                log.error("centre_history_put_back", chain=head.chain, rows=lost_rows(before, head))
            elif fault:
                _refuse(tx, head.chain, fault, before.n if before else 0)
                return
            heads.keep(tx, head)

    def _begin_epoch(self, said: Heads) -> None:
        """Go on in a new epoch, because the centre knows more of the present one, or something else."""
        n = said.yours[0].n if said.yours else 0
        with self._store.transaction() as tx:
            chain.begin_epoch(tx)
            _refuse(tx, chain.name(self._store.kiosk_id), said.fault, n)

    def _look_back(self, head: Head) -> None:
        """Compare a head of ours that the centre has kept with what is here now."""
        last, known = chain.last(self._store)[0], chain.epochs(self._store)
        if head.chain != chain.name(self._store.kiosk_id):
            return
        if fault := disagreement(head, known, last, lambda n: chain.hash_of(self._store, n)):
            with self._store.transaction() as tx:
                _refuse(tx, head.chain, fault, head.n)


def _refuse(tx: Transaction, name: str, fault: str, n: int) -> None:
    if heads.is_news(tx, name, fault, n):
        raise_alarm(tx, HistoryHeadRefused(chain=name, fault=fault, n=n))
        log.error("history_head_refused", chain=name, fault=fault, n=n)


def _is_sealed_by(key: CentreKey, head: Head) -> bool:
    try:
        seal.verify(head.seal, signed_text(head), key.algorithm, key.octets)
    except SealError:
        return False
    return True
