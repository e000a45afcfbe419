"""PINs and personal data never reach a log, an error or what an error shows of its frames."""

import logging
import traceback

import pytest

from hardware.card.errors import CardError, InvalidPinError
from hardware.card.pin import Pin
from tests.people import WANG

PIN, WRONG_PIN = "739154", "111222"
SECRETS = {
    PIN: "the PIN",
    WRONG_PIN: "a wrong PIN",
    WANG.id_number: "the ID number",
    "A1024575X": "the card number",
    "王建国": "the name",
    "6299999900000000017": "the bank account",
}


def pin(digits: str) -> Pin:
    return Pin(bytearray(digits.encode()))


def traces_of(secret: str) -> list[str]:
    """Return the secret in every form that bytes on the wire may be written in."""
    forms = [secret]
    for raw in [
        secret.encode("gb18030"),
        *([bytes.fromhex(secret)] if secret.isdigit() and len(secret) % 2 == 0 else []),
    ]:
        forms += [
            raw.hex(),
            raw.hex().upper(),
            raw.hex(" "),
            raw.hex(" ").upper(),
            repr(raw),
            repr(list(raw))[1:-1],
        ]
    return forms


def assert_no_secret(text: str) -> None:
    for secret, what in SECRETS.items():
        for form in traces_of(secret):
            assert form not in text, f"{what} was written down"


def visit(card) -> None:
    card.read_basic()
    card.read_holder()
    card.read_bank()
    card.pin_status()
    with pytest.raises(InvalidPinError):
        card.verify_pin(pin(WRONG_PIN))
    card.verify_pin(pin(PIN))
    card.change_pin(pin(PIN), pin(WRONG_PIN))


def test_a_whole_visit_at_the_finest_log_level_leaves_no_secret(simulated, kiosk, put_in, caplog):
    caplog.set_level(logging.DEBUG)
    with kiosk.reader.session(put_in("wang-jianguo")) as card:
        visit(card)
    assert "00 20 00 00 Lc=3 -> 63C5" in caplog.text
    assert "80 5E 01 00 Lc=7 -> 9000" in caplog.text
    assert_no_secret(caplog.text)


@pytest.mark.parametrize("commands", range(0, 30, 4))
def test_errors_in_the_middle_of_a_visit_show_no_secret(simulated, kiosk, put_in, commands):
    insertion = put_in("wang-jianguo")
    with pytest.raises(CardError) as error, kiosk.reader.session(insertion) as card:
        simulated.fault("remove_after", commands)
        visit(card)
    assert_no_secret(str(error.value) + repr(error.value))
    assert_no_secret("".join(traceback.format_exception(error.value)))


def test_the_simulator_tells_of_commands_their_headers_only(simulated, kiosk, put_in):
    with kiosk.reader.session(put_in("wang-jianguo")) as card:
        visit(card)
    assert {len(header) for header in simulated.headers()} == {8}
