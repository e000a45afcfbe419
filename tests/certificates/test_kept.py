"""A certificate that was issued before can be printed again without the centre, for a day."""

import time
from types import SimpleNamespace

import pytest

from kiosk.issuing import KEPT, KEPT_SECONDS, _issue
from sync.client import CentralUnreachable
from sync.store.personal import Personal
from tests.certificates.documents import example

REQUEST = {"request_id": "r1", "kind": "participation", "months": 12}


class Line:
    """The centre, until the line breaks."""

    def __init__(self) -> None:
        self.broken = False

    def issue_certificate(self, _request):
        if self.broken:
            raise CentralUnreachable("away")
        return example("participation")


@pytest.fixture
def visit(tmp_path):
    return SimpleNamespace(
        region="610200",
        partition="a1b2c3",
        card=SimpleNamespace(identity="61" * 16),
        holder=SimpleNamespace(id_number="999999197503170619"),
        centre=Line(),
        record=lambda *_, **__: None,
        personal=Personal(tmp_path, bytes(32)),
    )


def test_the_same_request_brings_the_kept_certificate_when_the_centre_is_away(visit):
    issued = _issue(visit, REQUEST)
    visit.centre.broken = True
    assert _issue(visit, REQUEST) == issued


def test_another_request_needs_the_centre(visit):
    _issue(visit, REQUEST)
    visit.centre.broken = True
    with pytest.raises(CentralUnreachable):
        _issue(visit, REQUEST | {"request_id": "r2"})


def test_another_card_gets_nothing_of_it(visit):
    _issue(visit, REQUEST)
    visit.centre.broken = True
    visit.partition = "another"
    with pytest.raises(CentralUnreachable):
        _issue(visit, REQUEST)


def test_it_is_kept_for_a_day(visit, tmp_path):
    _issue(visit, REQUEST)
    late = Personal(tmp_path, bytes(32), clock=lambda: time.time() + KEPT_SECONDS + 1)
    assert late.get(KEPT, visit.partition) is None
