"""The menu leads to every service, and only to services, by groups where there are many and by citizens' words."""

from collections import defaultdict
from dataclasses import replace
from types import SimpleNamespace

import pytest

from kiosk.attendant.service_selection import ServiceSelection
from kiosk.dialogue import questions as dialogue
from kiosk.dialogue.preferences import DEFAULT_PREFERENCES
from kiosk.dialogue.questions import SEARCH, Choose, EnterText, Notice, WentBack, WentHome
from kiosk.dialogue.words import _
from kiosk.menu.availability import Availability
from kiosk.menu.menu import Group, arrange, menu, menu_question, problems
from kiosk.menu.search import matching
from kiosk.services.service import services
from kiosk.visit.person import Person
from kiosk.visit.visit import VisitState
from tests.people import WANG

MANY = [f"service-{number}" for number in range(20)]
GREETING = _("{name}，您好", name="王*国")
HOLDER = Person("王建国", WANG.id_number)


def reception(unavailable_reason=None):
    visit = SimpleNamespace(region="610200", person=HOLDER, state=VisitState, happened=lambda _event: None)
    reasons = defaultdict(str, unavailable_reason or {})
    now = {name: Availability(reason=reasons[name]) for name in [*services(), *MANY]}
    return ServiceSelection(GREETING, visit, lambda: now).choose_service()


def shown(asked):
    return asked if isinstance(asked, dialogue.Question) else asked(DEFAULT_PREFERENCES)


def keys(question):
    return [option.key for option in question.options]


@pytest.fixture
def many_services(monkeypatch):
    """A menu that is too long for one page."""
    groups = [Group("certificates", "打印证明", ""), Group("card", "我的社保卡", "")]
    like = services()["change-pin"]
    many = [
        replace(
            like, name=f"service-{number}", group="certificates" if number < 12 else "card", position=number
        )
        for number in range(20)
    ]
    for user in ("kiosk.menu.menu.menu", "kiosk.attendant.service_selection.menu"):
        monkeypatch.setattr(user, lambda: arrange(groups, many))


def test_every_service_is_on_the_menu_once():
    assert sorted(service.name for service in menu().services) == sorted(services())


def test_the_menu_greets_and_has_nothing_to_go_back_to():
    question = menu_question("王*国，您好", lambda _listed: ())
    assert question.title == "王*国，您好"
    assert question.home and question.search


@pytest.mark.parametrize(
    ("group", "declared", "words"),
    [
        ({}, {"group": "nowhere"}, "change-pin: group 'nowhere' is not in kiosk/menu/groups.toml"),
        ({}, {"elder": 0}, "must be 1 to 6 or more, once each, not [1, 2, 3, 4, 6]"),
        ({}, {"elder": 1}, "must be 1 to 6 or more, once each, not [1, 1, 2, 3, 4, 6]"),
        ({"more": (Group("empty", "", ""),)}, {}, "no service is in empty"),
        ({"more": tuple(menu().groups)}, {}, "card is listed 2 times"),
    ],
)
def test_a_wrong_menu_is_found_at_the_start(group, declared, words):
    groups = (*menu().groups, *group.get("more", ()))
    found = {**services(), "change-pin": replace(services()["change-pin"], **declared)}
    assert any(words in problem for problem in problems(groups, found.values()))


def test_few_services_are_offered_at_once():
    assert keys(shown(next(reception())))[:-1] == [service.name for service in menu().services]


def test_many_services_are_offered_by_group_and_back_leads_to_the_groups(many_services):
    at_desk = reception()
    first = shown(next(at_desk))
    assert keys(first)[:-1] == ["certificates", "card"]
    page = shown(at_desk.send("card"))
    assert keys(page) == [f"service-{number}" for number in range(12, 20)]
    assert not page.home
    for way_back in (WentBack(), WentHome()):
        assert shown(at_desk.throw(way_back)) == first
        at_desk.send("card")
    with pytest.raises(StopIteration) as chosen:
        at_desk.send("service-13")
    assert chosen.value.value == "service-13"


def test_a_service_that_cannot_be_done_now_says_why():
    question = shown(next(reception({"change-pin": "连不上"})))
    assert {
        option.key: option.unavailable_reason for option in question.options if option.unavailable_reason
    } == {"change-pin": "连不上"}


@pytest.mark.parametrize(
    ("query", "service"),
    [
        ("改密码", "change-pin"),
        ("我想改密码", "change-pin"),
        ("退休证明", "print-pension-receipt"),
        ("养老金", "print-pension-receipt"),
        ("交了多少钱", "print-contributions-certificate"),
        ("新卡怎么用", "activate-card"),
        ("卡什么时候过期", "card-information"),
        ("参保", "print-participation-certificate"),
        ("转社保到外地", "print-transfer-voucher"),
        ("jihuo", "activate-card"),
        ("xgsbmm", "change-pin"),
        ("Xiu Gai", "change-pin"),
        ("my PIN", "change-pin"),
        ("pension", "print-pension-receipt"),
    ],
)
def test_what_citizens_call_a_service_finds_it_first(query, service):
    assert matching(query)[0].name == service


def test_a_search_leads_to_the_service():
    at_desk = reception()
    next(at_desk)
    assert isinstance(at_desk.send(SEARCH), EnterText)
    hits = shown(at_desk.send("密码"))
    assert isinstance(hits, Choose) and keys(hits)[0] == "change-pin"
    with pytest.raises(StopIteration) as chosen:
        at_desk.send("change-pin")
    assert chosen.value.value == "change-pin"


def test_a_search_that_finds_nothing_says_what_else_to_do():
    at_desk = reception()
    first = shown(next(at_desk))
    at_desk.send(SEARCH)
    notice = at_desk.send("买火车票")
    assert isinstance(notice, Notice) and "窗口" in notice.text
    assert shown(at_desk.send(None)) == first
