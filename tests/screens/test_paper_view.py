"""The printed paper in the demo's panel."""

import pytest
from PIL import Image

from screens.theme.box import Box
from screens.theme.tokens import Theme
from tests.screens.conftest import PANEL
from tools.demo.panel_paper import Paper
from tools.demo.panel_window import PaperView

FRAME = Box(100, 200, 300, 500)


@pytest.fixture
def view(window):
    view = PaperView(Theme(PANEL), FRAME)
    window.add_widget(view)
    yield view
    window.remove_widget(view)


@pytest.fixture(params=[1 / 60, 1.0, 1.7])
def draw(view, request):
    """Draw some frames on a machine that needs so many seconds for each."""
    from kivy.base import EventLoop

    def draw():
        for _ in range(8):
            view.effect_x.update_velocity(
                request.param
            )  # as the clock calls it, with the time since the last
            view.effect_y.update_velocity(request.param)
            EventLoop.idle()

    return draw


def paper(folder, millimetres, growing):
    paper = Paper(folder)
    paper.file, paper.growing = folder / "paper.png", growing
    Image.new("L", (80, millimetres), 255).save(paper.file)
    return paper


def top_and_end(view):
    (sheet,) = view.children
    return round(sheet.to_window(*sheet.pos)[1] + sheet.height), round(sheet.to_window(*sheet.pos)[1])


def test_a_growing_paper_is_seen_however_slow_the_machine_is(view, draw, tmp_path):
    for millimetres in (20, 40, 60):
        view.show(paper(tmp_path, millimetres, growing=True))
        draw()
        top, end = top_and_end(view)
        assert top == FRAME.y + FRAME.height
        assert end > FRAME.y


def test_the_end_of_a_long_paper_is_seen_while_it_grows_and_its_top_once_it_is_cut(view, draw, tmp_path):
    view.show(paper(tmp_path, 400, growing=True))
    draw()
    assert top_and_end(view)[1] == FRAME.y
    view.show(paper(tmp_path, 500, growing=False))
    draw()
    assert top_and_end(view)[0] == FRAME.y + FRAME.height
