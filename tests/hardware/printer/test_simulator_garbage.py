"""The simulated printer takes whatever a broken-off job leaves on the line, as a real one does."""

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
