"""The simulated printer takes whatever a broken-off job leaves on the line, as a real one does."""

import random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hardware.printer import profile as profiles
from hardware.simulator.printer_mechanism import Mechanism
from hardware.simulator.printer_paper import Paper
from hardware.simulator.printer_stream import RealTime, Stream

PROFILE = profiles.load("epson-tm-t88v")
COMMANDS = st.sampled_from(
    [b"\x1d(k", b"\x1dv0", b"\x1b@", b"\x1dV", b"\x1b$", b"\x1d(H", b"\x1c&", b"\x1ba", b"\x1d8L"]
)


@given(st.lists(COMMANDS | st.binary(max_size=12), max_size=12))
@example([b"\x1d(k\x03\x001E\x10"])
@example([b"\x1d(k\x03\x001C\x00"])
@example([b"\x1d(k\x02\x001Q"])
@example([b"\x1ba", b"\x1ba"])
def test_no_bytes_break_it(pieces):
    stream, mechanism = Stream(), Mechanism(PROFILE, Paper(PROFILE, None), lambda reply: None)
    for byte in b"".join(pieces):
        for item in stream.feed(byte):
            if not isinstance(item, RealTime):
                mechanism.run(item)


@pytest.mark.parametrize("seed", range(40))
def test_noise_is_over_after_as_many_nuls_as_a_driver_sends(seed):
    """Noise looks like commands now and then, whose lengths no firmware believes."""
    stream = Stream()
    for byte in random.Random(seed).randbytes(20_000):
        stream.feed(byte)
    for _ in range(10 * PROFILE.recovery.flush):
        stream.feed(0)
    heard = [item for byte in b"\x10\x04\x01" for item in stream.feed(byte)]
    assert heard == [RealTime("DLE EOT", b"\x01")]


@pytest.mark.parametrize(
    "noise",
    [
        "1b 2a a9 55 c4",
        "1b 2a 21 ff ff",
        "1d 38 4c ff ff ff ff",
        "1d 38 6b ff ff ff ff",
        "1d 76 30 00 ff ff ff ff",
        "1d 76 78 00 48 00 ff 00",
        "1d 76 30 09 48 00 ff 00",
    ],
)
def test_a_length_that_is_none_ends_the_command(noise):
    stream = Stream()
    for byte in bytes.fromhex(noise):
        stream.feed(byte)
    heard = [item for byte in b"\x00\x10\x04\x01" for item in stream.feed(byte)]
    assert RealTime("DLE EOT", b"\x01") in heard
