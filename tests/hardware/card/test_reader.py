"""The card reader on the real wire: pcscd, a virtual reader and simulated cards."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from smartcard import scard

from hardware.card.connection import PcscService
from hardware.card.errors import (
    ApplicationBlockedError,
    CardChangedError,
    CardError,
    CardRemovedError,
    CardUnreadableError,
    CardUnresponsiveError,
    InvalidPinError,
    NotSocialSecurityCardError,
    PinLockedError,
    ReaderBusyError,
    ReaderServiceDownError,
    TransportUncertainError,
)
from hardware.card.pin import Pin
from hardware.simulator import personalisation
from hardware.status import ChipState, DeviceState
from tests.deadline import DEADLINE_SECONDS
from tests.hardware.card.conftest import Kiosk

CITIZENS = ["wang-jianguo", "li-xiuying", "ouyang-qing"]
VERIFY, CHANGE = "00200000", "805E0100"


def pin(digits: str) -> Pin:
    return Pin(bytearray(digits.encode()))


@pytest.mark.parametrize("key", CITIZENS)
def test_a_citizens_card_is_read(kiosk, put_in, key):
    content = personalisation.load(key)
    with kiosk.reader.session(put_in(key)) as card:
        assert card.read_holder().name == content.holder.name
        assert card.read_holder().id_number == content.holder.id_number
        assert card.identity == content.basic.identity
        assert card.read_basic().card_number == content.basic.number
        assert card.read_bank().present == (content.bank is not None)
        card.verify_pin(pin(content.pin.value))


def test_a_swapped_card_is_never_taken_for_the_old_one(simulated, kiosk, put_in):
    insertion = put_in("wang-jianguo")
    with kiosk.reader.session(insertion) as card:
        card.read_holder()
        before = kiosk.so_far
        simulated.swap("li-xiuying")
        with pytest.raises((CardRemovedError, CardUnresponsiveError)):
            for _ in range(100_000):
                assert card.read_holder().name == "王建国"
    new = kiosk.wait_for_card(since=before)
    assert new > insertion
    with pytest.raises(CardChangedError), kiosk.reader.session(insertion):
        pass
    with kiosk.reader.session(new) as card:
        assert card.read_holder().name == "李秀英"


def test_the_card_is_powered_off_at_the_end_of_a_session_so_that_a_verified_pin_is_forgotten(
    kiosk, put_in, monkeypatch
):
    ends = []
    real = scard.SCardDisconnect
    monkeypatch.setattr(scard, "SCardDisconnect", lambda card, how: ends.append(how) or real(card, how))
    insertion = put_in("wang-jianguo")
    with kiosk.reader.session(insertion) as card:
        card.verify_pin(pin("739154"))
        assert ends == []
    with pytest.raises(RuntimeError), kiosk.reader.session(insertion):
        raise RuntimeError
    assert ends == [scard.SCARD_UNPOWER_CARD] * 2
    assert kiosk.reader.status.insertion == insertion


def test_a_changed_pin_and_spent_tries_stay_on_the_card(simulated, kiosk, put_in):
    with kiosk.reader.session(put_in("zhao-min")) as card:
        card.change_pin(pin("666666"), pin("804152"))
        with pytest.raises(InvalidPinError):
            card.verify_pin(pin("666666"))
    with kiosk.reader.session(put_in("zhao-min")) as card:
        assert card.pin_status().tries_left == 5
        card.verify_pin(pin("804152"))


@pytest.mark.parametrize(
    ("key", "fault", "error"),
    [
        ("bank-card", None, NotSocialSecurityCardError),
        ("wrong-way-round", None, CardUnresponsiveError),
        ("wang-jianguo", ("blocked", True), ApplicationBlockedError),
        ("wang-jianguo", ("remove_after", 0), CardRemovedError),
    ],
)
def test_a_card_that_is_of_no_use_says_why(simulated, kiosk, put_in, key, fault, error):
    insertion = put_in(key)
    if fault:
        simulated.fault(*fault)
    with pytest.raises(error), kiosk.reader.session(insertion):
        pass


def test_a_locked_pin_is_told_without_trying(simulated, kiosk, put_in):
    with kiosk.reader.session(put_in("zhou-qiang")) as card:
        assert card.pin_status().locked
        assert simulated.headers().count(VERIFY) == 1
        with pytest.raises(PinLockedError):
            card.verify_pin(pin("640281"))


@pytest.mark.parametrize("commands", range(0, 24, 3))
def test_a_card_pulled_in_the_middle_of_reading_is_a_removed_card(simulated, kiosk, put_in, commands):
    insertion = put_in("wang-jianguo")
    with pytest.raises(CardRemovedError), kiosk.reader.session(insertion) as card:
        simulated.fault("remove_after", commands)
        for _ in range(3):
            card.read_basic()
            card.read_holder()


@pytest.mark.parametrize(
    ("write", "header"),
    [
        (lambda card: card.verify_pin(pin("739154")), VERIFY),
        (lambda card: card.change_pin(pin("739154"), pin("804152")), CHANGE),
    ],
)
@pytest.mark.parametrize("fault", ["remove_after", "mute_after"])
def test_a_pin_command_without_an_answer_is_uncertain_and_never_repeated(
    simulated, kiosk, put_in, write, header, fault
):
    with kiosk.reader.session(put_in("wang-jianguo")) as card:
        simulated.fault(fault, 0)
        with pytest.raises(TransportUncertainError):
            write(card)
        if fault == "mute_after":
            assert simulated.headers().count(header) == 1
            with pytest.raises(CardError):
                card.pin_status()
            assert simulated.headers().count(header) == 1
    put_in("wang-jianguo")
    assert simulated.headers().count(header) == 1


def test_a_mute_card_blocks_nobody_and_the_reader_recovers_when_it_is_pulled(simulated, kiosk, put_in):
    insertion = put_in("wang-jianguo")
    with kiosk.reader.session(insertion) as card:
        simulated.fault("mute_after", 2)
        with pytest.raises(CardUnresponsiveError):
            card.read_holder()
        with pytest.raises(CardUnresponsiveError):
            card.read_basic()
    stuck = kiosk.wait_for(lambda status: status.device == DeviceState.HARDWARE_ERROR)
    assert (stuck.chip, stuck.insertion) == (ChipState.HARDWARE_ERROR, insertion)
    with pytest.raises(CardUnresponsiveError), kiosk.reader.session(insertion):
        pass
    before = kiosk.so_far
    simulated.fault("mute_after", None)
    simulated.swap("li-xiuying")
    with kiosk.reader.session(kiosk.wait_for_card(since=before)) as card:
        assert card.read_holder().name == "李秀英"
    assert kiosk.reader.status.device == DeviceState.ONLINE


def test_left_behind_workers_end_when_the_mute_card_is_pulled(simulated, kiosk, put_in):
    with kiosk.reader.session(put_in("wang-jianguo")) as card:
        worker = card._worker._thread
        simulated.fault("mute_after", 0)
        with pytest.raises(CardUnresponsiveError):
            card.pin_status()
    assert worker.is_alive()
    simulated.remove()
    worker.join(DEADLINE_SECONDS)
    assert not worker.is_alive()


def test_a_slow_card_is_read(simulated, kiosk, put_in):
    insertion = put_in("wang-jianguo")
    simulated.fault("delay_ms", 15)
    with kiosk.reader.session(insertion) as card:
        assert card.read_holder().name == "王建国"


def test_a_card_answering_garbage_is_refused(simulated, kiosk, put_in):
    insertion = put_in("wang-jianguo")
    simulated.fault("garbage", True)
    for _ in range(20):
        with pytest.raises(CardError), kiosk.reader.session(insertion) as card:
            card.read_holder()


def test_a_damaged_name_is_unreadable_and_not_another_name(simulated, kiosk, put_in):
    insertion = put_in("wang-jianguo")
    with kiosk.reader.session(insertion) as card:
        simulated.fault("flip", [3, 2, 1])
        with pytest.raises(CardUnreadableError):
            card.read_holder()
        assert card.read_holder().name == "王建国"


def test_a_service_that_stops_in_a_session_is_told_and_found_again(simulated, kiosk, put_in):
    insertion = put_in("wang-jianguo")
    with kiosk.reader.session(insertion) as card:
        simulated.kill_pcscd()
        with pytest.raises(ReaderServiceDownError):
            card.read_basic()
    kiosk.wait_for(lambda status: status.device == DeviceState.OFFLINE)
    with pytest.raises(ReaderServiceDownError), kiosk.reader.session(insertion):
        pass
    before = kiosk.so_far
    simulated.restart_pcscd()
    again = kiosk.wait_for_card(since=before)
    assert again > insertion
    with kiosk.reader.session(again) as card:
        assert card.read_holder().name == "王建国"


def test_the_second_slot_is_another_reader(simulated):
    first, second = Kiosk(name="0 00 00"), Kiosk(name="0 00 01")
    simulated.insert("wang-jianguo", 0)
    simulated.insert("li-xiuying", 1)
    for kiosk, name in ((first, "王建国"), (second, "李秀英")):
        with kiosk.reader.session(kiosk.wait_for_card()) as card:
            assert card.read_holder().name == name
        kiosk.reader.close()


def test_a_virtual_reader_has_no_pad(kiosk, put_in):
    with kiosk.reader.session(put_in("wang-jianguo")) as card:
        assert not card.has_pinpad()
        assert card.read_holder().name == "王建国"


class OtherClient:
    """Another client of the service, which holds the card."""

    def __init__(self, mode: int) -> None:
        _, self._context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
        _, readers = scard.SCardListReaders(self._context, [])
        result, self._card, _ = scard.SCardConnect(self._context, readers[0], mode, scard.SCARD_PROTOCOL_T0)
        assert result == scard.SCARD_S_SUCCESS

    def let_go(self) -> None:
        scard.SCardDisconnect(self._card, scard.SCARD_LEAVE_CARD)
        scard.SCardReleaseContext(self._context)


@pytest.mark.parametrize("mode", [scard.SCARD_SHARE_EXCLUSIVE, scard.SCARD_SHARE_SHARED])
def test_a_card_held_by_another_program_is_busy_until_it_lets_go(kiosk, put_in, mode, monkeypatch):
    insertion = put_in("wang-jianguo")
    other = OtherClient(mode)
    with pytest.raises(ReaderBusyError), kiosk.reader.session(insertion):
        pass

    connect = PcscService.connect

    def connect_once_more(service, reader):
        try:
            return connect(service, reader)
        except ReaderBusyError:
            other.let_go()
            raise

    monkeypatch.setattr(PcscService, "connect", connect_once_more)
    with kiosk.reader.session(insertion) as card:
        assert card.read_holder().name == "王建国"


def test_no_service_at_all_is_told(needs_pcscd, tmp_path):
    script = (
        "import threading\n"
        "from hardware.card.reader import CardReader\n"
        "told = threading.Event()\n"
        "reader = CardReader(on_change=lambda s: (print(s.device, flush=True), told.set()))\n"
        "reader.start(); told.wait(180); reader.close()\n"
    )
    environment = os.environ | {"PCSCLITE_CSOCK_NAME": str(tmp_path / "none"), "PYTHONPATH": str(Path.cwd())}
    told = subprocess.run(
        [sys.executable, "-c", script],
        env=environment,
        capture_output=True,
        text=True,
        timeout=DEADLINE_SECONDS,
        check=True,
    )
    assert told.stdout == "offline\n"


def test_a_program_with_an_open_session_ends_at_once_when_it_is_interrupted(simulated):
    script = (
        "import threading, time\n"
        "from hardware.card.reader import CardReader\n"
        "seen = threading.Event()\n"
        "reader = CardReader(on_change=lambda s: s.insertion and seen.set())\n"
        "reader.start(); seen.wait(180)\n"
        "with reader.session(reader.status.insertion) as card:\n"
        "    card.read_holder(); print('open', flush=True); time.sleep(60)\n"
    )
    simulated.insert("wang-jianguo")
    program = subprocess.Popen(
        [sys.executable, "-c", script],
        env=os.environ | {"PYTHONPATH": str(Path.cwd())},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert program.stdout.readline() == "open\n"
    simulated.fault("mute_after", 0)
    program.send_signal(signal.SIGINT)
    assert program.wait(DEADLINE_SECONDS) != 0
