"""Profiles are data, and a wrong one says what is wrong with it."""

from pathlib import Path

import pytest

from hardware.printer import profile as profiles
from hardware.printer.profile import FlowControl, ProfileError


@pytest.mark.parametrize("name", profiles.names())
def test_every_profile_that_ships_is_sound(name):
    profile = profiles.load(name)
    assert profile.paper.half_column * profile.paper.columns <= profile.paper.dots
    assert profile.paper.half_column == 12
    # The full status of Custom can hold the bytes of XON and XOFF.
    assert not (profile.presenter.query and profile.serial.flow is FlowControl.XON_XOFF)


def test_an_unknown_profile_names_those_that_there_are():
    with pytest.raises(ProfileError, match=r"no printer profile 'epson'.*epson-tm-t88v"):
        profiles.load("epson")


@pytest.mark.parametrize("name", profiles.names())
def test_every_profile_is_described(name):
    manual = Path(__file__).parents[3] / "docs" / "hardware" / "printer.md"
    assert f"`{name}`" in manual.read_text()


@pytest.mark.parametrize(
    ("wrong", "right", "words"),
    [
        ("dots = 512", "", ["dots", "paper"]),
        ("columns = 42", "columns = 420", ["columns", "420", "paper"]),
        ("columns = 42", "columns = 42\ncolour = 1", ["colour", "paper"]),
        ('flow = "rts-cts"', 'flow = "dtr-dsr"', ["dtr-dsr", "serial.flow"]),
        ('command = "1d 56 42 18"', 'command = "1d 5"', ["cutter.command", "hexadecimal"]),
        ("native = true", "native = true\nmodule = 4", ["5", "qr.module"]),
        ("dpi = 180", 'dpi = "fine"', ["int", "paper.dpi"]),
        ("[paper]", "[paper", ["line 8"]),
    ],
)
def test_a_wrong_profile_names_file_key_and_reason(tmp_path, wrong, right, words):
    text = (profiles.FOLDER / "epson-tm-t88v.toml").read_text()
    assert wrong in text
    path = tmp_path / "mine.toml"
    path.write_text(text.replace(wrong, right))
    with pytest.raises(ProfileError) as caught:
        profiles.load(str(path))
    for word in ("mine.toml", *words):
        assert word in str(caught.value)
