"""PIN pads (PC/SC part 10) against a scripted reader, their structures against the header of pcsc-lite."""

import shutil
import struct
import subprocess
from pathlib import Path

import pytest

from hardware.card.errors import (
    InvalidPinError,
    PinEntryCancelledError,
    PinEntryMismatchError,
    PinEntryTimeoutError,
    PinLockedError,
    PinpadUnsupportedError,
    PinRejectedError,
    ReaderServiceDownError,
    TransportUncertainError,
)
from hardware.card.pin import Pin
from hardware.card.pin_entry import PinPrompt, ReaderPad, TouchPad, pin_source
from hardware.card.pinpad import Pinpad, modify_structure, verify_structure
from tests.hardware.card.chips import simulated_chip
from tests.hardware.card.conftest import Kiosk
from tests.hardware.card.scripted import World

HEADER = Path("/usr/include/PCSC/reader.h")
GET_FEATURES = 0x42000D48
VERIFY, MODIFY = 0x42330006, 0x42330007
FEATURES = struct.pack(">BBIBBIBBI", 0x06, 4, VERIFY, 0x07, 4, MODIFY, 0x12, 4, 0x42330012)


class ScriptedPad:
    """A reader with a pad: it does with the card what its structure says, with the digits a person types."""

    def __init__(self, typed: list[str], transmit) -> None:
        self.typed, self.transmit, self.calls = typed, transmit, []

    def __call__(self, code: int, data: bytes) -> bytes:
        self.calls.append(code)
        if code == GET_FEATURES:
            return FEATURES
        head, offsets = (19, [5]) if code == VERIFY else (24, [5 + data[5], 5 + data[6]])
        command = bytearray(data[head:])
        assert int.from_bytes(data[head - 4 : head], "little") == len(command)
        for offset, digits in zip(offsets, self.typed, strict=True):
            command[offset : offset + 3] = bytes.fromhex(digits)
        return self.transmit(bytes(command))[1].to_bytes(2)


class Answers:
    """A pad that answers a fixed status word."""

    def __init__(self, answer: bytes | Exception) -> None:
        self.answer, self.entries = answer, 0

    def __call__(self, code: int, data: bytes) -> bytes:
        if code == GET_FEATURES:
            return FEATURES
        self.entries += 1
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture
def session():
    """Open a session with a simulated chip behind a scripted reader, which may have a pad."""
    world, opened = World("Pinpad Reader 00 00"), []

    def open_session(chip_name: str, pad=None):
        _, world.transmit = simulated_chip(chip_name)
        world.control = pad(world.transmit) if pad else None
        kiosk = Kiosk(service=world.service)
        world.insert("Pinpad Reader 00 00")
        context = kiosk.reader.session(kiosk.wait_for_card())
        opened.append((kiosk, context))
        return context.__enter__()

    yield open_session
    for kiosk, context in opened:
        context.__exit__(None, None, None)
        kiosk.reader.close()


def test_a_reader_without_a_pad_says_so():
    with pytest.raises(PinpadUnsupportedError):
        Pinpad(lambda code, data: b"")
    with pytest.raises(PinpadUnsupportedError):
        Pinpad(lambda code, data: FEATURES[:6])


def test_a_pin_typed_on_the_pad_is_checked_by_the_card(session):
    card = session("wang-jianguo", lambda transmit: ScriptedPad(["739154"], transmit))
    card.verify_pin_on_pad()


def test_a_wrong_pin_typed_on_the_pad_spends_a_try(session):
    card = session("wang-jianguo", lambda transmit: ScriptedPad(["111222"], transmit))
    with pytest.raises(InvalidPinError) as wrong:
        card.verify_pin_on_pad()
    assert wrong.value.tries_left == 5


def test_a_pin_is_changed_on_the_pad(session):
    card = session("zhao-min", lambda transmit: ScriptedPad(["666666", "804152"], transmit))
    card.change_pin_on_pad()
    card.verify_pin(Pin(bytearray(b"804152")))


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b"\x64\x00", PinEntryTimeoutError),
        (b"\x64\x01", PinEntryCancelledError),
        (b"\x64\x02", PinEntryMismatchError),
        (b"\x64\x03", PinEntryMismatchError),
        (b"\x63\xc1", InvalidPinError),
        (b"\x63\xc0", PinLockedError),
        (b"\x69\x83", PinLockedError),
        (b"\x6b\x80", PinRejectedError),
        (b"\x65\x81", TransportUncertainError),
        (b"", TransportUncertainError),
        (ReaderServiceDownError("unplugged"), TransportUncertainError),
        (PinpadUnsupportedError("failed"), TransportUncertainError),
    ],
)
@pytest.mark.parametrize("enter", [Pinpad.verify, Pinpad.change])
def test_what_the_pad_answers_is_told_and_nothing_is_sent_again(answer, error, enter):
    pad = Answers(answer)
    with pytest.raises(error):
        enter(Pinpad(pad))
    assert pad.entries == 1


def test_the_pad_is_taken_where_there_is_one_and_the_touch_screen_elsewhere(session):
    def ask(prompt: PinPrompt) -> Pin:
        raise AssertionError("the screen must not ask when the reader has a pad")

    with_pad = session("wang-jianguo", lambda transmit: ScriptedPad(["739154"], transmit))
    assert isinstance(pin_source(with_pad, ask), ReaderPad)
    pin_source(with_pad, ask).verify(with_pad)


def test_the_touch_screen_gives_its_pins_to_the_card_and_wipes_them(session):
    card = session("zhao-min")
    typed = {PinPrompt.CURRENT: bytearray(b"666666"), PinPrompt.NEW: bytearray(b"804152")}
    source = pin_source(card, lambda prompt: Pin(typed[prompt]))
    assert isinstance(source, TouchPad)
    source.change(card)
    assert set(typed[PinPrompt.CURRENT] + typed[PinPrompt.NEW]) == {0}
    typed[PinPrompt.CURRENT] = bytearray(b"111222")
    with pytest.raises(InvalidPinError):
        source.verify(card)
    assert set(typed[PinPrompt.CURRENT]) == {0}


SHOW_FIELDS = r"""
#include <stdio.h>
#include <string.h>
#include <wintypes.h>
#include <reader.h>
#define SHOW(s, f) printf(#f "=%u\n", (unsigned)s->f)
int main(int argc, char **argv) {
    unsigned char bytes[256];
    fread(bytes, 1, sizeof bytes, stdin);
    if (!strcmp(argv[1], "verify")) {
        PIN_VERIFY_STRUCTURE *s = (void *)bytes;
        SHOW(s, bTimerOut); SHOW(s, bTimerOut2); SHOW(s, bmFormatString); SHOW(s, bmPINBlockString);
        SHOW(s, bmPINLengthFormat); SHOW(s, wPINMaxExtraDigit); SHOW(s, bEntryValidationCondition);
        SHOW(s, bNumberMessage); SHOW(s, wLangId); SHOW(s, bMsgIndex); SHOW(s, ulDataLength);
        for (unsigned i = 0; i < s->ulDataLength; i++) printf("%02X", s->abData[i]);
    } else {
        PIN_MODIFY_STRUCTURE *s = (void *)bytes;
        SHOW(s, bTimerOut); SHOW(s, bTimerOut2); SHOW(s, bmFormatString); SHOW(s, bmPINBlockString);
        SHOW(s, bmPINLengthFormat); SHOW(s, bInsertionOffsetOld); SHOW(s, bInsertionOffsetNew);
        SHOW(s, wPINMaxExtraDigit); SHOW(s, bConfirmPIN); SHOW(s, bEntryValidationCondition);
        SHOW(s, bNumberMessage); SHOW(s, wLangId); SHOW(s, bMsgIndex1); SHOW(s, bMsgIndex2);
        SHOW(s, bMsgIndex3); SHOW(s, ulDataLength);
        for (unsigned i = 0; i < s->ulDataLength; i++) printf("%02X", s->abData[i]);
    }
}
"""
COMMON = {"bTimerOut": 30, "bTimerOut2": 30, "bmFormatString": 0x81, "bmPINBlockString": 3}
COMMON |= {"bmPINLengthFormat": 0, "wPINMaxExtraDigit": 0x0606, "bEntryValidationCondition": 2}
COMMON |= {"wLangId": 0x0804}


@pytest.fixture(scope="session")
def show_fields(tmp_path_factory):
    if not (shutil.which("gcc") and HEADER.exists()):
        pytest.skip("gcc or libpcsclite-dev is not installed")
    folder = tmp_path_factory.mktemp("part10")
    (folder / "show.c").write_text(SHOW_FIELDS)
    build = ["gcc", f"-I{HEADER.parent}", "-o", str(folder / "show"), str(folder / "show.c")]
    subprocess.run(build, check=True, capture_output=True)

    def show(kind: str, structure: bytes) -> tuple[dict[str, int], str]:
        shown = subprocess.run([folder / "show", kind], input=structure, capture_output=True, check=True)
        *fields, data = shown.stdout.decode().split("\n")
        return {name: int(value) for name, value in (field.split("=") for field in fields)}, data

    return show


def test_the_verify_structure_is_what_pcsc_lite_reads(show_fields):
    fields, command = show_fields("verify", verify_structure())
    assert fields == COMMON | {"bNumberMessage": 1, "bMsgIndex": 0, "ulDataLength": 8}
    assert command == "0020000003FFFFFF"


def test_the_modify_structure_is_what_pcsc_lite_reads(show_fields):
    fields, command = show_fields("modify", modify_structure())
    offsets = {"bInsertionOffsetOld": 0, "bInsertionOffsetNew": 4}
    messages = {"bNumberMessage": 3, "bMsgIndex1": 0, "bMsgIndex2": 1, "bMsgIndex3": 2}
    assert fields == COMMON | offsets | messages | {"bConfirmPIN": 3, "ulDataLength": 12}
    assert command == "805E010007FFFFFFFFFFFFFF"
