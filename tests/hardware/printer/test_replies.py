"""Replies are told apart by their bits, however they are cut and mixed on the line."""

from hypothesis import given
from hypothesis import strategies as st

from hardware.printer.replies import (
    AutomaticStatus,
    Demultiplexer,
    FullStatus,
    Garbage,
    OtherBlock,
    PaperStatus,
    PowerOn,
    ProcessId,
    RealTimeStatus,
)

plain = st.integers(0, 0x7F).map(lambda byte: byte & 0x6F)
automatic = st.tuples(st.integers(0, 0x7F).map(lambda byte: byte & 0x6C | 0x10), plain, plain, plain).map(
    bytes
)
real_time = st.integers(0, 0x7F).map(lambda byte: byte & 0x6C | 0x12)
printable = st.binary(min_size=4, max_size=4).map(lambda raw: bytes(0x20 + byte % 0x5F for byte in raw))
replies = st.one_of(
    automatic.map(lambda data: (data, AutomaticStatus(data))),
    real_time.map(lambda byte: (bytes([byte]), RealTimeStatus(byte))),
    plain.filter(lambda byte: byte not in (0x35, 0x37, 0x3B, 0x3D, 0x5F)).map(
        lambda byte: (bytes([byte]), PaperStatus(byte))
    ),
    printable.map(lambda tag: (b"\x37\x22" + tag + b"\x00", ProcessId(tag))),
    printable.map(lambda name: (b"\x5f" + name + b"\x00", OtherBlock(b"\x5f" + name))),
    st.just((b"\x3b1\x00", PowerOn())),
)


def heard(*pieces: bytes, **options: bool) -> list:
    demultiplexer = Demultiplexer(**options)
    return [reply for piece in pieces for reply in demultiplexer.feed(piece)]


@given(st.lists(replies, max_size=12), st.data())
def test_replies_are_found_wherever_the_stream_is_cut_and_flow_control_is_mixed_in(said, data):
    stream = bytearray(b"".join(raw for raw, _ in said))
    for place in sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=4)), reverse=True):
        stream[place:place] = data.draw(st.sampled_from([b"\x11", b"\x13"]))
    cut = data.draw(st.integers(0, len(stream)))
    assert heard(bytes(stream[:cut]), bytes(stream[cut:])) == [reply for _, reply in said]


@given(automatic, real_time, st.integers(1, 3))
def test_a_real_time_answer_inside_the_automatic_status_spoils_neither(status, answer, place):
    stream = status[:place] + bytes([answer]) + status[place:]
    assert heard(stream) == [RealTimeStatus(answer), AutomaticStatus(status)]


@given(st.binary(max_size=400))
def test_noise_never_breaks_the_reader(noise):
    heard(noise)


def test_after_noise_the_next_automatic_status_is_heard_again():
    assert heard(b"\xff\x10\xff", b"\x10\x00\x00\x0f")[-1] == AutomaticStatus(b"\x10\x00\x00\x0f")


def test_a_block_without_an_end_is_noise():
    assert heard(b"\x5f" + b"a" * 80) == [Garbage(0x5F)]


def test_customs_full_status_is_no_automatic_status():
    assert heard(b"\x10\x0f\x20\x00\x13\x00", full_status=True) == [FullStatus(b"\x20\x00\x13\x00")]
