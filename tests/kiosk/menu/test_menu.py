"""The menu leads to every service, and only to services, by groups where there are many and by citizens' words."""

from collections import defaultdict
from dataclasses import replace
from types import SimpleNamespace

import pytest

from kiosk.attendant.service_selection import ServiceSelection
from kiosk.dialogue import questions as dialogue
from kiosk.dialogue.preferences import DEFAULT_PREFERENCES
from kiosk.dialogue.questions import (
    SEARCH,
    Choose,
    Confirm,
    EnterText,
    Home,
    IntroduceService,
    Notice,
    WentBack,
    WentHome,
)
from kiosk.guidance.library import Library
from kiosk.menu.availability import Availability
from kiosk.menu.menu import ACT_FOR_HOLDER, MORE, home_question, menu, problems
from kiosk.menu.search import matching
from kiosk.services.service import services
from kiosk.visit.person import Person
from kiosk.visit.visit import VisitState
from tests.people import WANG

HOLDER = Person("王建国", WANG.id_number)


def reception(unavailable_reason=None):
    visit = SimpleNamespace(
        region="610200",
        person=HOLDER,
        partition="",
        state=VisitState,
        happened=lambda _event: None,
        can_compare_faces=lambda: False,
        library=Library(),
        journal=SimpleNamespace(record=lambda *_args, **_names: None),
    )
    reasons = defaultdict(str, unavailable_reason or {})
    now = {name: Availability(reason=reasons[name]) for name in services()}
    return ServiceSelection(visit, lambda: now).choose_service()


def shown(asked):
    return asked if isinstance(asked, dialogue.Question) else asked(DEFAULT_PREFERENCES)


def keys(question):
    return [option.key for option in question.options]


def test_every_service_is_on_the_menu_once():
    assert sorted(service.name for service in menu().services) == sorted(services())


def test_the_menu_greets_and_has_nothing_to_go_back_to():
    question = home_question("王*国，您好", lambda _listed: ())
    assert question.title == "王*国，您好"
    assert question.home and question.search


@pytest.mark.parametrize(
    ("group", "declared", "words"),
    [
        ({}, {"group": "nowhere"}, "change-pin: group 'nowhere' is not in kiosk/menu/groups.toml"),
        ({}, {"elder": 0}, "must be 1 to 6 or more, once each, not [1, 2, 3, 4, 6, 7, 8, 9]"),
        ({}, {"elder": 1}, "must be 1 to 6 or more, once each, not [1, 1, 2, 3, 4, 6, 7, 8, 9]"),
        ({"more": tuple(menu().groups)}, {}, "card is listed 2 times"),
    ],
)
def test_a_wrong_menu_is_found_at_the_start(group, declared, words):
    groups = (*menu().groups, *group.get("more", ()))
    found = {**services(), "change-pin": replace(services()["change-pin"], **declared)}
    assert any(words in problem for problem in problems(groups, found.values()))


def groups_with_services():
    return [group.name for group, listed in menu().groups.items() if listed]


def test_the_first_page_leads_to_every_group_that_has_services_and_to_the_search():
    first = shown(next(reception()))
    assert isinstance(first, Home) and first.search
    assert keys(first) == groups_with_services()
    assert [option.key for option in first.others] == [ACT_FOR_HOLDER]


def test_back_leads_one_page_back_and_home_to_the_first():
    at_desk = reception()
    first = shown(next(at_desk))
    page = shown(at_desk.send("card"))
    assert keys(page) == [each.name for each in menu().services if each.group == "card"] and not page.home
    introduction = shown(at_desk.send("change-pin"))
    assert isinstance(introduction, IntroduceService)
    assert shown(at_desk.throw(WentBack())) == page
    assert shown(at_desk.throw(WentBack())) == first
    at_desk.send("card")
    at_desk.send("change-pin")
    assert shown(at_desk.throw(WentHome())) == first


def test_a_service_begins_when_its_introduction_was_read():
    at_desk = reception()
    next(at_desk)
    at_desk.send("card")
    at_desk.send("change-pin")
    with pytest.raises(StopIteration) as chosen:
        at_desk.send(None)
    assert chosen.value.value == "change-pin"


def test_elders_find_the_rest_by_its_groups():
    at_desk = reception()
    first = next(at_desk)(replace(DEFAULT_PREFERENCES, elder=True))
    assert first.options[-1].key == MORE and first.search
    assert keys(shown(at_desk.send(MORE))) == groups_with_services()


def test_a_group_says_how_much_of_it_cannot_be_done_and_its_page_why_and_last():
    off = {"change-pin": "连不上"}
    at_desk = reception(off)
    card = next(option for option in shown(next(at_desk)).options if option.key == "card")
    assert card.hint == "1 项现在不能办" and not card.unavailable_reason
    last = shown(at_desk.send("card")).options[-1]
    assert (last.key, last.unavailable_reason) == ("change-pin", "连不上")
    assert shown(at_desk.send("change-pin")).unavailable_reason == "连不上"


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
        ("卡丢了", "report-loss"),
        ("额的卡寻不着了", "report-loss"),
        ("挂失", "report-loss"),
        ("卡找到了", "release-loss"),
        ("密码忘了", "reset-pin"),
        ("密码锁住了咋弄", "reset-pin"),
        ("卡坏了", "replace-card"),
        ("给娃办卡", "apply-card"),
        ("卡做好了没", "card-progress"),
        ("老人走了卡咋办", "cancel-card"),
        ("电子卡咋领", "e-card"),
        ("资格认证", "certify"),
        ("刷脸退休", "face-retirement"),
        ("到点了要退休", "claim-pension"),
        ("失业金咋领", "claim-unemployment"),
        ("工伤认定", "work-injury"),
        ("改手机号", "change-contact"),
        ("jihuo", "activate-card"),
        ("xgsbmm", "change-pin"),
        ("Xiu Gai", "change-pin"),
        ("my PIN", "change-pin"),
        ("pension certificate", "print-pension-receipt"),
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
    assert isinstance(shown(at_desk.send("change-pin")), IntroduceService)
    with pytest.raises(StopIteration) as chosen:
        at_desk.send(None)
    assert chosen.value.value == "change-pin"


def test_a_search_that_finds_nothing_says_what_else_to_do():
    at_desk = reception()
    first = shown(next(at_desk))
    at_desk.send(SEARCH)
    may_it_be_kept = at_desk.send("买火车票")
    assert isinstance(may_it_be_kept, Confirm) and "买火车票" in may_it_be_kept.text
    notice = at_desk.send(False)
    assert isinstance(notice, Notice) and "窗口" in notice.text
    assert shown(at_desk.send(None)) == first
