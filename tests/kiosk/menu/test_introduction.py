"""What is said of a service before it begins: what it needs, and what comes next."""

from types import SimpleNamespace

import pytest

from kiosk.attendant.service_selection import ServiceSelection
from kiosk.menu.availability import HERE_AND_NOW
from kiosk.menu.introduction import introduction
from kiosk.services.service import services
from kiosk.visit.person import Credential
from kiosk.visit.visit import VisitState

CERTIFICATE = services()["print-participation-certificate"]
CARD = VisitState(shown=frozenset({Credential.CARD}))
ID_CARD = VisitState(shown=frozenset({Credential.ID_CARD}))
E_CARD = VisitState(shown=frozenset({Credential.E_CARD}))
VERIFIED = VisitState(shown=frozenset({Credential.CARD}), pin_verified=True)
BOTH = VisitState(shown=frozenset({Credential.CARD, Credential.ID_CARD}))


def go_on_from(service, state, *, can_card_prove=True):
    """Return what the button says in a visit in this state, where all devices work."""
    visit = SimpleNamespace(
        region="610200",
        state=lambda: state,
        can_compare_faces=lambda: True,
        can_card_prove=lambda: can_card_prove,
    )
    selection = ServiceSelection(visit, lambda: {service.name: HERE_AND_NOW})
    return selection._introduction(service).go_on


def test_a_card_is_said_to_need_its_pin_and_an_id_card_the_face():
    [needs] = [fact.value for fact in introduction(CERTIFICATE, "12333").facts if fact.name == "要用"]
    assert needs == "社会保障卡（要输密码）、居民身份证（要刷脸）、电子社保卡，有一样就行"


@pytest.mark.parametrize(
    ("state", "button"),
    [
        (VisitState(), "下一步：出示证件"),
        (CARD, "下一步：输入密码"),
        (BOTH, "下一步：输入密码"),
        (VERIFIED, "开始办理"),
        (ID_CARD, "开始办理"),
        (E_CARD, "开始办理"),
    ],
    ids=["nothing", "card", "card and ID card", "card whose PIN is known", "ID card", "electronic card"],
)
def test_the_button_says_that_a_pin_follows_wherever_one_does(state, button):
    assert go_on_from(CERTIFICATE, state) == button


def test_where_the_face_replaces_a_card_that_is_locked_no_pin_is_announced():
    assert go_on_from(CERTIFICATE, BOTH, can_card_prove=False) == "开始办理"


def test_who_changes_a_pin_enters_the_old_one_each_time():
    assert go_on_from(services()["change-pin"], VERIFIED) == "下一步：输入密码"
