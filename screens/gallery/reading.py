"""Invented things to read and to find, as long as the longest that are published."""

from kiosk.dialogue.questions import FindInList, Option, Section, ShowArticle
from kiosk.dialogue.words import TranslatableText

NAMES = (
    *(
        "参保证明打印",
        "缴费证明打印",
        "社会保障卡启用",
        "社会保障卡补领换领",
        "失业保险金申领",
        "工伤认定申请",
    ),
    "社会保险职工/退休参保信息变更登记（职工养老）",
)
PARAGRAPH = (
    "到法定退休年龄，又缴满最低年限，就能申请。2025年起年龄逐步推迟：男到63岁，女到58岁或55岁，按出生年月查；"
    "最低年限2029年前15年，2030年起每年加半年，2039年起20年。"
)


def article() -> ShowArticle:
    """Return an answer with all that an answer may have."""
    sections = (
        Section("具体怎么办", "\n".join([PARAGRAPH] * 4)),
        Section("要带什么", "本人有效身份证件。"),
        Section("过去的规定", "2024年12月31日以前：男满60岁，女干部满55岁，女工人满50岁。现在不再适用。"),
    )
    return ShowArticle(
        title=TranslatableText("到多大年龄能领养老金？"),
        text=PARAGRAPH,
        sections=sections,
        actions=(
            Option("do", TranslatableText("现在就办")),
            Option("slip", TranslatableText("打印小票")),
        ),
        source=TranslatableText(
            "依据：{basis}", basis="《中华人民共和国社会保险法》第十六条（查于2026-11-27）"
        ),
    )


def find_in_list(*, groups: bool) -> FindInList:
    """Return a list of so many things that they are found by typing."""
    options = tuple(
        Option(str(place), f"{name}（{place // len(NAMES) + 1}）", "参保地社会保险经办机构办理")
        for place, name in enumerate(NAMES * 6)
    )
    keys = tuple(option.key for option in options)
    return FindInList(
        title=TranslatableText("办事指南"),
        text=TranslatableText("点下面的字母，打事项的拼音或者每个字拼音的第一个字母。"),
        options=options,
        groups=(("社保卡", keys[:14]), ("养老保险", keys[14:28]), ("失业和工伤", keys[28:]))
        if groups
        else (),
        missing=TranslatableText("没有我要找的"),
    )
