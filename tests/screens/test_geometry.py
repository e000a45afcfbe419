"""Every page, of every question and every trouble, in every size and manner: measured from what it draws."""

from itertools import combinations

import pytest

from kiosk.config import Panel
from kiosk.dialogue.preferences import Preferences

PANELS = {
    "1080x1920": Panel(width=1080, height=1920, width_mm=268),
    "1280x1024": Panel(width=1280, height=1024, width_mm=376),
    "1920x1080": Panel(width=1920, height=1080, width_mm=476),
    "800x480": Panel(width=800, height=480, width_mm=152),
}
WAYS = [
    ("1080x1920", "zh", False),
    ("1080x1920", "en", True),
    ("800x480", "zh", True),
    ("800x480", "en", True),
    ("800x480", "en", False),
    ("1280x1024", "en", True),
    ("1920x1080", "en", False),
]
LEAST = {
    (False, False): (4.8, 16),
    (False, True): (7.3, 20),
    (True, False): (4.8, 14),
    (True, True): (5.8, 15),
}
"""The least height of a capital and the least side of a target in mm, by (compact, elder)."""
LONGEST_TROUBLES = ("trouble-locked", "trouble-PinChangeUncertainError", "trouble-NotInitialPinError")
"""Where there is room, only these are measured."""


@pytest.mark.parametrize(("size", "language", "elder"), WAYS)
def test_everything_on_a_page_can_be_read_and_reached(window, size, language, elder):
    manner = Preferences(language=language, elder=elder)
    wrong = {}
    for name, frame in every_page(PANELS[size], manner):
        if found := list(problems(frame)):
            wrong[name] = found
    assert not wrong, "\n".join(f"{name}: {found}" for name, found in wrong.items())


def every_page(panel, manner):
    """Yield each page by its name, in the frame that shows it."""
    from screens.gallery.pages import shots
    from screens.gallery.studio import ScreenshotRig

    studio = ScreenshotRig(panel)
    for shot in worth_measuring(shots(manner), studio.frame.theme.compact):
        studio.pose(shot, manner, frames=0)
        page = studio.frame.page
        for turned in sorted({0, 1, page.pages - 1} & set(range(page.pages))):
            page.turned = turned
            page.draw()
            yield f"{shot.name} {turned + 1}/{page.pages}", studio.frame
    studio.close()


def worth_measuring(shots, compact):
    """Yield the pictures, but of the troubles only the longest where there is room for all of them."""
    for shot in shots:
        is_trouble = shot.name.startswith(("trouble-", "refused-"))
        if not is_trouble or shot.name in LONGEST_TROUBLES or (compact and "printer-" not in shot.name):
            yield shot


def problems(frame):
    """Yield what is wrong with what ``frame`` shows now."""
    from screens.theme.tokens import CAP_HEIGHT
    from screens.widgets.controls import Control, TextBlock

    theme = frame.theme
    words = [widget for widget in frame.walk() if isinstance(widget, TextBlock) and widget.text.strip()]
    controls = [widget for widget in frame.walk() if isinstance(widget, Control)]
    least_cap, least_side = LEAST[theme.compact, theme.manner.elder]
    least_gap = 5 if theme.manner.elder and not theme.compact else 3
    for one in words:
        if one.font_size * CAP_HEIGHT < theme.mm(least_cap) - 0.5:
            yield f"small letters: {one.text}"
        if not inside(one, one.parent if isinstance(one.parent, Control) else frame):
            yield f"cut off: {one.text}"
    for one in controls:
        if min(one.size) < theme.mm(least_side) - 1:
            yield f"small target: {said(one)} {[side / theme.mm(1) for side in one.size]}"
        if not inside(one, frame):
            yield f"outside: {said(one)}"
    for one, other in combinations(words, 2):
        if overlap(one, other):
            yield f"one over the other: {one.text} / {other.text}"
    for one, other in combinations(controls, 2):
        if distance(one, other) < theme.mm(least_gap) - 1:
            yield f"too near: {said(one)} / {said(other)}"
    for one in words:
        for control in controls:
            if one.parent is not control and overlap(one, control):
                yield f"under a button: {one.text} / {said(control)}"


def said(control):
    return " ".join(getattr(child, "text", "") for child in control.children)


def inside(one, other):
    return (
        one.x >= other.x - 1
        and one.y >= other.y - 1
        and one.right <= other.right + 1
        and one.top <= other.top + 1
    )


def distance(one, other):
    across = max(one.x, other.x) - min(one.right, other.right)
    along = max(one.y, other.y) - min(one.top, other.top)
    return max(across, along)


def overlap(one, other):
    """Whether ink may meet ink: the lines' boxes are higher than their letters."""
    across = min(one.right, other.right) - max(one.x, other.x)
    along = min(one.top, other.top) - max(one.y, other.y)
    return across > 2 and along > 0.15 * getattr(one, "font_size", 20)
