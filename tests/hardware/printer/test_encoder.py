"""The bytes that a profile's printer gets."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.printer import glyphs
from hardware.printer import profile as profiles
from hardware.printer.document import Align, Cell, Columns, Cut, Document, Feed, QrCode, Table, Text
from hardware.printer.encoder import (
    UnprintableCharacterError,
    UnprintableQrCodeError,
    encode,
    encode_commands,
    printable_by,
)
from tests.people import OUYANG
from text.line_breaks import clusters

EPSON = profiles.load("epson-tm-t88v")
CLONE = profiles.load("gb18030-80mm")
NARROW = profiles.load("gb18030-58mm")
CHINESE_MODE = b"\x1c&"
RASTER = b"\x1dv0\x00"
SECRET = OUYANG.id_number


def bytes_of(*blocks: object, profile=EPSON) -> bytes:
    return encode(Document("test", blocks), profile)


@pytest.mark.parametrize("name", profiles.names())
def test_chinese_is_always_sent_in_chinese_mode(name):
    data = bytes_of(Text("，（）"), profile=profiles.load(name))
    assert data.index(CHINESE_MODE) < data.index("，（）".encode("gb18030"))


def test_size_is_said_to_both_fonts():
    data = bytes_of(Text("题", size=2), Text("文"))
    assert b"\x1d!\x11\x1c!\x0c" + "题".encode("gb18030") in data
    assert b"\x1d!\x00\x1c!\x00" + "文".encode("gb18030") in data


def test_bold_and_underline_are_switched_off_again():
    data = bytes_of(Text("a", bold=True, underline=True), Text("b"))
    assert b"\x1bE\x01\x1b-\x01\x1c-\x01a\n" in data
    assert b"\x1bE\x00\x1b-\x00\x1c-\x00b\n" in data


def test_cells_are_placed_by_absolute_dots_not_by_spaces():
    data = bytes_of(Columns([Cell("姓名", 10), Cell("王建国", 32)]))
    assert (
        "姓名".encode("gb18030") + b"\x1b$" + (10 * 12).to_bytes(2, "little") + "王建国".encode("gb18030")
        in data
    )


@pytest.mark.parametrize("text", ["王建国", "阿卜杜·买买提", "—“”…《》、Ⅻ", "ABC 0~"])
def test_what_the_font_holds_is_sent_as_text(text):
    assert printable_by(EPSON, text)
    assert RASTER not in bytes_of(Text(text))


@pytest.mark.parametrize("name", list("䶮㛃𬭎龦鿏龘燚喆堃犇昇玥"))
def test_a_name_that_the_font_lacks_becomes_a_picture(name):
    if printable_by(EPSON, name):
        pytest.skip(f"GB2312 has {name}")
    data = bytes_of(Columns([Cell("姓名", 10), Cell(f"欧阳{name}", 32)]))
    assert RASTER in data
    assert "欧阳".encode("gb18030") not in data


LATIN = [
    "Müller",
    "Ngũgĩ wa Thiong’o",
    "NGUYỄN THỊ HƯƠNG",
    "ÇELİK",
    "Łukasz",
    "Đặng",
    "Groß",
    "O’Brien",
    "Ḿ̃ X̌",
    "Иванов",
]


@pytest.mark.parametrize("name", LATIN)
def test_a_name_in_letters_takes_half_a_column_a_letter(name):
    letters = clusters(unicodedata.normalize("NFC", name))
    strip = glyphs.draw([(0, unicodedata.normalize("NFC", name))], 12, 30)

    assert strip.width == 12 * len(letters)
    assert RASTER in bytes_of(Text(name))


@pytest.mark.parametrize("name", LATIN)
def test_every_letter_stays_in_its_cell_with_all_its_accents(name):
    for letter in clusters(unicodedata.normalize("NFC", name.replace(" ", ""))):
        alone = glyphs.draw([(0, f"a{letter}a")], 12, 30)
        drawn = alone.crop((12, 0, 24, alone.height))
        accents = len(unicodedata.normalize("NFD", letter)) - 1

        assert drawn.getbbox()
        # What stands beside it is untouched: nothing of the letter lies over its neighbours.
        neighbour = glyphs.draw([(0, "a")], 12, 30)
        assert alone.crop((0, alone.height - 30, 12, alone.height)).tobytes() == neighbour.tobytes()
        if accents:
            base = unicodedata.normalize("NFD", letter)[0]
            assert drawn.tobytes() != glyphs.draw([(0, base)], 12, 30).tobytes()


@pytest.mark.parametrize("size", [1, 2])
def test_high_accents_are_not_cut_off(size):
    strip = glyphs.draw([(0, "Ễ")], 12, 30, size)

    assert strip.height > 30 * size
    assert strip.getbbox()[1] <= 1  # no higher than the tilde, whose edge may be too grey to be black


def test_a_rare_character_of_a_newer_unicode_is_drawn():
    assert RASTER in bytes_of(Text("王\U00031350"))


def test_a_branch_may_add_a_font_of_its_own(tmp_path, monkeypatch):
    glyphs._han_faces.cache_clear()
    glyphs._face_of.cache_clear()
    monkeypatch.setattr(glyphs, "OWN_FONTS", tmp_path)
    monkeypatch.setattr(glyphs, "RARE_HAN", ())
    assert not glyphs.covers("\U00031350")

    glyphs._han_faces.cache_clear()
    glyphs._face_of.cache_clear()
    (tmp_path / "branch.ttf").symlink_to("/usr/share/fonts/truetype/babelstone/BabelStoneHan.ttf")
    assert glyphs.covers("\U00031350")
    glyphs._han_faces.cache_clear()
    glyphs._face_of.cache_clear()


@pytest.mark.parametrize("private", ["\ue000", "\uf8ff", "\U000f0000"])
def test_a_private_character_is_not_drawn_as_whatever_a_font_has_in_its_place(private):
    with pytest.raises(UnprintableCharacterError):
        bytes_of(Text(f"王{private}"))


@pytest.mark.parametrize(
    ("written", "same"),
    [
        ("JOSE\u0301", "JOS\u00c9"),
        ("王\u200b建\u2060国\ufeff", "王建国"),
        ("\u202a王建国\u202c", "王建国"),
        ("某某公司\t", "某某公司"),
        ("某某公司\r\n", "某某公司"),
        ("王\ue863", "王䶮"),
        ("ANNA\u3000 \u00a0MARIA", "ANNA MARIA"),
        ("王\u00ad建国\ufe0f", "王建国"),
    ],
)
def test_texts_that_are_the_same_are_printed_by_the_same_bytes(written, same):
    for block in (lambda text: Text(text), lambda text: Columns([Cell("姓名", 10), Cell(text, 32)])):
        assert bytes_of(block(written)) == bytes_of(block(same))
    table = [bytes_of(Table(["单位"], [[text]], [1])) for text in (written, same)]
    assert table[0] == table[1]


@given(st.text(max_size=40))
def test_canonically_equal_texts_are_printed_by_the_same_bytes(text):
    forms = {form: unicodedata.normalize(form, text) for form in ("NFC", "NFD")}
    outcomes = set()
    for each in forms.values():
        try:
            outcomes.add(bytes_of(Text(each)))
        except UnprintableCharacterError as refusal:
            outcomes.add(refusal.character)
    assert len(outcomes) == 1


def test_a_wider_font_needs_no_picture():
    gbk = profiles.change(EPSON, "chinese", safe=profiles.SafeSet.GBK)
    assert not printable_by(EPSON, "喆")
    assert printable_by(gbk, "喆")
    assert RASTER not in bytes_of(Text("喆"), profile=gbk)


@pytest.mark.parametrize(
    "character",
    [
        "\U0002ffff",
        "\U000e1000",
        "\ue000",
        "\x00",
        "\x1b",
        "\x1d",
        "\x10",
        "\x7f",
        "\x80",
        "\ud800",
        "\ufffe",
    ],
)
def test_a_character_that_nobody_can_draw_stops_the_document(character):
    with pytest.raises(UnprintableCharacterError) as caught:
        bytes_of(Text(f"{SECRET}{character}"))
    assert caught.value.character == character
    assert f"U+{ord(character):04X}" in str(caught.value)
    assert SECRET not in str(caught.value)


@given(st.text(max_size=60))
def test_any_text_is_printed_or_refused_and_never_becomes_a_command(text):
    try:
        data = bytes_of(Text(text))
    except UnprintableCharacterError:
        return
    if RASTER not in data:
        cut = len(bytes.fromhex(EPSON.cutter.command))
        body = data[len(bytes_of()) - cut : -cut]
        assert not set(body) & (set(range(0x20)) - {0x0A})


def test_the_printer_draws_qr_codes_where_it_can():
    data = bytes_of(QrCode("https://example.cn/v#1"))
    assert b"\x1d(k\x03\x001C\x06" in data
    assert b"1P0https://example.cn/v#1\x1d(k\x03\x001Q0" in data


def test_qr_codes_are_pictures_elsewhere_with_modules_of_five_dots_or_more():
    data = bytes_of(QrCode("https://example.cn/v#" + "a" * 144), profile=NARROW)
    stride, rows = data[data.index(RASTER) + 4], 53 * 5
    assert (stride - 1) * 8 < rows <= stride * 8


def test_a_qr_code_too_wide_for_the_paper_is_refused():
    with pytest.raises(UnprintableQrCodeError, match="384"):
        bytes_of(QrCode("a" * 600), profile=NARROW)


@pytest.mark.parametrize("name", profiles.names())
def test_no_command_is_so_long_that_the_printer_cannot_be_asked_in_between(name):
    document = Document("test", [QrCode("a" * 160), Text("㛃" * 15)])
    assert max(map(len, encode_commands(document, profiles.load(name)))) <= 600


def test_every_document_ends_with_one_cut():
    cut = bytes.fromhex(EPSON.cutter.command)
    assert bytes_of(Text("a")).endswith(cut)
    assert bytes_of(Text("a"), Cut()) == bytes_of(Text("a"))


def test_paper_that_is_torn_by_hand_is_fed_out():
    assert bytes_of(Text("a"), profile=NARROW).endswith(b"a\n\x1bd\x04")


@pytest.mark.parametrize(
    ("name", "end"),
    [
        ("custom-kpm", b"\x1bi\x1de\x03\x0c"),
        ("custom-vkp80", b"\n\x1cP\x02\x00R\x3c"),  # one command, which cuts as well
    ],
)
def test_a_presenter_is_told_to_present(name, end):
    assert bytes_of(Text("a"), profile=profiles.load(name)).endswith(end)


def test_blank_lines_are_fed():
    assert b"\x1bd\x03" in bytes_of(Feed(3))


def test_a_document_keeps_its_texts_out_of_every_repr():
    document = Document(
        "certificate", [Text(SECRET), Columns([Cell(SECRET)]), QrCode(SECRET), Text("a", align=Align.RIGHT)]
    )
    assert SECRET not in repr(document)
