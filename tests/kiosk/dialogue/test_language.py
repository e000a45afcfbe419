"""Every text is said in the citizen's language, and data stays what it is."""

import ast
import string
from pathlib import Path

import pytest

from hardware.card import errors as card
from hardware.printer.receipt_printer import PrinterNotReadyError
from kiosk.attendant.error_notices import locked_notice, notice_of, refusal_of
from kiosk.card_acts.pin_change import NotInitialPinError, PinChangeUncertainError
from kiosk.credentials.card_permission import NotPermittedError, require_permission
from kiosk.dialogue.language import catalogue, say
from kiosk.dialogue.preferences import LANGUAGES
from kiosk.dialogue.words import _
from kiosk.menu.search import DIALECT, LEFT_OUT
from kiosk.paper.printer_words import PRINTER_PROBLEMS
from kiosk.paper.printing import CertificateNotHandedOverError
from kiosk.rules import regions
from kiosk.services.service import services
from sync.client import AnswerLostError, CentralRefusedError, CentralUnreachableError
from tests.kiosk.saying import HAN, said
from tools.catalogue import ROOT, texts

TEXTS = {text for text, _file in texts()}
OTHERS = [language for language in LANGUAGES if language != "zh"]
FOR_STAFF_OR_PAPER = ("kiosk/commands/", "kiosk/paper/certificates/", "kiosk/rules/")
FOR_THE_EAR = "kiosk/voice/"
NOT_SAID_ON_A_SCREEN = {
    "kiosk/card_acts/pin_change.py": {"社保功能激活", "修改社保密码"},  # on the receipt, which is Chinese
    "kiosk/menu/search.py": {LEFT_OUT.pattern, *DIALECT, *DIALECT.values()},  # what people type
    # Articles of the law, and the name of a number in a region pack.
    "kiosk/services/retirement/calc_resident.py": {"居民养老保险举报电话"},
    "kiosk/services/retirement/death_help.py": {"第三十一条", "第四十六条"},
    "kiosk/services/retirement/leave_country.py": {"第六条"},
    "kiosk/services/retirement/pension_amount.py": {"第十五条"},
    "kiosk/services/retirement/sick_allowance.py": {"第一条至第四条", "第十七条"},
    "kiosk/services/retirement/special_work.py": {"一、养老保险第1问"},
    "kiosk/services/retirement/stop_notice.py": {"第四十六条"},
    "kiosk/services/transfer/transfer_bundle.py": {
        *("第十二条", "第十三条", "第十四条", "第十五条", "第十六条", "第十七条")
    },
    "kiosk/credentials/card_holder.py": {"社会保障号码"},  # the name of an item in an error
}

SEARCH_TERMS = {term for service in services().values() for term in service.words}


def test_words_are_said_in_the_language_with_their_values():
    assert say(_("还可以输入 {left} 次", left=3), "en") == "Tries left: 3"
    assert say(_("还可以输入 {left} 次", left=3), "zh") == "还可以输入 3 次"


def test_words_among_the_values_are_said_in_the_language_too():
    problem = _("{problem}，暂时不能打印", problem=_("打印机缺纸"))
    assert say(problem, "en") == "The printer is out of paper: it cannot print now"


def test_data_is_the_same_in_every_language():
    assert say("王*国", "en") == "王*国"
    assert say(_("{name}，您好", name="王*国"), "en") == "Hello, 王*国"


def test_what_the_law_says_is_said_in_the_language_with_its_lists():
    with pytest.raises(NotPermittedError) as refusal:
        require_permission("210100", "activate", "not-activated")
    in_english = say(refusal.value.words, "en")
    assert (
        "“Activate the card” cannot be done at the self-service kiosk. Please use: a hospital" in in_english
    )
    assert ", a card service branch of the partner bank" in in_english


def test_what_the_centre_says_is_said_in_the_language_if_it_is_known_and_as_it_is_if_not():
    known = notice_of(
        CentralRefusedError("internal", "中心出了故障，没有办成。请稍后再试，或到人工窗口办理。")
    )
    assert say(known.text, "en").startswith("The centre is out of order")
    assert say(notice_of(CentralRefusedError("new", "没见过的话{}")).text, "en") == "没见过的话{}"


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_has_a_translation_and_no_translation_is_left_over(language):
    translated = catalogue(language)
    assert TEXTS - translated.keys() == set(), "python -m tools.catalogue, then translate"
    assert translated.keys() - TEXTS == set(), "python -m tools.catalogue drops what is gone"
    assert [text for text, translation in translated.items() if not translation.strip()] == []


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_has_the_same_blanks_as_the_text(language):
    for text, translation in catalogue(language).items():
        assert blanks(text) == blanks(translation), text


def test_no_chinese_stands_outside_the_catalogue():
    loose = {}
    for path in sorted((ROOT / "kiosk").rglob("*.py")):
        name = str(path.relative_to(ROOT))
        if not name.startswith((*FOR_STAFF_OR_PAPER, FOR_THE_EAR)):
            loose[name] = loose_literals(path) - NOT_SAID_ON_A_SCREEN.get(name, set()) - SEARCH_TERMS
    loose = {name: found for name, found in loose.items() if found}
    assert loose == {}, "mark it with _() or, if no citizen reads it, name it above"


TROUBLES = [
    *(PrinterNotReadyError(problem) for problem in PRINTER_PROBLEMS),
    CertificateNotHandedOverError("610200-2026-1"),
    CentralUnreachableError("no answer"),
    AnswerLostError("half an answer"),
    NotInitialPinError(5),
    PinChangeUncertainError(),
    card.InvalidPinError(3),
    card.CardUnresponsiveError(),
]


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda trouble: type(trouble).__name__)
def test_every_trouble_is_said_in_every_language(trouble):
    assert_sayable(notice_of(trouble))


@pytest.mark.parametrize(
    "trouble",
    [
        card.CardUnresponsiveError(),
        card.NotSocialSecurityCardError(),
        card.ApplicationBlockedError(),
        card.CardRemovedError(),
        *(card.CardContentError("", kind) for kind in card.ContentKind),
    ],
    ids=str,
)
def test_every_refusal_of_a_card_is_said_in_every_language(trouble):
    assert_sayable(refusal_of(trouble))


@pytest.mark.parametrize("region", [code for code in regions.codes() if code != regions.NATIONAL])
def test_what_every_region_says_to_a_locked_pin_is_said_in_every_language(region):
    assert_sayable(locked_notice(region))


def assert_sayable(question):
    found = said(question)
    assert not found.loose
    assert set(found.msgids) <= catalogue("en").keys()


def blanks(text):
    return {name for _text, name, _spec, _conversion in string.Formatter().parse(text) if name is not None}


def loose_literals(path: Path) -> set[str]:
    """Return the Chinese in a file that is neither a docstring nor marked for translation."""
    tree = ast.parse(path.read_text())
    passed = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "_":
            passed |= {id(argument) for argument in node.args}
    constants = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in passed]
    return {node.value for node in constants if isinstance(node.value, str) and HAN.search(node.value)}
