"""Whatever a card answers: no hang, no crash, and never another citizen."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.card.errors import CardError
from hardware.card.items import Holder
from hardware.card.social_security import SocialSecurityCard
from tests.hardware.card.chips import simulated_chip
from tests.people import WANG

MOST_COMMANDS = 200


def read_everything(transmit) -> tuple[str, str, Holder]:
    card = SocialSecurityCard(transmit)
    basics, holder = card.read_basic(), card.read_holder()
    card.pin_status()
    card.read_bank()
    return basics.card_identity, basics.card_number, holder


def dialogue_of(key: str) -> list[tuple[bytes, tuple[bytes, int]]]:
    _, transmit = simulated_chip(key)
    dialogue = []

    def record(command: bytes) -> tuple[bytes, int]:
        dialogue.append((command, transmit(command)))
        return dialogue[-1][1]

    read_everything(record)
    return dialogue


class DamagedDialogue:
    """A card that gives its recorded answers, but one of them damaged."""

    def __init__(self, dialogue, damaged: int, answer: bytes) -> None:
        self._answers = dict(dialogue)
        self._damaged, self._answer = damaged, (answer[:-2], int.from_bytes(answer[-2:]))
        self.commands = 0

    def __call__(self, command: bytes) -> tuple[bytes, int]:
        self.commands += 1
        assert self.commands < MOST_COMMANDS
        if self.commands - 1 == self._damaged:
            return self._answer
        return self._answers.get(command, (b"", 0x6D00))


EVERY_OTHER_BYTE = range(1, 256)
ONE_BIT = [1 << bit for bit in range(8)]


def every_damage(dialogue, differences):
    for number, (_, (data, sw)) in enumerate(dialogue):
        answer = data + sw.to_bytes(2)
        for place, byte in enumerate(answer):
            for difference in differences:
                yield number, answer[:place] + bytes([byte ^ difference]) + answer[place + 1 :]


@pytest.mark.parametrize(
    ("key", "differences"),
    [("wang-jianguo", EVERY_OTHER_BYTE), ("li-xiuying", ONE_BIT), ("paerhati", ONE_BIT)],
)
def test_no_single_damaged_byte_of_a_dialogue_shows_another_citizen(key, differences):
    dialogue = dialogue_of(key)
    right = read_everything(DamagedDialogue(dialogue, -1, b"\x90\x00"))
    refused = unharmed = 0
    for number, answer in every_damage(dialogue, differences):
        try:
            assert read_everything(DamagedDialogue(dialogue, number, answer)) == right
            unharmed += 1  # such as a damaged date of issue
        except CardError:
            refused += 1
    assert refused > unharmed > 0


class ArbitraryCard:
    """A card that answers whatever hypothesis likes; after that, always the same."""

    def __init__(self, answers: list[tuple[bytes, int]]) -> None:
        self._answers = iter(answers)
        self.commands = 0

    def __call__(self, command: bytes) -> tuple[bytes, int]:
        self.commands += 1
        assert self.commands < MOST_COMMANDS
        return next(self._answers, (b"\x00", 0x6101))


words = st.sampled_from([0x9000, 0x6101, 0x61FF, 0x6C12, 0x6C00, 0x6A82, 0x6A83, 0x6982, 0x63C3, 0x9303])
answers = st.lists(st.tuples(st.binary(max_size=40), words | st.integers(0, 0xFFFF)), min_size=1, max_size=40)


@settings(max_examples=300, deadline=None)
@given(answers)
def test_a_card_that_answers_arbitrary_bytes_is_refused_in_bounded_time(arbitrary):
    try:
        _, _, holder = read_everything(ArbitraryCard([(b"", 0x9000), *arbitrary]))
    except CardError:
        return
    assert len(holder.id_number) == 18


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_a_card_with_arbitrary_records_shows_a_wellformed_holder_or_none(data):
    chip, transmit = simulated_chip("wang-jianguo")
    for records in chip._files.values():
        for tag in data.draw(st.sets(st.sampled_from(sorted(records)))):
            records[tag] = data.draw(
                st.binary(max_size=36)
                | st.binary(min_size=1, max_size=30).map(
                    lambda value, tag=tag: bytes([tag, len(value)]) + value
                )
            )
    try:
        _, _, holder = read_everything(transmit)
    except CardError:
        return
    assert (holder.id_number, holder.sex) == (WANG.id_number, "1")
