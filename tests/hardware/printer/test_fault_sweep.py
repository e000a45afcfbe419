"""No fault at any byte of a job leads to a false CONFIRMED; a sample of the sweep of bench.printer."""

import pytest

from bench.printer import certificate, fault_sweep
from hardware.printer import profile as profiles
from hardware.printer.dialogue import PrinterSession
from hardware.printer.encoder import encode
from hardware.printer.job import PrintState


@pytest.mark.parametrize(("name", "first"), [("epson-tm-t88v", 3), ("gb18030-80mm", 40)])
def test_a_sample_of_the_sweep_finds_no_false_confirmation(name, first):
    length = len(encode(certificate(qr=profiles.load(name).qr.native), profiles.load(name)))
    positions = [*range(first, length, length // 4), length, length + 20]
    sweep = fault_sweep(name, positions)
    assert sweep.false == []
    assert sweep.outcomes[PrintState.UNCERTAIN] >= 3 * 3


def test_the_sweep_finds_a_printer_that_is_believed_without_being_asked(monkeypatch):
    monkeypatch.setattr(PrinterSession, "confirm", lambda dialogue, tag: None)
    assert fault_sweep("epson-tm-t88v", [500, 1000]).false
