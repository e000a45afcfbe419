"""A text is the same text, however it was typed, stored or sent."""

import subprocess
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from text.clean import _ONCE_PRIVATE, TextError, clean_number, clean_text


@pytest.mark.parametrize("way", ["JOSE\u0301", "JOS\u00c9", "JOSE\u034f\u0301", "JOS\u200bE\u200d\u0301"])
def test_canonically_equal_texts_become_one(way):
    assert clean_text(way) == "JOS\u00c9"


INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b\u180e\u180f\u200b\u200f\u202a\u202e\u2060\u2065\u206f\u3164\ufe00\ufe0f"
    "\ufeff\uffa0\ufff0\ufff8\U0001bca0\U0001bca3\U0001d173\U0001d17a\U000e0000\U000e0020\U000e0100\U000e0fff"
)


@pytest.mark.parametrize("character", INVISIBLE, ids=lambda c: f"{ord(c):04X}")
def test_what_cannot_be_seen_is_left_out(character):
    assert clean_text(f"{character}王{character}建国{character}") == "王建国"


@pytest.mark.parametrize(
    ("old", "new"),
    [("\ue863", "䶮"), ("\ue81e", "龴"), ("\ue816", "\U00020087"), ("\ue815", "⺁"), ("\ue864", "龻")],
)
def test_a_character_that_had_no_place_in_unicode_once_is_the_one_that_has_it_now(old, new):
    assert clean_text(f"王{old}") == clean_text(f"王{new}") == f"王{new}"


GBK_ROW_FE = [bytes((0xFE, second)) for second in range(0x50, 0xA1) if second != 0x7F]
"""The two-byte codes of what is private from U+E815 on, in the same order."""
PRIVATE = range(0xE000, 0xF900)


def test_once_private_characters_are_those_of_gb_18030_as_python_and_the_system_know_it():
    kept = [clean_text(chr(0xE815 + place)) for place in range(len(GBK_ROW_FE))]
    by_python = [code.decode("gb18030") for code in GBK_ROW_FE]
    by_system = subprocess.run(
        ["iconv", "-f", "GB18030", "-t", "UTF-8"], input=b"".join(GBK_ROW_FE), capture_output=True, check=True
    ).stdout.decode()
    for known in (by_python, by_system):  # older tables have some of them in their private places still
        other = [its for mine, its in zip(kept, known, strict=True) if its != mine]
        assert len(other) <= 14 and all(ord(its) in PRIVATE for its in other)


@pytest.mark.parametrize(
    ("code", "private", "letter"), [(b"\xa8\xbc", "\ue7c7", "ḿ"), (b"\xa8\xbf", "\ue7c8", "ǹ")]
)
def test_letters_of_pinyin_that_were_private_are_letters(code, private, letter):
    assert clean_text(private) == letter
    assert code.decode("gb18030") in (private, letter)


SPACES = "\t\n\v\f\r \u0085\u00a0\u1680\u2000\u2007\u200a\u2028\u2029\u202f\u205f\u3000"


@pytest.mark.parametrize("space", SPACES, ids=lambda c: f"{ord(c):04X}")
def test_every_kind_of_space_is_one_space_between_words_and_none_at_the_ends(space):
    assert clean_text(f"{space}ANNA{space}{space} MARIA\r\n{space}") == "ANNA MARIA"


CONTROLS = [0x00, 0x01, 0x07, 0x08, 0x0E, 0x1B, 0x1C, 0x1D, 0x1E, 0x1F, 0x7F, 0x80, 0x84, 0x86, 0x9F]
NO_CHARACTERS = [0xD800, 0xDBFF, 0xDC00, 0xDFFF, 0xFDD0, 0xFDEF, 0xFFFE, 0xFFFF, 0x1FFFE, 0x10FFFF]


@pytest.mark.parametrize("code", [*CONTROLS, *NO_CHARACTERS], ids=lambda code: f"{code:04X}")
def test_what_is_no_character_is_refused_without_telling_the_text(code):
    with pytest.raises(TextError) as refusal:
        clean_text(f"王建国{chr(code)}")

    assert refusal.value.character == chr(code)
    assert "王" not in str(refusal.value)


@pytest.mark.parametrize(
    "character", ["\U00031350", "\U000323af", "\U0002ebf0", "\U0002ee5d", "\ue000", "\U000f0000"]
)
def test_a_character_that_this_python_does_not_know_is_one_all_the_same(character):
    assert clean_text(f"王{character}") == f"王{character}"


def test_the_check_character_of_a_number_is_a_capital():
    assert clean_number(" 11010519491231002x\u200b") == "11010519491231002X"


texts = st.text(st.characters(exclude_categories=()) | st.sampled_from(INVISIBLE + SPACES + "\u0301\u0323E"))


@given(texts)
def test_cleaning_depends_on_nothing_but_the_text_itself(text):
    forms = [unicodedata.normalize(form, text) for form in ("NFC", "NFD")]
    outcomes = {_outcome(each) for each in (text, *forms)}
    assert len(outcomes) == 1
    [clean] = outcomes
    if clean is not None:
        assert clean == clean_text(clean) == unicodedata.normalize("NFC", clean) == clean.strip()
        assert "  " not in clean


@given(st.integers(0, sys.maxunicode))
def test_a_single_character_is_left_out_or_kept_or_refused(code):
    assert _outcome(f"王{chr(code)}国") in {
        None,
        "王国",
        "王 国",
        unicodedata.normalize("NFC", f"王{_ONCE_PRIVATE.get(code, chr(code))}国"),
    }


def _outcome(text):
    try:
        return clean_text(text)
    except TextError:
        return None
