"""Every text is said in the citizen's language, and data stays what it is."""

from kiosk.language import say
from kiosk.words import _


def test_words_are_said_in_the_language_with_their_values():
    assert say(_("还可以输入 {left} 次", left=3), "en") == "Tries left: 3"
    assert say(_("还可以输入 {left} 次", left=3), "zh") == "还可以输入 3 次"


def test_data_is_the_same_in_every_language():
    assert say("王*国", "en") == "王*国"
