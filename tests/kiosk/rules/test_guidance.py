"""Where an errand is done that no kiosk does: the region's own places and papers, or that its rules are silent."""

import pytest

from kiosk.rules import regions
from kiosk.rules.guidance import guidance

REGIONS = [code for code in regions.codes() if code != "000000"]


def told(region, errand, why=None):
    return guidance(region, errand, why).result


def places(region, errand, why=None):
    return [place for route in told(region, errand, why).routes for place in route.places]


@pytest.mark.parametrize(
    ("region", "errand", "first"),
    [
        ("610200", "reset-pin", "社保卡服务网点"),
        ("210000", "reset-pin", "合作银行(建行)社会保障卡服务网点"),
        ("420100", "reset-pin", "社会保险经办机构"),
        ("371003", "report-loss", "社会保障卡服务窗口"),
        ("440200", "report-loss", "代理服务网点"),
        ("650200", "replace-card", "参保人所属社保经办机构社保卡综合服务窗口"),
        ("210200", "replace-card", "社会保障卡经办点"),
        ("610200", "certify", "社会保险经办窗口"),
        ("610200", "face-retirement", "陕西养老保险APP"),
        ("650200", "temporary-card", "社保卡综合服务窗口"),
    ],
)
def test_somebody_is_sent_to_a_place_by_the_name_that_the_region_gives_it(region, errand, first):
    answer = guidance(region, errand)
    assert answer.result.first_place == first
    assert answer.text == f"请到{first}办理"
    assert answer.basis


@pytest.mark.parametrize(
    ("region", "errand"),
    [
        ("371003", "replace-card"),
        ("210200", "reset-pin"),
        ("440200", "change-pin"),
        ("650200", "activate"),
        ("210000", "face-retirement"),
        ("420100", "temporary-card"),
    ],
)
def test_where_the_rules_are_silent_nobody_is_sent_anywhere(region, errand):
    answer = guidance(region, errand)
    assert answer.result.is_silent and "规定没有写明" in answer.text
    assert regions.find(region).name in answer.text


@pytest.mark.parametrize("region", REGIONS)
def test_a_kiosk_is_never_named_as_the_place_for_what_this_machine_does_not_do(region):
    kiosk = regions.find(region).names.kiosk
    assert not {"自助终端", kiosk.value if kiosk else ""} & set(places(region, "report-loss"))


def test_papers_are_those_of_the_reason_and_of_nothing_else():
    """韶关第十三条: who died needs no ID card of their own."""
    assert told("440200", "cancel-card", "death").papers == (
        "持卡人死亡证明",
        "死者亲属的身份证或者居民户口簿",
        "社会保险关系终止证明",
        "原卡",
    )
    assert "公安机关出具的变更证明材料" in told("210000", "replace-card", "identity").papers
    assert told("210000", "replace-card", "lost").papers == ()


def test_papers_that_no_source_states_are_not_invented():
    (route,) = told("610200", "replace-card", "lost").routes
    assert route.papers is None and route.agent is None


@pytest.mark.parametrize(
    ("region", "why", "fee", "term"),
    [
        ("420100", "lost", "要交工本费", "7个工作日"),
        ("420100", "quality", "", "7个工作日"),
        ("210200", "quality", "不收费", "7个工作日"),
        ("440200", "damaged", "没有写明", "30天"),
        ("610200", "lost", "没有写明", "没有写明"),
        ("650200", "unreadable", "要交工本费", "没有写明"),
    ],
)
def test_a_new_card_costs_and_takes_what_the_region_says(region, why, fee, term):
    heard = told(region, "replace-card", why)
    assert fee in heard.fee and bool(fee) == bool(heard.fee)
    assert term in heard.term


def test_what_becomes_of_a_loss_report_is_told():
    assert ("口头挂失", "7天有效，到期自动解除。") in told("610200", "release-loss").losses
    assert ("书面挂失", "15天内没有解除的，卡自动注销。") in told("440200", "report-loss").losses
    assert ("书面挂失", "长期有效，找到卡以后要自己办解除挂失。") in told("210000", "report-loss").losses
    assert ("临时挂失", "多久失效，规定没有写明。") in told("371003", "report-loss").losses


def test_rules_that_may_have_been_replaced_are_known_to_be_so():
    assert told("440200", "report-loss").is_uncertain
    assert not told("420100", "report-loss").is_uncertain


def test_a_district_hears_what_its_city_says():
    assert guidance("610203", "face-retirement") == guidance("610200", "face-retirement")
    assert guidance("610100", "face-retirement").result.is_silent


@pytest.mark.parametrize(
    ("errand", "term"),
    [
        ("claim-pension", "20个工作日"),
        ("claim-unemployment", "10个工作日"),
        ("injury-reimbursement", "20个工作日"),
    ],
)
def test_what_national_law_gives_a_time_for_is_told_with_it_in_every_region(errand, term):
    assert {term in told(region, errand).term for region in REGIONS} == {True}
