"""办事指南 as a citizen walks through it: found, read, printed, and gone on from; for anybody, without the centre."""

import json
import tomllib
from datetime import date
from pathlib import Path

import pytest

from kiosk.config import Position
from kiosk.dialogue.questions import Confirm, FindInList, Notice, NotListed, ShowArticle, WentBack, Working
from kiosk.guidance.library import Library, bundled_rows
from kiosk.record.journal import Journal
from kiosk.rules import regions
from kiosk.services.service import ANYBODY, GoOnWith, Offline, Proof, services
from kiosk.visit.visit import Visit, VisitState
from sync.store import Store
from tests.kiosk.paper.desk import CONFIRMED, Printer

OUTLETS = tomllib.loads(Path("central/program/demo_feeds.toml").read_text("utf-8"))["outlets"]
REGIONS = [code for code in regions.codes() if code != regions.NATIONAL]
SERVICES = ("read-guides", "answers", "outlets", "contacts")


@pytest.fixture
def visit(tmp_path):
    """Return a maker of visits of nobody, at a kiosk with outlets."""
    store = Store.open(tmp_path, "610200-001")
    outlets = {key: json.dumps(row) for key, row in OUTLETS.items()}

    def make(service, region="610200", unavailable=(), rows=None, entry=""):
        feeds = {"outlets": outlets} if rows is None else rows
        return Visit(
            visit_id="v1",
            kiosk_id="610200-001",
            region=region,
            centre=None,
            journal=Journal(store),
            printer=Printer(CONFIRMED, CONFIRMED),
            state=lambda: VisitState(service=service),
            happened=lambda _event: None,
            unavailable_reason=lambda name: "不能办" if name in unavailable else "",
            library=Library(lambda feed: feeds.get(feed, {}), Position(34.889, 108.92)),
            entry=entry,
        )

    yield make
    store.close()


def use(visit, *answers):
    """Give ``answers`` to the service of a visit; return what was shown, and how it ended: None for 返回 at the end."""
    conversation, shown, waiting = services()[visit.state().service].run(visit), [], list(answers)
    answer: object = None
    try:
        while True:
            went_back = answer if isinstance(answer, WentBack) else None
            shown.append(conversation.throw(went_back) if went_back else conversation.send(answer))
            answer = None if isinstance(shown[-1], Working) else waiting.pop(0)
    except StopIteration as end:
        return shown, end.value
    except WentBack:
        return shown, None


def first_page(visit):
    """Return what the service of a visit shows first."""
    return services()[visit.state().service].run(visit).send(None)


def reported(visit):
    """Return what the centre is going to hear of a search without an answer."""
    rows = visit.journal._store.rows("SELECT body FROM outbox WHERE type = 'question.unanswered'")
    [body] = [json.loads(row["body"]) for row in rows]
    return body


def keys(article):
    return [action.key for action in article.actions]


@pytest.mark.parametrize("name", SERVICES)
def test_anybody_may_ask_and_the_centre_is_not_needed(name):
    service = services()[name]
    assert service.accepts == ANYBODY
    assert (service.proof, service.offline) == (Proof.NOTHING, Offline.SERVE)


def test_a_guide_has_the_twelve_fields_in_their_order(visit):
    shown, _ = use(visit("read-guides", entry="g03"), "slip", "activate-card")
    article = shown[0]
    assert article.title == "社会保障卡启用（社保功能激活）"
    assert [section.heading for section in article.sections] == [
        *(
            "受理单位",
            "办理依据",
            "申请主体",
            "受理条件",
            "申请材料",
            "办理流程",
            "收费依据及标准",
            "办理时限",
        ),
        *("咨询电话", "监督电话", "办理地点", "声明"),
    ]
    assert all(section.text for section in article.sections)


def test_a_guide_leads_to_the_service_that_does_it_here(visit):
    shown, end = use(visit("read-guides", entry="g03"), "activate-card")
    assert keys(shown[0]) == ["activate-card", "slip"]
    assert end == GoOnWith("activate-card")


def test_a_guide_leads_to_the_outlets_where_this_machine_does_not_do_it(visit):
    shown, end = use(visit("read-guides", unavailable=["activate-card"], entry="g03"), "outlets/社保卡激活")
    assert keys(shown[0]) == ["outlets/社保卡激活", "slip"]
    assert end == GoOnWith("outlets/社保卡激活")
    listed = first_page(visit("outlets", entry="社保卡激活"))
    assert {option.key for option in listed.options} == {"610200-01", "610200-02"}


def test_guides_are_found_by_group_or_by_typing_and_back_leads_to_the_list(visit):
    shown, _ = use(visit("read-guides"), "g01", WentBack(), "g17", "print-participation-certificate")
    listed = shown[0]
    assert isinstance(listed, FindInList) and shown[2] is listed
    assert [title for title, _keys in listed.groups][:2] == ["社会保障卡", "退休养老"]
    grouped = [key for _title, group in listed.groups for key in group]
    assert sorted(grouped) == sorted(option.key for option in listed.options)


def test_the_slip_of_a_guide_is_printed_once_at_each_touch_with_what_to_bring(visit):
    at = visit("read-guides", entry="g01")
    use(at, "slip", WentBack())
    [slip] = at.printer.printed
    assert any("申请材料：有效身份证件" in line for line in slip) and "仅供参考" in slip


def test_the_telephones_of_a_guide_are_the_regions_own(visit):
    def phones(region):
        article = first_page(visit("read-guides", region=region, entry="g17"))
        return {section.heading: section.text for section in article.sections}

    assert phones("371003")["咨询电话"] == "0631-8468753"
    assert phones("371003")["监督电话"] == "0631-8083883"
    assert phones("440200")["监督电话"] == "没有公布，可以拨打12333"


def test_an_answer_says_the_rule_its_basis_its_day_and_what_was_the_rule_before(visit):
    article = first_page(visit("answers", entry="p01"))
    assert isinstance(article, ShowArticle)
    assert "63岁" in article.text and "60周岁" not in article.text
    past = next(section for section in article.sections if "过去的规定" in section.heading)
    assert "60周岁" in past.text and "不再适用" in past.heading
    assert "第十六条" in article.source and "2026-11-27" in article.source


def test_the_slip_of_an_answer_tells_past_from_present_too(visit):
    at = visit("answers", entry="p01")
    use(at, "slip", WentBack())
    [slip] = at.printer.printed
    assert any(line.startswith("过去的规定（现在不再适用）：") for line in slip)
    assert not any("60周岁" in line and not line.startswith("过去的规定") for line in slip)


def test_an_answer_leads_only_to_a_service_that_can_be_used_here(visit):
    assert keys(first_page(visit("answers", entry="c04"))) == ["activate-card", "slip"]
    assert keys(first_page(visit("answers", unavailable=["activate-card"], entry="c04"))) == ["slip"]


@pytest.mark.parametrize(("agrees", "kept"), [(True, "gongjijin"), (False, None)])
def test_a_search_without_an_answer_is_reported_with_its_words_only_if_the_citizen_agrees(
    visit, agrees, kept
):
    at = visit("answers")
    shown, _ = use(at, NotListed("gongjijin"), agrees, None, "c04", "activate-card")
    assert isinstance(shown[1], Confirm) and isinstance(shown[2], Notice)
    assert reported(at) == ({"typed": kept} if kept else {})


def test_who_asked_is_not_told_with_what_they_looked_for(visit):
    at = visit("answers")
    at.partition = "61" * 16
    use(at, NotListed("gongjijin"), True, None, "c04", "activate-card")
    [row] = at.journal._store.rows("SELECT * FROM outbox WHERE type = 'question.unanswered'")
    assert "6161" not in str(dict(row)) and "v1" not in str(dict(row))


def test_what_may_be_somebodys_number_is_never_kept(visit):
    at = visit("answers")
    shown, _ = use(at, NotListed("61020019750317"), None, "c04", "activate-card")
    assert not any(isinstance(page, Confirm) for page in shown)
    assert reported(at) == {}


def test_the_nearest_outlet_that_does_it_comes_first_with_its_distance_and_hours(visit):
    answers = ("社保卡补换", "610200-03", "slip", WentBack(), WentBack(), WentBack())
    shown, _ = use(visit("outlets"), *answers)
    offered, listed, article = shown[:3]
    assert "社保卡补换" in {option.key for option in offered.options}
    assert [option.key for option in listed.options] == ["610200-03", "610200-02"]
    assert listed.options[0].hint.startswith("直线约100米")
    assert [section.heading for section in article.sections][:3] == ["地址", "离这里多远", "今天几点"]


def test_a_region_without_outlets_names_its_telephone(visit):
    page = first_page(visit("outlets", region="210000", rows={}))
    assert page.sections[0].text == "(024)12333"


@pytest.mark.parametrize("region", REGIONS)
def test_each_region_has_its_telephones_and_12333_where_no_source_gives_one(visit, region):
    page = first_page(visit("contacts", region=region))
    assert "12333" in page.sections[0].text
    assert all(section.text for section in page.sections)


def test_every_guide_and_answer_of_every_region_can_be_read(visit):
    for region in REGIONS:
        for service, rows in (
            ("read-guides", Library().guides(region)),
            ("answers", Library().answers(region)),
        ):
            for key in rows:
                page = first_page(visit(service, region=region, entry=key))
                assert isinstance(page, ShowArticle) and page.title == getattr(rows[key], "item", page.title)


def test_the_day_of_an_answer_is_that_of_its_row():
    assert bundled_rows("answers")["p01"]["as_of"] == date(2026, 11, 27)
