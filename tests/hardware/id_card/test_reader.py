"""The ID card reader on a real pty: cards that come and go, and everything that goes wrong on the way."""

import logging
import os
import threading

import pytest

from hardware.id_card import module
from hardware.id_card.card import PermanentResidentCard, ResidencePermit, ResidentIdCard
from hardware.id_card.errors import (
    NoIdCardError,
    ReaderFaultyError,
    ReaderNotConnectedError,
    ReaderSilentError,
    RepositionIdCardError,
    UnreadableIdCardError,
)
from hardware.id_card.module import SecurityModule
from hardware.id_card.reader import IdCardReader
from hardware.once import GoneError
from hardware.serial_port import SerialPort
from hardware.simulator import id_reader_cards
from hardware.simulator.id_reader import SimulatedIdReader
from hardware.status import DeviceState, MediaState
from tests.deadline import DEADLINE_SECONDS
from tests.hardware.id_card import records
from tests.hardware.id_card.conftest import until


def is_present(status):
    return status.media is MediaState.PRESENT


def is_absent(status):
    return status.media is MediaState.NOT_PRESENT


@pytest.fixture
def impatient(monkeypatch):
    """Wait for an answer that never comes only as long as a test must."""
    monkeypatch.setattr(module, "ANSWER_WITHIN", 0.3)
    monkeypatch.setattr(module, "READ_WITHIN", 0.3)


def test_a_card_that_is_laid_down_is_seen_and_read(simulated, connect):
    watched = connect()
    watched.wait_for(is_absent)
    simulated.put("li-xiuying")
    assert watched.wait_for(is_present).placement == 1
    card = watched.reader.read()
    assert (card.name, card.sex, card.birth) == (records.LI.name, records.LI.sex, records.LI.birth)
    assert card.number == records.LI.number


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("wang-jianguo", ResidentIdCard),
        ("li-xiuying", ResidentIdCard),
        ("ouyang-qing", ResidentIdCard),
        ("liang-jiaxin", ResidencePermit),
        ("permanent-2017", PermanentResidentCard),
        ("permanent-2023", PermanentResidentCard),
    ],
)
def test_every_card_of_the_simulator_is_read(simulated, connect, name, kind):
    simulated.put(name)
    card = connect().reader.read()
    assert type(card) is kind
    assert id_reader_cards.load()[name].number == card.number


def test_the_photo_is_handed_on_once_for_a_face_and_else_dropped(simulated, connect):
    simulated.put("wang-jianguo")
    card, photo = connect().reader.read_with_photo()
    assert card.number == records.WANG.number and str(photo) == "<Picture>"
    assert len(photo.take()) == 1024
    with pytest.raises(GoneError):
        photo.take()


def test_a_card_goes_away(simulated, connect):
    simulated.put("wang-jianguo")
    watched = connect()
    watched.wait_for(is_present)
    simulated.lift()
    watched.wait_for(is_absent)
    with pytest.raises(NoIdCardError):
        watched.reader.read()


def test_a_card_that_was_read_must_be_lifted_and_put_back(simulated, connect):
    simulated.put("wang-jianguo")
    watched = connect()
    watched.reader.read()
    with pytest.raises(RepositionIdCardError):
        watched.reader.read()
    simulated.lift()
    simulated.put("wang-jianguo")
    assert watched.wait_for(lambda status: status.placement == 2).media is MediaState.PRESENT
    assert watched.reader.read().number == records.WANG.number


@pytest.mark.parametrize("name", ["wang-jianguo", "li-xiuying"], ids=["no new address", "a new address"])
def test_a_card_that_was_read_is_looked_after_until_it_is_lifted(simulated, connect, name):
    simulated.put(name)
    watched = connect()
    watched.reader.read()
    asked = simulated.heard.count("read-address")
    until(lambda: simulated.heard.count("read-address") >= asked + 4)
    assert watched.reader.status.media is MediaState.PRESENT
    assert watched.reader.status.placement == 1, "it is the same card, laid down once"
    simulated.lift()
    watched.wait_for(is_absent)


def test_a_card_that_takes_the_place_of_one_that_was_read_is_another_placement(simulated, connect):
    simulated.put("wang-jianguo")
    watched = connect()
    watched.reader.read()
    watched.wait_for(is_present)
    simulated.put("ouyang-qing")
    watched.wait_for(lambda status: status.placement == 2)
    assert watched.reader.read().name == "欧阳晴"


def test_after_a_read_that_failed_nobody_claims_to_know_whether_the_card_is_there(
    simulated, connect, impatient
):
    simulated.put("wang-jianguo")
    simulated.fault("checksum", "read")
    watched = connect()
    with pytest.raises(UnreadableIdCardError):
        watched.reader.read()
    asked = simulated.heard.count("find")
    until(lambda: simulated.heard.count("find") >= asked + 4)
    assert watched.reader.status.media is MediaState.UNKNOWN


def test_the_next_card_is_read_and_not_the_one_before(simulated, connect):
    simulated.put("wang-jianguo")
    watched = connect()
    watched.reader.read()
    simulated.put("ouyang-qing")
    watched.wait_for(is_present)
    assert watched.reader.read().name == "欧阳晴"


def test_noise_on_the_line_is_read_through(simulated, connect):
    simulated.put("wang-jianguo")
    simulated.fault("noise")
    assert connect().reader.read().number == records.WANG.number


@pytest.mark.parametrize("fault", ["checksum", "truncated", "silence"])
@pytest.mark.parametrize("command", ["select", "read"])
def test_a_card_that_does_not_come_whole_is_unreadable(simulated, connect, impatient, fault, command):
    simulated.put("wang-jianguo")
    simulated.fault(fault, command)
    with pytest.raises(UnreadableIdCardError):
        connect().reader.read()


def test_after_a_failed_read_the_card_is_put_back_and_read(simulated, connect, impatient):
    simulated.put("wang-jianguo")
    simulated.refuse("read", "41")
    watched = connect()
    with pytest.raises(UnreadableIdCardError):
        watched.reader.read()
    simulated.mend()
    with pytest.raises(RepositionIdCardError):
        watched.reader.read()
    simulated.put("wang-jianguo")
    watched.wait_for(is_present)
    assert watched.reader.read().number == records.WANG.number


@pytest.mark.parametrize("sw3", ["31", "32", "33", "40", "47", "81"])
def test_a_card_that_fails_to_prove_itself_is_unreadable(simulated, link, sw3):
    simulated.put("wang-jianguo")
    simulated.refuse("select", sw3)
    with pytest.raises(UnreadableIdCardError):
        _read_once(link)


@pytest.mark.parametrize("sw3", ["60", "66"])
def test_a_module_that_cannot_work_is_a_hardware_error(simulated, connect, sw3):
    simulated.refuse("status", sw3)
    watched = connect()
    watched.wait_for(lambda status: status.device is DeviceState.HARDWARE_ERROR)
    with pytest.raises(ReaderFaultyError):
        watched.reader.read()
    simulated.mend()
    watched.wait_for(lambda status: status.device is DeviceState.ONLINE)


@pytest.mark.parametrize("fault", ["checksum", "truncated", "silence"])
def test_a_reader_without_a_sensible_answer_is_offline_until_it_is_mended(
    simulated, connect, impatient, fault
):
    simulated.fault(fault)
    watched = connect()
    watched.wait_for(lambda status: status.device is DeviceState.OFFLINE)
    with pytest.raises(ReaderSilentError):
        watched.reader.read()
    simulated.mend()
    watched.wait_for(lambda status: status.device is DeviceState.ONLINE)


def test_a_wrong_baud_rate_is_an_offline_reader(simulated, connect, impatient):
    connect(baud=9600).wait_for(lambda status: status.device is DeviceState.OFFLINE)


def test_there_may_be_no_reader(connect):
    watched = connect()
    watched.wait_for(lambda status: status.device is DeviceState.NO_DEVICE)
    with pytest.raises(ReaderNotConnectedError):
        watched.reader.read()


def test_a_reader_that_is_unplugged_is_found_again(simulated, connect):
    watched = connect()
    watched.wait_for(is_absent)
    simulated.unplug()
    watched.wait_for(lambda status: status.device is DeviceState.NO_DEVICE)
    simulated.put("wang-jianguo")
    simulated.plug()
    watched.wait_for(is_present)
    assert watched.reader.read().number == records.WANG.number


def test_a_reader_that_is_unplugged_in_the_middle_of_a_read_ends_it(simulated, connect):
    simulated.put("wang-jianguo")
    simulated.fault("silence", "read")
    watched = connect()
    watched.wait_for(is_present)
    pull = threading.Thread(target=_unplug_when_asked, args=[simulated, "read"])
    pull.start()
    try:
        with pytest.raises((ReaderNotConnectedError, UnreadableIdCardError)):
            watched.reader.read()
    finally:
        pull.join()
    watched.wait_for(lambda status: status.device is DeviceState.NO_DEVICE)


def test_a_name_that_led_to_a_silent_line_and_leads_to_the_reader_by_now_is_opened_again(connect, link):
    silent_line = os.openpty()
    link.symlink_to(os.ttyname(silent_line[1]))
    try:
        watched = connect()
        watched.wait_for(lambda status: status.device is DeviceState.OFFLINE)
        with SimulatedIdReader(link) as simulated:  # takes the name over; the silent line stays open
            simulated.put("wang-jianguo")
            watched.wait_for(is_present)
            assert {status.device for status in watched.told} == {DeviceState.OFFLINE, DeviceState.ONLINE}
    finally:
        for end in silent_line:
            os.close(end)


def test_a_listener_that_fails_does_not_stop_the_reader(simulated, link):
    seen = threading.Semaphore(0)

    def listener(status):
        seen.release()
        raise RuntimeError("a bug elsewhere")

    with IdCardReader(str(link), listener):
        assert seen.acquire(timeout=DEADLINE_SECONDS)
        simulated.put("wang-jianguo")
        assert seen.acquire(timeout=DEADLINE_SECONDS)


def test_the_rate_of_a_real_line_is_changed_at_both_ends(simulated, link):
    port = SerialPort(str(link), 115200)
    try:
        talk = SecurityModule(port)
        talk.set_baud(9600)
        talk.check()
    finally:
        port.close()
    assert simulated.status()["baud"] == 9600


def test_a_reset_lets_a_card_be_read_again(simulated, link):
    simulated.put("wang-jianguo")
    port = SerialPort(str(link), 115200)
    try:
        talk = SecurityModule(port)
        assert talk.find()
        talk.select()
        talk.read()
        assert not talk.find()
        talk.reset()
        assert talk.find()
    finally:
        port.close()


def test_no_log_line_holds_a_name_or_a_number(simulated, connect, impatient, caplog):
    caplog.set_level(logging.DEBUG)
    simulated.put("wang-jianguo")
    watched = connect()
    watched.reader.read()
    simulated.put("ouyang-qing")
    simulated.fault("checksum", "read")
    watched.wait_for(lambda status: status.placement == 2)
    with pytest.raises(UnreadableIdCardError) as failure:
        watched.reader.read()
    said = caplog.text + str(failure.getrepr(showlocals=True))
    assert "module 05.03-20120801" in said
    secrets = (records.WANG.name, "19750317", records.WANG.address, "欧阳晴", "19990523", "耀州区")
    assert not [number for number, secret in enumerate(secrets) if secret in said]


def _read_once(link):
    reader = IdCardReader(str(link))
    try:
        return reader.read()
    finally:
        reader.close()


def _unplug_when_asked(simulated, command):
    until(lambda: command in simulated.heard)
    simulated.unplug()
