"""What each calculator asks and answers, told as citizens tell it."""

import random
from datetime import date

import pytest

from kiosk.dialogue.language import catalogue, say
from kiosk.dialogue.questions import (
    Choose,
    EnterMonth,
    FindInList,
    Finished,
    Interruption,
    ShowArticle,
    WentBack,
)
from kiosk.rules.texts import Sentence
from kiosk.services import advice
from kiosk.services.service import ANYBODY, Gets, Offline, Proof, services
from kiosk.visit.person import Person
from tests.kiosk.saying import said
from tests.kiosk.services.asking import at_random, section, text_of, told, visit_of, walk
from tests.kiosk.services.calculators import ALL, AT_THE_COUNTER, COMPUTED
from tests.people import WANG

HOLDER = Person("王建国", WANG.id_number)


def titles(asked):
    return [question.title for question in asked]


# What holds for all of them.


@pytest.mark.parametrize("name", ALL)
def test_anybody_may_ask_without_a_card_or_the_centre(name):
    service = services()[name]
    assert (service.accepts, service.proof) == (ANYBODY, Proof.NOTHING)
    assert (service.offline, service.gets) == (Offline.SERVE, Gets.ANSWER)


@pytest.mark.parametrize("name", ALL)
def test_an_answer_has_its_basis_is_for_information_and_can_be_printed(name):
    some = random.Random(name)
    for _ in range(20):
        _asked, article = walk(name, at_random(some))
        assert section(article, "依据")
        assert article.source == "仅供参考，以经办机构核定为准"
        assert [option.label for option in article.actions] == ["打印", "看完了"]


@pytest.mark.parametrize("name", ALL)
def test_nothing_of_an_answer_or_a_question_is_a_count_that_is_said_aloud(name):
    some = random.Random(name)
    for _ in range(20):
        asked, article = walk(name, at_random(some))
        assert [value for question in (*asked, article) for value in numbers(question)] == []


def numbers(thing):
    """Yield every number that stands in a text as a number."""
    if isinstance(thing, Sentence):
        for value in thing.values.values():
            yield from ([value] if isinstance(value, int | float) else numbers(value))
    elif isinstance(thing, tuple):
        for one in thing:
            yield from numbers(one)
    elif hasattr(thing, "__dataclass_fields__"):
        for field in thing.__dataclass_fields__:
            value = getattr(thing, field)
            yield from (
                numbers(value)
                if isinstance(value, str | tuple) or hasattr(value, "__dataclass_fields__")
                else ()
            )


@pytest.mark.parametrize("name", ALL)
def test_every_page_can_be_said_in_english(name):
    some = random.Random(name)
    for _ in range(20):
        asked, article = walk(name, at_random(some))
        for question in (*asked, article):
            assert set(said(question).msgids) <= catalogue("en").keys()
            assert said(question).loose == (), question
            assert say(question.title, "en") != question.title


@pytest.mark.parametrize("name", sorted(COMPUTED))
def test_back_from_the_answer_leads_to_the_last_question_with_its_answer(name):
    answer = at_random(random.Random(name))
    conversation = services()[name].start(visit_of())
    question, before, given = next(conversation), None, None
    while not isinstance(question, ShowArticle):
        before, given = question, answer(question)
        question = conversation.send(given)
    again = conversation.throw(WentBack())
    assert again.title == before.title
    assert getattr(again, "value", given) == given


def test_an_answer_is_read_or_printed_and_printed_once():
    conversation = services()["special-work"].start(visit_of())
    next(conversation)
    with pytest.raises(StopIteration) as end:
        conversation.send(advice.DONE)
    assert isinstance(end.value.value, Finished)


def test_back_from_an_answer_without_questions_leaves():
    conversation = services()["special-work"].start(visit_of())
    next(conversation)
    with pytest.raises(Interruption):
        conversation.throw(WentBack())


def test_who_has_shown_a_credential_finds_birth_and_sex_chosen_already():
    asked, _article = walk("calc-retirement-age", told("male", date(1975, 3, 1)), visit_of(HOLDER))
    assert asked[0].value == "male"
    assert asked[1].value == date(1975, 3, 1)


# 退休年龄


def test_a_man_of_september_1976_retires_at_63():
    asked, article = walk("calc-retirement-age", told("male", date(1976, 9, 1)))
    assert len(asked) == 2
    answer = section(article, "答复")
    assert "63岁0个月" in answer and "2039-09" in answer and "240个月" in answer
    assert "渐进式延迟法定退休年龄" in section(article, "依据")
    assert section(article, "根据您说的") == "类别：男\n出生年月：1976-09"


def test_a_woman_who_does_not_know_her_post_is_told_both_ages():
    _asked, article = walk("calc-retirement-age", told("female", "unit", "unsure", date(1980, 5, 1)))
    assert "52岁9个月" in section(article, "女，原来50岁退休")
    assert "57岁8个月" in section(article, "女，原来55岁退休")


def test_a_woman_who_pays_herself_hears_that_the_agency_decides():
    _asked, article = walk("calc-retirement-age", told("female", "flexible", date(1980, 5, 1)))
    assert "以经办机构认定为准" in section(article, "请注意")


# 弹性退休


def test_early_retirement_needs_a_notice_three_months_before():
    asked, article = walk("calc-elastic", told("male", date(1976, 9, 1), date(2037, 1, 1), "240"))
    month = asked[2]
    assert isinstance(month, EnterMonth)
    assert (month.first, month.last, month.value) == (date(2036, 9, 1), date(2042, 9, 1), date(2039, 9, 1))
    assert "可以选择在2037-01退休" in section(article, "答复")
    assert section(article, "什么时候告知") == "提前退休：最晚在2036-10-01书面告知单位。"


def test_late_retirement_is_agreed_a_month_before_and_the_statutory_month_needs_nothing():
    _asked, article = walk("calc-elastic", told("male", date(1976, 9, 1), date(2040, 1, 1), "240"))
    assert section(article, "什么时候告知") == "延迟退休：最晚在2039-12-01和单位书面约定。"
    _asked, article = walk("calc-elastic", told("male", date(1976, 9, 1), date(2039, 9, 1), "240"))
    assert "什么时候告知" not in text_of(article)


def test_before_the_law_nothing_may_be_chosen_and_no_month_is_asked_for():
    asked, article = walk("calc-elastic", told("male", date(1955, 1, 1)))
    assert len(asked) == 2
    assert "弹性退休从2025年01月01日起施行" in section(article, "答复")


# 年限不够


def test_who_has_enough_is_told_so_and_asked_nothing_more():
    asked, article = walk("calc-short-years", told("male", date(1964, 3, 1), "180"))
    assert len(asked) == 3
    assert section(article, "答复").startswith("已经够了：缴了15年，要15年。")
    assert "一、接着缴" not in text_of(article)


def test_who_is_short_at_the_age_hears_four_ways_and_what_the_ending_takes():
    answers = ("male", date(1962, 3, 1), "150", "before", "5")
    _asked, article = walk("calc-short-years", told(*answers))
    assert section(article, "答复").startswith("还差2年6个月：缴了12年6个月，要15年。")
    assert "接着缴到够" in section(article, "一、接着缴")
    assert section(article, "二、一次补齐") == "可以一次性缴费到满15年。"
    assert "可以转入居民养老保险" in section(article, "三、转居民养老")
    ending = section(article, "四、书面终止").split("\n")
    assert [
        word in line
        for word, line in zip(("书面申请", "书面告知", "书面确认", "付给本人"), ending, strict=True)
    ] == [True] * 4
    assert "第三条" in section(article, "依据")


def test_who_joined_after_the_law_cannot_pay_the_rest_at_once():
    _asked, article = walk("calc-short-years", told("male", date(1962, 3, 1), "150", "after"))
    assert "不符合一次性缴费的条件" in section(article, "二、一次补齐")


def test_before_the_age_nothing_is_asked_about_the_lump_sum():
    asked, article = walk("calc-short-years", told("male", date(1990, 3, 1), "150"))
    assert len(asked) == 3
    assert "现在还没有到退休年龄" in section(article, "二、一次补齐")
    assert "还差7年6个月" in section(article, "答复")


# 待遇领取地


def test_the_last_province_with_ten_years_pays():
    answers = ("610000", "440000", "130", "yes", "420000", "60", "no", "none")
    asked, article = walk("calc-benefit-place", told(*answers))
    assert isinstance(asked[0], FindInList)
    assert section(article, "答复").startswith("在广东领取。")
    assert "广东：10年10个月\n湖北：5年" in section(article, "根据您说的")


def test_a_temporary_account_does_not_count():
    answers = ("610000", "440000", "60", "yes", "420000", "130", "no", "420000", "none")
    _asked, article = walk("calc-benefit-place", told(*answers))
    assert section(article, "答复").startswith("在陕西领取。")
    assert "临时缴费账户：湖北" in section(article, "根据您说的")


def test_six_places_are_the_most():
    answers = ["610000", *(["440000", "12", "yes"] * 5), "420000", "12", "none"]
    asked, _article = walk("calc-benefit-place", told(*answers))
    assert len([question for question in asked if "多少个月" in question.title]) == 6


# 城乡衔接


def test_residents_who_have_paid_enough_as_employees_move_there_and_gather_first():
    answers = ("no", "male", date(1962, 3, 1), "200", "several")
    _asked, article = walk("calc-pension-systems", told(*answers))
    assert "可以把居民养老保险转入职工养老保险" in section(article, "答复")
    assert section(article, "到哪里办").split("\n")[0].startswith("先把各地的职工养老保险关系归到")


def test_who_is_paid_a_pension_is_asked_nothing_more():
    asked, article = walk("calc-pension-systems", told("yes"))
    assert len(asked) == 1
    assert "不能再办理" in section(article, "答复")


# 居民养老


def li(*answers):
    """Mr Li of the published example: born in January 1960, every year since 2010 but 2017."""
    return walk("calc-resident", told(date(1960, 1, 1), "no", "none", "yes", "2010", "2019", *answers))[1]


def test_a_missing_year_must_be_paid_first():
    assert "还要补缴：2017年" in section(li("yes", "2017", "no", "no"), "答复")


def test_a_year_that_was_paid_later_counts_from_the_month_after():
    article = li("yes", "2017", "yes", date(2020, 4, 1), "no")
    assert "从2020-05起领取居民养老金" in section(article, "答复")
    assert "2017年没有按时缴：2020-04补缴" in section(article, "根据您说的")


def test_a_year_that_cannot_be_is_asked_for_again():
    asked, _article = walk(
        "calc-resident", told(date(1960, 1, 1), "no", "none", "yes", "2001", "2010", "2009", "2019", "no")
    )
    problems = [question.problem for question in asked if getattr(question, "problem", "")]
    assert problems == [f"请输入2010年到{advice.today().year}年之间的年份。"] * 2


def test_in_wendeng_the_number_for_reports_is_told():
    answers = (date(1960, 1, 1), "no", "none", "no")
    _asked, article = walk("calc-resident", told(*answers), visit_of(region="371003"))
    assert "8081878" in section(article, "请注意")
    _asked, article = walk("calc-resident", told(*answers))
    assert "8081878" not in text_of(article)


# 灵活就业, 残疾人, 重复领取


def test_a_base_of_4000_is_divided_into_320_and_480():
    _asked, article = walk("calc-contribution", told("4000"))
    assert section(article, "答复") == "每月缴费800.00元，其中320.00元记入个人账户，480.00元记入统筹基金。"


def test_in_wendeng_the_government_pays_for_the_severely_disabled_who_may_claim_at_55():
    wendeng = visit_of(region="371003")
    _asked, article = walk("calc-disability-subsidy", told("1", "no"), wendeng)
    assert "政府代缴300.00元，另补贴50.00元" in section(article, "答复")
    assert "55周岁" in section(article, "几岁领")
    _asked, article = walk("calc-disability-subsidy", told("3", "no"), wendeng)
    assert "几岁领" not in text_of(article)


def test_elsewhere_no_amount_is_promised_to_the_disabled():
    _asked, article = walk("calc-disability-subsidy", told("1", "no"))
    assert "规定没有写明" in section(article, "答复")
    assert "几岁领" not in text_of(article)


def test_more_cannot_be_returned_than_was_received():
    answers = (date(2015, 6, 1), "30000", "40000", "0", "12000")
    asked, article = walk("calc-duplicate", told(*answers))
    assert [question.problem for question in asked[2:4]] == ["", "退的不会比领的多，请再看一看。"]
    assert "12000.00元后还差18000.00元" in section(article, "答复")


def test_a_woman_of_forty_may_join_with_her_id_card_and_who_is_insured_by_a_unit_not():
    birth = date(advice.today().year - 40, 1, 1)
    _asked, article = walk("calc-flexible-insurance", told("female", birth, "no"))
    assert "可以按灵活就业人员参保" in section(article, "答复")
    assert section(article, "带什么") == "带本人身份证，不看户籍。"
    _asked, article = walk("calc-flexible-insurance", told("female", birth, "yes"))
    assert "不能同时按灵活就业人员参保" in section(article, "答复")


def test_where_no_source_says_who_may_join_that_is_said():
    answers = ("male", date(1990, 1, 1), "no")
    _asked, article = walk("calc-flexible-insurance", told(*answers), visit_of(region="420100"))
    assert "规定没有写明" in section(article, "答复")


# 去世, 停发


def test_after_a_death_by_illness_the_fund_pays_three_things_and_the_notice_has_its_day():
    answers = ("no", "illness", date(2026, 5, 20), "yes", "240")
    _asked, article = walk("death-help", told(*answers))
    answer = section(article, "答复")
    assert "个人账户余额可以继承" in answer and "丧葬补助金和抚恤金" in answer
    assert "2026年06月17日前告诉经办机构" in answer
    assert "8175.50元" in section(article, "大约多少钱")
    assert "规定没有写明" in section(article, "请注意")


def test_after_a_death_at_work_the_injury_fund_pays():
    asked, article = walk("death-help", told("no", "work-injury", date(2026, 5, 20), "yes"))
    assert "多少个月" not in "".join(titles(asked))
    assert "由工伤保险基金支付" in section(article, "答复")
    assert "1130040.00元" in section(article, "大约多少钱")


def test_the_day_of_a_notice_is_counted_in_working_days():
    _asked, article = walk("stop-notice", told(date(2026, 5, 20)))
    assert section(article, "答复").startswith("最晚在2026-06-17告诉经办机构（20个工作日）。")


# 单位缴费


def test_a_plan_of_noon_is_pushed_at_one_and_payable_at_two():
    asked, article = walk("unit-payment-help", told("pay", date(2026, 5, 20), "10"))
    assert [option.label for option in asked[2].options] == [
        *("0点到5点", "5点到10点", "10点到13点", "13点到15点", "15点到24点")
    ]
    assert "05月20日13:00推送给税务，大约05月20日14:00可以缴费" in section(article, "答复")
    assert "22日24时" in section(article, "答复")
    assert (
        section(article, "每天推送的时间") == "每天5点、10点、13点、15点、24点推送，推送后大约1小时可以缴费。"
    )
    assert section(article, "六个步骤").startswith("①经办机构缴费核定→②社保共享平台")


def test_a_plan_of_the_last_evening_may_come_too_late():
    _asked, article = walk("unit-payment-help", told("pay", date(2026, 5, 31), "15"))
    assert "当月可能来不及缴费" in section(article, "答复")


def test_in_shaanxi_since_april_2024_the_tax_office_is_named_and_no_push_is_promised():
    asked, article = walk("unit-payment-help", told("pay", date(2026, 5, 20)), visit_of(region="610100"))
    assert len(asked) == 2
    assert "2024年04月01日起由税务部门征收" in section(article, "答复")
    assert "推送的时间" not in text_of(article)
    _asked, article = walk(
        "unit-payment-help", told("pay", date(2024, 3, 20), "10"), visit_of(region="610100")
    )
    assert "13:00推送给税务" in section(article, "答复")


def test_where_the_pack_shows_the_process_of_before_the_tax_office_is_pointed_to():
    _asked, article = walk("unit-payment-help", told("declare", date(2026, 5, 20)))
    assert section(article, "请注意") == "2024年4月1日起由税务部门征收，请以税务部门为准。"
    _asked, article = walk("unit-payment-help", told("declare", date(2024, 3, 20)))
    assert "请注意" not in text_of(article)


def test_only_hours_that_have_begun_are_offered_for_a_plan_of_today():
    asked, _article = walk("unit-payment-help", told("pay", advice.today(), "0"))
    assert isinstance(asked[2], Choose)
    assert 1 <= len(asked[2].options) <= 5


# 打包办


def test_moving_in_from_another_province_in_work():
    answers = ("in", "across-provinces", "employed", "self")
    _asked, article = walk("transfer-bundle", told(*answers))
    assert "基金要转" in section(article, "养老保险") and "si.12333.gov.cn" in section(article, "养老保险")
    assert "规定没有写明" in section(article, "失业保险")
    assert section(article, "工伤保险").startswith("不用办理转移手续")
    assert "医保参保凭证" in section(article, "医疗保险")
    assert "军人优先" in section(article, "请注意")


def test_moving_out_unemployed_names_the_paper_and_the_four_items():
    answers = ("out", "within-province", "unemployed", "agent")
    _asked, article = walk("transfer-bundle", told(*answers))
    unemployment = section(article, "失业保险")
    assert "失业保险金异地转出明细表(介绍信)" in unemployment
    assert all(
        item in unemployment for item in ("失业保险金", "基本医疗保险费", "职业培训补贴", "职业介绍补贴")
    )
    assert "代办人身份证" in section(article, "医疗保险")


def test_outside_wendeng_nothing_local_is_promised():
    answers = ("in", "within-province", "employed", "self")
    _asked, here = walk("transfer-bundle", told(*answers))
    _asked, there = walk("transfer-bundle", told(*answers), visit_of(region="371003"))
    assert "以当地规定为准" in section(here, "请注意")
    assert "以当地规定为准" not in section(there, "请注意")
    assert "0631-8468753" in section(there, "养老保险") and "12333" in section(here, "养老保险")


@pytest.mark.parametrize("name", sorted(AT_THE_COUNTER - {"leave-country"}))
def test_what_is_never_computed_here_leads_to_the_counter(name):
    _asked, article = walk(name, told())
    assert section(article, "答复").startswith("请到窗口问：")
