"""A month or a day is chosen by touching its parts: every one can be reached, and nothing outside the span."""

import random
from datetime import date, timedelta

import pytest

from screens.pages.date_parts import DAY_PARTS, MONTH_PARTS, SMALL_DAY_PARTS, Part, Span

SPAN = Span(date(1966, 3, 15), date(2026, 11, 27))


def touch(span, part, chosen, day):
    """Touch the tile of ``part`` in which ``day`` lies."""
    return next(
        tile.leads_to
        for tile in span.tiles(part, chosen)
        if any(inner.chosen for inner in span.tiles(part, day) if inner.label == tile.label)
    )


@pytest.mark.parametrize("parts", [DAY_PARTS, SMALL_DAY_PARTS])
def test_every_day_of_the_span_is_reached_from_any_other_by_one_touch_a_part(parts):
    some = random.Random(15)
    for _ in range(300):
        chosen, wanted = (
            SPAN.first + timedelta(some.randrange((SPAN.last - SPAN.first).days + 1)) for _ in range(2)
        )
        for part in parts:
            chosen = touch(SPAN, part, chosen, wanted)
        assert chosen == wanted


@pytest.mark.parametrize("part", Part)
@pytest.mark.parametrize("chosen", [SPAN.first, date(2024, 2, 29), date(2025, 12, 31), SPAN.last])
def test_no_tile_leads_out_of_the_span_and_one_is_chosen(part, chosen):
    tiles = SPAN.tiles(part, chosen)
    assert all(SPAN.first <= tile.leads_to <= SPAN.last for tile in tiles)
    assert [tile.leads_to for tile in tiles if tile.chosen] == [chosen]


def test_the_first_and_last_month_offer_only_their_days_and_the_first_and_last_year_their_months():
    assert [tile.label for tile in SPAN.tiles(Part.MONTH, SPAN.first)] == [str(n) for n in range(3, 13)]
    assert SPAN.tiles(Part.DAY, SPAN.first)[0].label == "15"
    assert SPAN.tiles(Part.DAY, SPAN.last)[-1].label == "27"


def test_the_day_stays_in_its_month_when_the_month_is_shorter():
    february = next(tile for tile in SPAN.tiles(Part.MONTH, date(2023, 1, 31)) if tile.label == "2")
    assert february.leads_to == date(2023, 2, 28)


@pytest.mark.parametrize("parts", [MONTH_PARTS, SMALL_DAY_PARTS])
def test_no_part_of_sixty_years_has_more_tiles_than_two_rows_of_six(parts):
    assert max(len(SPAN.tiles(part, date(2024, 1, 31))) for part in parts) <= 12
