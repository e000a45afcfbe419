"""Writes ``kiosk/voice/pinyin.txt``: how characters are read; run in the workshop's own Python, which has pypinyin.

Its input is the texts of the project, one a line: of the words in them, those are listed whole whose characters are
read otherwise than alone (银行, 长辈).
"""

import re
import sys

import jieba
from mandarin import READINGS, teach
from pypinyin import Style, lazy_pinyin, phrases_dict

COMMON_ENOUGH = 150
"""How often a word must be in jieba's dictionary to be listed though no text of ours has it."""


def main() -> None:
    """Print the table: the reading, then what is read so."""
    teach()
    table: dict[str, str] = {}
    for code in [*range(0x4E00, 0xA000), *range(0x3400, 0x4DC0)]:
        character = chr(code)
        reading = read(character)
        if re.fullmatch(r"[a-z]+[1-5]", reading):
            table.setdefault(reading, "")
            table[reading] += character
    for reading, characters in sorted(table.items()):
        print(reading, characters)
    for word in sorted(words(sys.stdin.read())):
        print(read(word), word)


def read(text: str) -> str:
    """Return the syllables of ``text`` with the numbers of their tones, without spaces."""
    return "".join(lazy_pinyin(text, style=Style.TONE3, neutral_tone_with_five=True))


def words(texts: str) -> set[str]:
    """Return the words that are not read character by character."""
    ours = {*READINGS, *jieba.cut(texts)}
    common = {word for word in phrases_dict.phrases_dict if jieba.dt.FREQ.get(word, 0) >= COMMON_ENOUGH}
    return {
        word
        for word in ours | common
        if re.fullmatch(r"[一-鿿]{2,4}", word)
        and read(word) != "".join(read(character) for character in word)
    }


if __name__ == "__main__":
    main()
