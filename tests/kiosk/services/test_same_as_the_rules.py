"""Whatever somebody answers, a calculator says what `kiosk rules` says to the same question, with the same basis."""

import json
import random
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pytest
from click.testing import CliRunner

from kiosk.commands.rules import rules
from kiosk.dialogue.interview import interview
from kiosk.rules.periods import BEIJING
from kiosk.services import advice
from kiosk.services.contributions import unit_payment_help
from kiosk.services.provinces import PROVINCES
from tests.kiosk.services.asking import REGION, at_random, section, text_of, walk

WALKS = 40
NOW = datetime.now(BEIJING)
Asked = Iterator[tuple[str, dict[str, Any]]]
"""Topics of `kiosk rules`, and what they are asked."""


def month(day: date) -> str:
    return f"{day:%Y-%m}"


def yuan(digits: str) -> str:
    return f"{int(digits)}.00"


def categories(answers) -> list[str]:
    if answers["sex"] == "male":
        return ["male"]
    if answers["work"] == "flexible":
        return ["female55"]
    return {"unsure": ["female50", "female55"]}.get(answers["post"], [answers["post"]])


def retires(answers) -> str:
    [category] = categories(answers)
    question = {"category": category, "birth": month(answers["birth"])}
    return ask("retirement-age", [question])[0]["result"]["month"]


def retirement_age(answers) -> Asked:
    for category in categories(answers):
        yield "retirement-age", {"category": category, "birth": month(answers["birth"])}


def elastic(answers) -> Asked:
    [category] = categories(answers)
    question: dict[str, Any] = {"category": category, "birth": month(answers["birth"])}
    if "chosen" in answers:
        question |= {"chosen": month(answers["chosen"]), "paid_months": int(answers["paid"])}
    yield "elastic-retirement", question


def short_years(answers) -> Asked:
    retiring = retires(answers)
    yield "minimum-contribution", {"year": int(retiring[:4])}
    paid = int(answers["paid"])
    needed = ask("minimum-contribution", [{"year": int(retiring[:4])}])[0]["result"]["months"]
    if paid >= needed:
        return
    reached = month(advice.today()) >= retiring
    known = {"retirement_month": retiring}
    yield (
        "pension-systems",
        {"age_reached": reached, "employee_months": paid, "already_receiving": False, **known},
    )
    if "since" in answers:
        first = "2011-06" if answers["since"] == "before" else "2011-07"
        extended = int(answers.get("extended", 0))
        yield "lump-sum", {"first_insured": first, "extended_years": extended, "paid_months": paid, **known}


def benefit_place(answers) -> Asked:
    places = [key for key in answers if key.startswith("place")]
    history = [[PROVINCES[answers[key]], int(answers[key.replace("place", "months")])] for key in places]
    temporary = [
        PROVINCES[answers[key]] for key in answers if key.startswith("temporary") and answers[key] != "none"
    ]
    yield (
        "benefit-place",
        {
            "hukou": PROVINCES[answers["hukou"]],
            "last_place": history[-1][0],
            "history": history,
            "temporary_accounts": temporary,
        },
    )


def pension_systems(answers) -> Asked:
    if answers["receiving"] == "yes":
        yield "pension-systems", {"age_reached": True, "employee_months": 0, "already_receiving": True}
        return
    yield (
        "pension-systems",
        {
            "age_reached": month(advice.today()) >= retires(answers),
            "employee_months": int(answers["paid"]),
            "already_receiving": False,
            "places": ["a", "b"] if answers["places"] == "several" else [],
            "retirement_month": retires(answers),
        },
    )


def resident(answers) -> Asked:
    late = {int(answers[f"year{n}"]): answers.get(f"when{n}") for n in range(6) if f"year{n}" in answers}
    years = range(int(answers.get("first", 1)), int(answers.get("last", 0)) + 1)
    question = {
        "birth": month(answers["birth"]),
        "asked": month(advice.today()),
        "paid_years": [year for year in years if year not in late],
        "backpaid": {str(year): month(when) for year, when in late.items() if when},
        "receives_other_pension": answers["other"] == "yes",
        "region": REGION,
    }
    if answers["grade"] != "none":
        question["disability_grade"] = int(answers["grade"])
    yield "resident-pension", question


def disability(answers) -> Asked:
    question: dict[str, Any] = {"year": advice.today().year, "grade": int(answers["grade"]), "region": REGION}
    yield "disability-subsidy", question | ({"own_tier": yuan(answers["tier"])} if "tier" in answers else {})


def contribution(answers) -> Asked:
    yield "contribution-split", {"base": yuan(answers["base"])}


def duplicate(answers) -> Asked:
    amounts = {"received": "received", "returned": "returned", "account_balance": "balance"}
    yield (
        "duplicate-pension",
        {"since": month(answers["since"])} | {field: yuan(answers[name]) for field, name in amounts.items()},
    )


def flexible(answers) -> Asked:
    yield (
        "flexible-insurance",
        {
            "region": REGION,
            "sex": answers["sex"],
            "birth": month(answers["birth"]),
            "asked": month(advice.today()),
            "insured_by_unit": answers["by_unit"] == "yes",
        },
    )


def death(answers) -> Asked:
    question: dict[str, Any] = {
        "retired": answers["retired"] == "yes",
        "cause": answers["cause"],
        "died": str(answers["died"]),
        "region": REGION,
    }
    question |= {"paid_months": int(answers["paid"])} if "paid" in answers else {}
    question |= {"injured": str(answers["injured"])} if "injured" in answers else {}
    yield "death-benefits", question


def unit_payment(answers) -> Asked:
    question: dict[str, Any] = {"region": REGION}
    match answers["topic"]:
        case "unpaid":
            question |= {"plan_month": month(answers["month"]), "unpaid_on": str(advice.today())}
        case "declare":
            question |= {"declare_at": f"{answers['day']}T12:00"}
        case topic:
            question |= {"generated_at": f"{answers['day']}T{int(answers['hours']):02}:00"}
            question |= {"cancel_at": f"{NOW:%Y-%m-%dT%H:%M}"} if topic == "cancel" else {}
    yield "collection-plan", question


def stop_notice(answers) -> Asked:
    yield "deadline", {"item": "entitlement-loss-notice", "received": str(answers["happened"])}


CALCULATORS = {
    "calc-retirement-age": retirement_age,
    "calc-elastic": elastic,
    "calc-short-years": short_years,
    "calc-benefit-place": benefit_place,
    "calc-pension-systems": pension_systems,
    "calc-resident": resident,
    "calc-disability-subsidy": disability,
    "calc-contribution": contribution,
    "calc-duplicate": duplicate,
    "calc-flexible-insurance": flexible,
    "death-help": death,
    "unit-payment-help": unit_payment,
}


def ask(topic: str, questions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Ask `kiosk rules` the questions, one a line."""
    lines = "\n".join(json.dumps(question, ensure_ascii=False) for question in questions)
    told = CliRunner().invoke(rules, [topic, "--text"], input=lines)
    assert told.exit_code == 0, told.output
    return [json.loads(line) for line in told.output.splitlines()]


@pytest.fixture
def answered(monkeypatch):
    """The answers of the walk before, by the names of their steps."""
    found: dict[str, Any] = {}

    def recording(steps, conclude):
        def concluded(answers):
            found.clear()
            found.update(answers)
            return conclude(answers)

        return interview(steps, concluded)

    monkeypatch.setattr(advice, "interview", recording)
    monkeypatch.setattr(unit_payment_help, "_now", lambda: NOW)
    return found


def is_said(rule: dict[str, Any], article) -> bool:
    """Return whether an article says the rule's sentence, and names each source and article of its basis."""
    basis = section(article, "依据")
    named = all(cited["source"] in basis and cited["article"] in basis for cited in rule["basis"])
    return named and rule["text"] in text_of(article)


@pytest.mark.parametrize("name", CALCULATORS)
def test_a_calculator_says_what_the_rules_say(name, answered):
    some = random.Random(name)
    for _ in range(WALKS):
        _asked, article = walk(name, at_random(some))
        for topic, question in CALCULATORS[name](answered):
            [rule] = ask(topic, [question])
            assert is_said(rule, article), (answered, rule, text_of(article))


def test_the_command_in_a_process_of_its_own_says_it_too(answered):
    _asked, article = walk("calc-elastic", at_random(random.Random(15)))
    [(topic, question)] = elastic(answered)
    command = [sys.executable, "-m", "kiosk", "rules", topic, "--text"]
    told = subprocess.run(command, input=json.dumps(question), capture_output=True, text=True, check=True)
    assert is_said(json.loads(told.stdout), article)


def test_the_bundle_says_of_each_insurance_what_the_rules_say(answered):
    some = random.Random(15)
    for _ in range(WALKS):
        _asked, article = walk("transfer-bundle", at_random(some))
        rows = {
            "employee-pension": "养老保险",
            "unemployment": "失业保险",
            "work-injury": "工伤保险",
            "medical": "医疗保险",
        }
        for insurance, heading in rows.items():
            question = {
                "insurance": insurance,
                "direction": answered["direction"],
                "scope": answered["scope"],
                "person": answered["person"],
                "agent": answered["agent"] == "agent",
            }
            [rule] = ask("transfer", [question])
            assert_row(section(article, heading), rule["result"])
            assert all(cited["article"] in section(article, "依据") for cited in rule["basis"])


def assert_row(row: str, result: dict[str, Any]) -> None:
    assert ("要办。" in row) is result["needed"]
    if not result["needed"]:
        return
    fund = {True: "基金要转。", False: "基金不转。", None: "规定没有写明"}
    assert fund[result["fund_moves"]] in row
    assert all(item in row for item in result["items"])
    assert (result["document"] or "") in row
    assert ("带什么，规定没有写明" in row) is (not result["papers"])


def test_the_last_day_of_the_notice_is_that_of_the_rules(answered):
    _asked, article = walk("stop-notice", at_random(random.Random(15)))
    [(topic, question)] = stop_notice(answered)
    [rule] = ask(topic, [question])
    assert rule["result"]["due"] in section(article, "答复")
