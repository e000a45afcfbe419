"""Cards without a wire, for tests of pure protocol."""

from collections.abc import Callable, Iterable

from hardware.simulator.card import SimulatedCard
from hardware.simulator.personalisation import load

Transmit = Callable[[bytes], tuple[bytes, int]]


def simulated_chip(name: str, **faults) -> tuple[SimulatedCard, Transmit]:
    chip = SimulatedCard(load(name))
    for fault, value in faults.items():
        chip.set_fault(fault, str(value))

    def transmit(command: bytes) -> tuple[bytes, int]:
        answer = chip.answer(command)
        return answer[:-2], int.from_bytes(answer[-2:])

    return chip, transmit


def scripted_chip(dialogue: Iterable[tuple[str, str]]) -> Transmit:
    """A card that expects just these commands and gives just these answers, both in hex."""
    lines = iter(dialogue)

    def transmit(command: bytes) -> tuple[bytes, int]:
        expected, answer = next(lines)
        assert command.hex().upper() == expected.replace(" ", "")
        whole = bytes.fromhex(answer)
        return whole[:-2], int.from_bytes(whole[-2:])

    return transmit
