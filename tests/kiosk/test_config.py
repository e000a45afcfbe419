"""The configuration is checked when it is read, and names the key that is wrong."""

import queue
from contextlib import suppress
from functools import partial

import pytest

from hardware.card.errors import AmbiguousReaderError
from hardware.card.reader import CardReader
from hardware.simulator.scanner import SimulatedScanner
from kiosk.attendant import machine
from kiosk.config import ConfigError, load
from kiosk.dialogue.questions import Idle, OutOfService
from tests.hardware.card.scripted import World

RIGHT = """
kiosk_id = "610200-001"
region = "610200"
branch = "大厅"
data = "data"
central.url = "http://127.0.0.1:1"
printer.port = "/dev/printer"
printer.profile = "epson-tm-t88v"
"""


def test_a_relative_data_folder_is_beside_the_file(tmp_path):
    file = tmp_path / "kiosk.toml"
    file.write_text(RIGHT)
    assert load(file).data == tmp_path / "data"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (RIGHT.replace("kiosk_id", "kiosk_ip"), "kiosk_i"),
        (RIGHT.replace('"610200"', "610200"), "region"),
        (RIGHT.replace("printer.port", "printer.prot"), "printer"),
        (RIGHT + "=", "line"),
        (RIGHT.replace('"610200"', '"99"'), "region"),
        (RIGHT.replace('"610200"', '"990000"'), "region"),
        (RIGHT + "panel.width = -5", "width"),
        (RIGHT + 'scanner.prot = "/dev/scanner"', "scanner"),
        (RIGHT + 'id_card.port = "/dev/reader"\nid_card.baud = 1', "baud"),
        (RIGHT + "panel.width_mm = 0.0", "width_mm"),
        (RIGHT.replace("http://127.0.0.1:1", "127.0.0.1"), "url"),
        (RIGHT + 'central.feed_key = "x"', "feed_key"),
    ],
)
def test_a_wrong_configuration_is_refused_by_name(tmp_path, text, named):
    file = tmp_path / "kiosk.toml"
    file.write_text(text)
    with pytest.raises(ConfigError, match=named):
        load(file)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ConfigError, match=r"nowhere\.toml"):
        load(tmp_path / "nowhere.toml")


@pytest.fixture
def two_readers(monkeypatch):
    world = World("Feitian R301 00 00", "Watchdata W5181 01 00")
    monkeypatch.setattr(machine, "CardReader", partial(CardReader, service=world.service))


def machine_of(folder, more="", show=lambda _page: None):
    file = folder / "kiosk.toml"
    file.write_text(RIGHT + more)
    return machine.Machine(load(file), show=lambda page, _manner: show(page), failed=lambda: None)


def test_a_kiosk_that_cannot_tell_its_card_reader_does_not_start_and_lists_them(two_readers, tmp_path):
    with pytest.raises(machine.START_TROUBLES, match="Feitian R301 00 00; Watchdata W5181 01 00") as caught:
        machine_of(tmp_path)
    assert isinstance(caught.value, AmbiguousReaderError)
    assert not (tmp_path / "data").exists()


def test_a_kiosk_whose_card_reader_is_named_starts(two_readers, tmp_path):
    kiosk = machine_of(tmp_path, 'card_reader.name = "Watchdata"\n')
    kiosk._client.close()
    kiosk._store.close()


def test_a_scanner_that_is_configured_is_listened_to_by_the_device_loop(two_readers, tmp_path):
    with SimulatedScanner(tmp_path / "scanner") as scanner:
        more = f'card_reader.name = "Watchdata"\nscanner.port = "{tmp_path / "scanner"}"\n'
        pages = queue.SimpleQueue()
        kiosk = machine_of(tmp_path, more, pages.put)
        try:
            kiosk.start()
            page = shown_until_heard(scanner, pages)
            assert "电子社保卡" in page.title + page.text
        finally:
            kiosk.stop()


def shown_until_heard(scanner, pages):
    """Show one code after the other until a page tells of one: what comes before the scanner is connected is lost."""
    for number in range(200):
        scanner.scan(f"an-invented-token-{number:04}")
        with suppress(queue.Empty):
            while True:
                page = pages.get(timeout=0.3)
                if not isinstance(page, Idle | OutOfService):
                    return page
    raise AssertionError("no code was heard")
