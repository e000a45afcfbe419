"""算退休年龄: the statutory age by the delays of 2025, and the years of contribution that its year needs."""

from dataclasses import replace

from kiosk.dialogue.interview import Answers
from kiosk.dialogue.questions import Option
from kiosk.dialogue.words import _
from kiosk.rules.law import Category
from kiosk.rules.retirement import minimum_contribution, retirement_age
from kiosk.services.advice import Advice, Part, advice_service, advise, basis_of, said
from kiosk.services.questions import (
    CATEGORIES,
    MANAGER,
    POST,
    WORKER,
    birth_of,
    birth_step,
    category_of,
    category_steps,
)
from kiosk.services.service import Conversation
from kiosk.visit.visit import Visit

UNSURE = "unsure"
POST_OR_UNSURE = replace(POST, options=(MANAGER, WORKER, Option(UNSURE, _("不清楚"), _("两种都算"))))
FLEXIBLE = _("女性自己缴费的归哪一档，以经办机构认定为准。")


@advice_service(
    "calc-retirement-age",
    group="retirement",
    position=1,
    label=_("算退休年龄"),
    hint=_("按出生年月算，不用带卡"),
    words=(
        "退休年龄计算",
        "什么时候退休",
        "何时退休",
        "啥时候退休",
        "几岁退休",
        "延迟退休算一下",
        "68年的几时退",
        "女工人几岁退",
        "现在还是60退吗",
        "多大岁数领养老金",
    ),
)
def calc_retirement_age(visit: Visit) -> Conversation:
    """Ask for category and birth, and say when the person retires."""
    steps = (*category_steps(visit, POST_OR_UNSURE), birth_step(visit))
    return (yield from advise(visit, steps, advice_on))


def advice_on(answers: Answers) -> Advice:
    """Return the age of each category that the person may belong to."""
    birth = birth_of(answers)
    categories = _categories(answers)
    ages = [retirement_age(category, birth) for category in categories]
    minimums = [minimum_contribution(age.result.month.year) for age in ages]
    parts = [
        Part((said(age), said(minimum)), CATEGORIES[category] if len(categories) > 1 else "")
        for category, age, minimum in zip(categories, ages, minimums, strict=True)
    ]
    if answers.get("work") == "flexible":
        parts.append(Part((FLEXIBLE,), _("请注意")))
    return Advice(
        question=_("什么时候退休"),
        parts=tuple(parts),
        basis=basis_of(*ages, *minimums),
        given=(*((_("类别"), CATEGORIES[each]) for each in categories), (_("出生年月"), str(birth))),
    )


def _categories(answers: Answers) -> tuple[Category, ...]:
    return ("female50", "female55") if answers.get("post") == UNSURE else (category_of(answers),)
