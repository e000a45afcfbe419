"""What the tests of the kiosk share."""

import pytest

from tests.kiosk.scene import at_work


@pytest.fixture
def scene(tmp_path):
    with at_work(tmp_path) as scene:
        yield scene
