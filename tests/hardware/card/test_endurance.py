"""Thousands of insertions and a service that keeps dying: no event lost, none invented, quick recovery."""

import itertools
import random
import threading
import time

from hardware.card.connection import PcscService
from hardware.card.errors import CardError
from hardware.status import DeviceState, MediaState
from tests.deadline import DEADLINE_SECONDS
from tests.hardware.card.conftest import Kiosk, start_simulated

CYCLES, SLOTS = 2000, 8
RESTARTS, ATTEMPTS = 20, 2
"""How often the service is restarted, and how often the monitor may ask for it from when it is there again."""


def play(simulated, slot: int, one_order_at_a_time: threading.Lock) -> None:
    """Put cards in and out, now slower and now faster than pcscd (every 4 ms) looks, until it saw enough."""
    dice = random.Random(slot)
    noticed = 0
    while noticed < CYCLES // SLOTS:
        with one_order_at_a_time:
            simulated.insert(dice.choice(["wang-jianguo", "li-xiuying", "ouyang-qing"]), slot)
        time.sleep(dice.choice([0, dice.uniform(0, 0.04)]))
        with one_order_at_a_time:
            simulated.remove(slot)
            noticed = simulated.noticed(slot)
        time.sleep(dice.choice([0, dice.uniform(0, 0.02)]))


def settle(simulated, slot: int, kiosk: Kiosk) -> None:
    """Put a last card in and out, slowly: what was before it has then been told."""
    noticed = simulated.noticed(slot)
    simulated.insert("sun-li", slot)
    last = later_than(noticed, simulated, slot)
    kiosk.wait_for(lambda status: status.insertion == last)
    before = kiosk.so_far - 1
    simulated.remove(slot)
    kiosk.wait_for(lambda status: status.media == MediaState.NOT_PRESENT, since=before)


def later_than(noticed: int, simulated, slot: int) -> int:
    """Wait until pcscd has noticed one insertion more; return how many it has noticed then."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while (now := simulated.noticed(slot)) == noticed:
        assert time.monotonic() < deadline, "the last card was never noticed"
        time.sleep(0.005)
    return now


def test_two_thousand_insertions_lose_and_invent_no_event(needs_pcscd, fast_polling):
    simulated = start_simulated(readers=SLOTS // 2, environment=fast_polling)
    kiosks = [Kiosk(name=f"Reader {slot // 2} 00 {slot % 2:02}") for slot in range(SLOTS)]
    try:
        for kiosk in kiosks:
            kiosk.wait_for_no_card()
        orders = threading.Lock()
        players = [threading.Thread(target=play, args=(simulated, slot, orders)) for slot in range(SLOTS)]
        for player in players:
            player.start()
        for player in players:
            player.join()
        for slot, kiosk in enumerate(kiosks):
            settle(simulated, slot, kiosk)
            told = [status.insertion for status in kiosk.seen.statuses if status.reader]
            noticed = simulated.noticed(slot)
            assert [number for number in told if number] == list(range(1, noticed + 1))
            assert all(bool(a) != bool(b) for a, b in itertools.pairwise(told))
            assert noticed > CYCLES // SLOTS
    finally:
        for kiosk in kiosks:
            kiosk.reader.close()
        simulated.close()


def read_until_it_fails(kiosk: Kiosk, insertion: int, reading: threading.Event) -> None:
    try:
        with kiosk.reader.session(insertion) as card:
            while True:
                assert card.read_holder().name == "王建国"
                reading.set()
    except CardError:
        return


class Asked:
    """The PC/SC service, and how often the monitor has asked for it."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> PcscService:
        self.times += threading.current_thread().name == "card-monitor"
        return PcscService()


def test_twenty_restarts_of_the_service_during_visits_are_recovered_from(simulated):
    asked = Asked()
    kiosk = Kiosk(service=asked)
    simulated.insert("wang-jianguo")
    insertion = kiosk.wait_for_card()
    try:
        for _ in range(RESTARTS):
            insertion = restart_in_a_visit(simulated, kiosk, insertion, asked)
    finally:
        kiosk.reader.close()


def restart_in_a_visit(simulated, kiosk: Kiosk, insertion: int, asked: Asked) -> int:
    reading = threading.Event()
    visit = threading.Thread(target=read_until_it_fails, args=(kiosk, insertion, reading))
    visit.start()
    assert reading.wait(DEADLINE_SECONDS)
    before = kiosk.so_far
    simulated.restart_pcscd()
    already = asked.times
    new = kiosk.wait_for_card(since=before)
    assert new > insertion
    assert asked.times - already <= ATTEMPTS
    assert any(status.device == DeviceState.OFFLINE for status in kiosk.seen.statuses[before:])
    visit.join(DEADLINE_SECONDS)  # a reader has one session at a time
    assert not visit.is_alive()
    with kiosk.reader.session(new) as card:
        assert card.read_holder().name == "王建国"
    return new
