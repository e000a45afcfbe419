"""What the kiosk is told of a reader: pure history, then a scripted service for what vpcd cannot play."""

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.card.connection import MUTE, PRESENT
from hardware.card.errors import (
    AmbiguousReaderError,
    CardChangedError,
    CardRemovedError,
    CardUnresponsiveError,
    NoCardError,
    NoReaderError,
    ReaderBusyError,
    ReaderServiceDownError,
)
from hardware.card.monitor import InsertionTracker
from hardware.card.pin import Pin
from hardware.card.reader import CardReader
from hardware.status import ChipState, DeviceState, MediaState
from tests.deadline import DEADLINE_SECONDS
from tests.hardware.card.chips import simulated_chip
from tests.hardware.card.conftest import Kiosk
from tests.hardware.card.scripted import EMPTY, World

READER = "Scripted Reader 00 00"


@pytest.fixture
def world():
    return World(READER)


@pytest.fixture
def kiosk(world):
    kiosk = Kiosk(service=world.service)
    yield kiosk
    kiosk.reader.close()


def state(counter: int, present: bool) -> int:
    return (counter & 0xFFFF) << 16 | (PRESENT if present else EMPTY)


@given(st.lists(st.integers(0, 6), max_size=40), st.integers(0, 0xFFFF), st.booleans())
def test_every_insertion_is_told_once_however_seldom_one_looks(events_between_looks, counter, present):
    history = InsertionTracker()
    told = list(history.see("r", state(counter, present)))
    insertions = int(present)
    for events in events_between_looks:
        for _ in range(events):
            present = not present
            insertions += present
        counter += events
        told += history.see("r", state(counter, present))
        assert told[-1] == (insertions if present else 0)
    numbers = [number for number in told if number]
    assert sorted(set(numbers)) == list(range(1, insertions + 1))
    assert numbers == sorted(numbers)


def test_a_swap_between_two_looks_is_a_removal_and_an_insertion():
    history = InsertionTracker()
    assert list(history.see("r", state(9, True))) == [1]
    assert list(history.see("r", state(11, True))) == [0, 2]


def test_after_a_restart_of_the_service_the_same_counter_is_another_insertion():
    history = InsertionTracker()
    assert list(history.see("r", state(1, True))) == [1]
    history.forget()
    assert list(history.see("r", state(1, True))) == [2]


def test_a_reader_error_in_between_makes_the_card_a_new_one():
    history = InsertionTracker()
    assert list(history.see("r", state(4, True))) == [1]
    assert list(history.see("r", state(5, True))) == [0, 2]


PCSCD_LOOKS_EVERY = 0.4
"""Seconds, at a reader that does not tell by itself."""


def test_a_removal_that_is_not_counted_yet_is_doubted_until_pcscd_has_looked_again():
    history = InsertionTracker()
    assert list(history.see("r", state(1, True))) == [1]
    assert history.doubt("r", state(1, False)) > 2 * PCSCD_LOOKS_EVERY
    assert history.doubt("r", state(2, False)) == 0


@pytest.mark.parametrize("older", [state(4, True), state(3, False)])
def test_an_older_picture_of_the_readers_is_doubted_and_makes_no_insertions(older):
    history = InsertionTracker()
    assert list(history.see("r", state(5, True))) == [1]
    assert history.doubt("r", older) > 2 * PCSCD_LOOKS_EVERY
    assert history.doubt("r", state(5, True)) == 0
    assert list(history.see("r", state(7, True))) == [0, 2]


@pytest.mark.parametrize(("present", "told"), [(True, [2]), (False, [0])])
def test_a_counter_that_has_begun_again_is_one_insertion_at_most(present, told):
    history = InsertionTracker()
    list(history.see("r", state(5, True)))
    assert list(history.see("r", state(1, present))) == told


def test_an_older_picture_is_told_to_nobody(world, kiosk):
    kiosk.wait_for_no_card()
    world.insert(READER)
    kiosk.wait_for_card()
    world.set(states={READER: state(0, False)})
    world.set_soon(states={READER: state(1, True)}).join()
    before = kiosk.so_far
    world.remove(READER)
    kiosk.wait_for_no_card(since=before)
    assert [status.insertion for status in kiosk.seen.statuses if status.reader] == [0, 1, 0]


def test_a_removal_that_is_not_yet_counted_is_told_once(world, kiosk):
    world.insert(READER)
    kiosk.wait_for_card()
    world.set(states={READER: state(1, False)})
    world.set_soon(states={READER: state(2, False)}).join()
    kiosk.wait_for_no_card(since=kiosk.so_far - 1)
    world.insert(READER)
    kiosk.wait_for(lambda status: status.insertion == 2)
    assert [status.insertion for status in kiosk.seen.statuses if status.reader][-3:] == [1, 0, 2]


def test_a_presence_that_is_not_yet_counted_is_looked_at_again(world, kiosk):
    kiosk.wait_for_no_card()
    world.set(states={READER: state(0, True)})
    world.set_soon(states={READER: state(1, True)}).join()
    assert kiosk.wait_for_card() == 1
    world.remove(READER)
    kiosk.wait_for_no_card(since=1)
    assert [status.insertion for status in kiosk.seen.statuses] == [0, 1, 0]


def test_a_card_that_comes_and_goes_is_told(world, kiosk):
    kiosk.wait_for_no_card()
    world.insert(READER)
    present = kiosk.wait_for(lambda status: status.insertion == 1)
    assert (present.device, present.media, present.chip) == (
        DeviceState.ONLINE,
        MediaState.PRESENT,
        ChipState.ONLINE,
    )
    world.remove(READER)
    gone = kiosk.wait_for(lambda status: status.media == MediaState.NOT_PRESENT, since=kiosk.so_far - 1)
    assert (gone.chip, gone.insertion) == (ChipState.NO_CARD, 0)


def test_nothing_is_told_twice(world, kiosk):
    in_use = 0x100
    world.insert(READER)
    kiosk.wait_for_card()
    for busy in (state(1, True) | in_use, state(1, True)):
        world.set_soon(states={READER: busy}).join()
    world.remove(READER)
    kiosk.wait_for(lambda status: not status.insertion, since=1)
    told = [status.insertion for status in kiosk.seen.statuses]
    assert told in ([0, 1, 0], [1, 0])


def test_a_card_the_wrong_way_round_is_a_chip_error_and_powers_nothing_on(world, kiosk):
    world.insert(READER, mute=True)
    status = kiosk.wait_for(lambda status: status.insertion)
    assert (status.device, status.chip) == (DeviceState.ONLINE, ChipState.HARDWARE_ERROR)
    with pytest.raises(CardUnresponsiveError), kiosk.reader.session(status.insertion):
        pass


def test_an_unplugged_reader_is_told_and_found_again_with_a_new_insertion(world, kiosk):
    world.insert(READER)
    insertion = kiosk.wait_for_card()
    world.unplug(READER)
    kiosk.wait_for(lambda status: status.device == DeviceState.NO_DEVICE)
    with pytest.raises(NoReaderError), kiosk.reader.session(insertion):
        pass
    before = kiosk.so_far
    world.plug(READER)
    world.insert(READER)
    assert kiosk.wait_for_card(since=before) > insertion


def test_a_stopped_service_is_told_and_found_again_with_a_new_insertion(world, kiosk):
    world.insert(READER)
    insertion = kiosk.wait_for_card()
    world.stop()
    kiosk.wait_for(lambda status: status.device == DeviceState.OFFLINE)
    with pytest.raises(ReaderServiceDownError), kiosk.reader.session(insertion):
        pass
    before = kiosk.so_far
    world.set(up=True)
    assert kiosk.wait_for_card(since=before) == insertion + 1


def test_no_service_at_start_is_told_and_waited_out():
    world = World(READER)
    world.stop()
    kiosk = Kiosk(service=world.service)
    kiosk.wait_for(lambda status: status.device == DeviceState.OFFLINE)
    world.set(up=True)
    kiosk.wait_for_no_card()
    kiosk.reader.close()


def test_the_reader_of_the_configured_name_is_followed_and_no_other():
    world = World("PSAM Slot 00 00", "Counter Reader 01 00")
    kiosk = Kiosk(name="Counter", service=world.service)
    world.insert("PSAM Slot 00 00")
    world.insert("Counter Reader 01 00")
    assert kiosk.wait_for(lambda status: status.insertion).reader == "Counter Reader 01 00"
    world.unplug("Counter Reader 01 00")
    kiosk.wait_for(lambda status: status.device == DeviceState.NO_DEVICE)
    assert not any("PSAM" in status.reader for status in kiosk.seen.statuses)
    kiosk.reader.close()


def test_readers_among_which_nobody_can_tell_are_refused_until_one_is_left():
    world = World("Feitian R301 00 00", "Feitian R301 01 00")
    kiosk = Kiosk(service=world.service)
    refused = kiosk.wait_for(lambda status: status.device == DeviceState.USER_ERROR)
    assert refused.candidates == ("Feitian R301 00 00", "Feitian R301 01 00")
    with pytest.raises(AmbiguousReaderError, match="Feitian R301 01 00"), kiosk.reader.session(1):
        pass
    with pytest.raises(AmbiguousReaderError):
        kiosk.reader.require_choice()
    world.unplug("Feitian R301 01 00")
    kiosk.wait_for_no_card()
    kiosk.reader.require_choice()
    kiosk.reader.close()


def test_a_service_that_is_down_is_no_reason_to_refuse_to_start():
    world = World(READER)
    world.stop()
    CardReader(service=world.service).require_choice()


def test_a_security_module_is_not_followed_when_the_citizens_reader_is_unplugged():
    world = World("ACME Reader SAM 00 01", "ACME Reader ICC 00 00")
    kiosk = Kiosk(service=world.service)
    world.insert("ACME Reader SAM 00 01")
    assert kiosk.wait_for(lambda status: status.reader).reader == "ACME Reader ICC 00 00"
    world.unplug("ACME Reader ICC 00 00")
    kiosk.wait_for(lambda status: status.device == DeviceState.NO_DEVICE)
    assert not any("SAM" in status.reader for status in kiosk.seen.statuses)
    kiosk.reader.close()


def test_a_reader_that_is_denied_for_a_moment_is_asked_once_more(world, kiosk):
    _, world.transmit = simulated_chip("wang-jianguo")
    world.insert(READER)
    insertion = kiosk.wait_for_card()
    world.deny(1)
    with kiosk.reader.session(insertion) as card:
        assert card.identity.endswith("A1B2C3D4")
    world.deny(2)
    with pytest.raises(NoReaderError), kiosk.reader.session(insertion):
        pass
    assert world.denials == 0


def test_a_reader_that_is_gone_is_not_asked_again(world, kiosk):
    world.insert(READER)
    insertion = kiosk.wait_for_card()
    seen = kiosk.reader._monitor.now
    world.unplug(READER)
    kiosk.wait_for(lambda status: status.device == DeviceState.NO_DEVICE)
    world.deny(2)
    gone = kiosk.reader._monitor.now
    world.on_denial = lambda: setattr(kiosk.reader._monitor, "now", gone)
    kiosk.reader._monitor.now = seen  # the session begins before the monitor has noticed
    with pytest.raises(NoReaderError), kiosk.reader.session(insertion):
        pass
    assert world.denials == 1


def test_a_listener_that_fails_does_not_stop_the_monitor(world):
    kiosk = Kiosk(service=world.service)
    remembering = kiosk.seen

    def failing(status) -> None:
        remembering(status)
        raise RuntimeError

    kiosk.reader._monitor._on_change = failing
    world.insert(READER)
    world.remove(READER)
    world.insert(READER)
    kiosk.wait_for(lambda status: status.insertion == 2)
    kiosk.reader.close()


def test_no_session_without_a_card_or_with_an_old_insertion(world, kiosk):
    kiosk.wait_for_no_card()
    with pytest.raises(NoCardError), kiosk.reader.session(0):
        pass
    world.insert(READER)
    old = kiosk.wait_for_card()
    world.remove(READER)
    world.insert(READER)
    kiosk.wait_for(lambda status: status.insertion == old + 1)
    with pytest.raises(CardChangedError), kiosk.reader.session(old):
        pass


def test_a_card_swapped_before_the_monitor_has_noticed_is_refused(world, kiosk, monkeypatch):
    world.insert(READER)
    insertion = kiosk.wait_for_card()
    seen = kiosk.reader._monitor.now
    world.remove(READER)
    world.insert(READER)
    monkeypatch.setattr(kiosk.reader._monitor, "now", seen, raising=True)
    kiosk.reader._monitor.now = seen
    with pytest.raises(CardChangedError), kiosk.reader.session(insertion):
        pass


def test_a_card_held_by_another_program_is_waited_for_a_moment(world, kiosk):
    _, world.transmit = simulated_chip("wang-jianguo")
    world.set(connect_error=ReaderBusyError("held"))
    world.insert(READER)
    insertion = kiosk.wait_for_card()
    with pytest.raises(ReaderBusyError), kiosk.reader.session(insertion):
        pass
    world.set(connect_error=None)
    with kiosk.reader.session(insertion) as card:
        assert card.identity.endswith("A1B2C3D4")


def test_one_session_at_a_time(world, kiosk):
    world.insert(READER)
    insertion = kiosk.wait_for_card()
    with kiosk.reader.session(insertion), pytest.raises(ReaderBusyError), kiosk.reader.session(insertion):
        pass
    with kiosk.reader.session(insertion):
        pass


def test_a_failed_command_with_the_card_still_in_is_a_mute_card_and_otherwise_a_removed_one(world, kiosk):
    answering = world.transmit

    def failing(command: bytes) -> tuple[bytes, int]:
        raise CardUnresponsiveError("not transacted")

    world.insert(READER)
    with kiosk.reader.session(kiosk.wait_for_card()) as card:
        world.set(transmit=lambda command: (world.remove(READER), failing(command)))
        with pytest.raises(CardRemovedError):
            card.pin_status()
    world.set(transmit=answering)
    world.insert(READER)
    kiosk.wait_for(lambda status: status.insertion == 2)
    with kiosk.reader.session(2) as card:
        world.set(transmit=failing)
        with pytest.raises(CardUnresponsiveError):
            card.pin_status()
    kiosk.wait_for(lambda status: status.device == DeviceState.HARDWARE_ERROR)


def test_after_a_time_out_a_card_that_comes_back_to_life_is_sent_nothing_more(world):
    kiosk = Kiosk(service=world.service, answer_within=0.2)
    alive, sent, answer = threading.Event(), [], world.transmit

    def slow(command: bytes) -> tuple[bytes, int]:
        sent.append(command)
        alive.wait()
        return answer(command)

    world.insert(READER)
    with kiosk.reader.session(kiosk.wait_for_card()) as card:
        world.set(transmit=slow)
        with pytest.raises(CardUnresponsiveError):
            card.read_basic()
    alive.set()
    card._worker._thread.join(DEADLINE_SECONDS)
    assert not card._worker._thread.is_alive()
    assert len(sent) == 1
    kiosk.reader.close()


def test_a_broken_line_stays_broken(world, kiosk):
    def removed(command: bytes) -> tuple[bytes, int]:
        raise CardRemovedError("scripted")

    answering = world.transmit
    world.insert(READER)
    with kiosk.reader.session(kiosk.wait_for_card()) as card:
        world.set(transmit=removed)
        with pytest.raises(CardRemovedError):
            card.pin_status()
        world.set(transmit=answering)
        with pytest.raises(CardRemovedError):
            card.verify_pin(Pin(bytearray(b"739154")))


def test_mute_is_a_state_of_the_card_that_is_in(world, kiosk):
    world.insert(READER)
    kiosk.wait_for_card()
    with world.changed:
        world.states[READER] |= MUTE
        world.changed.notify_all()
    status = kiosk.wait_for(lambda status: status.chip == ChipState.HARDWARE_ERROR)
    assert status.insertion == 1
