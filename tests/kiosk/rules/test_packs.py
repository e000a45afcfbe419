"""Region packs: found by code, complete, dated, and broken ones named by file, line and key."""

from datetime import date
from typing import get_args

import pytest

from kiosk.rules import regions, sources, texts, words
from kiosk.rules.errors import InvalidInputError, PackError
from kiosk.rules.law import law
from kiosk.rules.stated import citing, stated_values

CODES = ["000000", "210000", "210200", "371003", "420100", "440200", "610000", "610200", "650200"]


def test_there_is_a_pack_for_every_region_of_the_sources():
    assert regions.codes() == CODES


@pytest.mark.parametrize(
    ("code", "pack"),
    [
        ("610000", "610000"),
        ("610200", "610200"),
        ("610203", "610200"),
        ("610100", "610000"),
        ("210100", "210000"),
        ("210202", "210200"),
        ("420106", "420100"),
        ("420000", "000000"),
        ("371003", "371003"),
        ("371002", "000000"),
        ("110101", "000000"),
    ],
)
def test_a_code_without_a_pack_falls_to_its_city_then_its_province_then_the_national_pack(code, pack):
    assert regions.find(code).region == pack


@pytest.mark.parametrize(
    "code", ["000000", "999999", "160000", "61", "6102000", "abcdef", "", "610200 ", "６１０２００"]
)
def test_a_code_that_is_no_region_is_refused(code):
    with pytest.raises(InvalidInputError) as refused:
        regions.find(code)

    assert (refused.value.code, refused.value.field) == ("unknown-region", "region")


def test_tongchuan_has_everything_of_shaanxi():
    shaanxi, tongchuan = regions.find("610000"), regions.find("610200")

    assert tongchuan.way == shaanxi.way
    assert tongchuan.loss == shaanxi.loss
    assert tongchuan.pin == shaanxi.pin
    assert (shaanxi.face_retirement, tongchuan.face_retirement.value) == ("unspecified", True)


def test_every_value_has_a_source_an_article_and_a_time_in_force():
    values = [found for code in CODES for found in stated_values(regions.pack(code))]
    values += stated_values(law())

    for key, stated in values:
        since, until = stated.in_force
        assert stated.citation.source, key
        assert stated.article, key
        assert since == "unspecified" or date.fromisoformat(since), key
        assert until in (None, "unspecified") or date.fromisoformat(until), key


@pytest.mark.parametrize("code", CODES)
def test_every_pack_is_dated(code):
    pack = regions.pack(code)

    assert pack.effective_from == "unspecified" or date.fromisoformat(pack.effective_from)


def test_the_unbroken_data_files_pass_the_check(data_files):
    regions.check()


def break_line(folder, file, old, new):
    path = folder / file
    text = path.read_text("utf-8")
    assert old in text
    line = text[: text.index(old)].count("\n") + 1
    path.write_text(text.replace(old, new, 1), "utf-8")
    return line


BROKEN = {
    "a syntax error": ("regions/440200-shaoguan.toml", "[pin]", "[pin", "-"),
    "a wrong type": (
        "regions/440200-shaoguan.toml",
        "lasts_days = { value = 15",
        "lasts_days = { value = 1.5",
        "loss.written.lasts_days.value",
    ),
    "a value without an article": (
        "regions/210000-liaoning.toml",
        'initial = { value = "123456", source = "liaoning", article = "三、二代卡的密码设置",',
        'initial = { value = "123456", source = "liaoning",',
        "pin.social.initial.article",
    ),
    "an unknown word": (
        "regions/371003-wendeng.toml",
        '"hotline", "kiosk"]',
        '"hotline", "teller"]',
        "way[0].channels.value[5]",
    ),
    "an unknown key": ("regions/371003-wendeng.toml", 'own_only = "unspecified"', "own = 1", "area.own"),
    "an unknown source": (
        "regions/420100-wuhan.toml",
        'collect_months = { value = 6, source = "wuhan"',
        'collect_months = { value = 6, source = "hubei"',
        "validity.collect_months.source",
    ),
    "an unknown main source": (
        "regions/420100-wuhan.toml",
        'source = "wuhan"\neffective',
        'source = "hubei"\neffective',
        "source",
    ),
    "a wrong region code": ("regions/420100-wuhan.toml", 'region = "420100"', 'region = "420101"', "region"),
    "an impossible date": (
        "regions/420100-wuhan.toml",
        'effective_from = "2011-01-01"',
        'effective_from = "2011-13-01"',
        "effective_from",
    ),
    "a kind on a release": (
        "regions/210200-dalian.toml",
        'operations = ["release-loss"]\n',
        'operations = ["release-loss"]\nkind = "oral"\n',
        "way[1].kind",
    ),
    "an operation both done and unspecified": (
        "regions/210200-dalian.toml",
        "unspecified = [\n",
        'unspecified = [\n"activate social",\n',
        "unspecified",
    ),
    "an operation that is nowhere": (
        "regions/650200-karamay.toml",
        '    "activate social", ',
        "",
        "unspecified",
    ),
    "a missing cause of a fee": (
        "regions/420100-wuhan.toml",
        "expired = { value",
        "# { value",
        "fee.waived.expired",
    ),
    "an unknown parent": (
        "regions/610200-tongchuan.toml",
        'inherits = "610000"',
        'inherits = "620000"',
        "inherits",
    ),
    "a parent that is no text": (
        "regions/610200-tongchuan.toml",
        'inherits = "610000"',
        "inherits = [1]",
        "inherits",
    ),
    "ways that are no list": (
        "regions/610200-tongchuan.toml",
        'name = "铜川"',
        'name = "铜川"\nway = 1',
        "way",
    ),
    "a wrong national amount": (
        "law.toml",
        'premium = { value = "300.00"',
        'premium = { value = "much"',
        "disability.premium.value",
    ),
    "an unknown source of a national value": (
        "law.toml",
        'push_hours = { value = [5, 10, 13, 15, 24], source = "handbook"',
        'push_hours = { value = [5, 10, 13, 15, 24], source = "book"',
        "collection_plan.push_hours.source",
    ),
    "a value that ends before it begins": (
        "law.toml",
        'article = "一、政府代缴养老保险费", says = ["50元的缴费补贴"]',
        'article = "一", says = [], effective_to = "2017-12-31"',
        "disability.subsidy.effective_to",
    ),
    "a period of months in days": (
        "regions/210200-dalian.toml",
        "{ months = 1, kind",
        "{ days = 1, kind",
        "deadline.collect-first-card.value",
    ),
    "a missing national deadline": ("law.toml", "pension-claim = {", "# {", "deadline.pension-claim"),
    "a source without a title": (
        "sources.toml",
        'title = "《公民身份号码》(GB 11643-1999)"\n',
        "",
        "id-number.title",
    ),
    "a text that is no text": ("texts.toml", 'query = "查询"', "query = 1", "operation"),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_a_broken_file_stops_the_check_with_file_key_and_reason(data_files, fault):
    file, old, new, key = BROKEN[fault]
    break_line(data_files, file, old, new)

    with pytest.raises(PackError) as stopped:
        regions.check()

    assert stopped.value.file == file.rpartition("/")[2]
    assert stopped.value.key == key
    assert stopped.value.reason
    assert str(stopped.value).startswith(f"{stopped.value.file}:{stopped.value.line}: {key}: ")


@pytest.mark.parametrize(
    "fault",
    [
        "a syntax error",
        "a wrong type",
        "a value without an article",
        "an unknown word",
        "an unknown source",
        "a wrong region code",
        "an impossible date",
        "a wrong national amount",
    ],
)
def test_the_error_names_the_line_that_is_wrong(data_files, fault):
    file, old, new, _ = BROKEN[fault]
    line = break_line(data_files, file, old, new)

    with pytest.raises(PackError) as stopped:
        regions.check()

    assert stopped.value.line == line


def test_a_file_that_is_not_utf8_is_named(data_files):
    (data_files / "regions" / "440200-shaoguan.toml").write_bytes(b'name = "\xff"')

    with pytest.raises(PackError, match=r"440200-shaoguan\.toml:1"):
        regions.check()


def test_a_city_can_be_added_with_one_small_file(data_files):
    (data_files / "regions" / "610800-yulin.toml").write_text(
        'region = "610800"\ninherits = "610000"\nname = "榆林"\n[pin.social]\n'
        'initial = { value = "888888", source = "terminal", article = "例" }\n',
        "utf-8",
    )

    regions.check()

    assert regions.find("610802").pin["social"].initial.value == "888888"
    assert regions.find("610802").pin["social"].lock_after == "unspecified"
    assert regions.find("610802").way == regions.find("610000").way


def test_a_text_with_blanks_is_filled_in():
    assert texts.say("photo.width", width=358) == "照片宽度应是358像素。"


def test_every_source_is_used():
    tables = [law(), *(regions.pack(code) for code in CODES)]
    used = {value.source for table in tables for _, value in citing(table)} | {
        "id-number",
        "card-standard",
        "sick-allowance",
    }

    assert set(sources.catalogue()) - used == set()


def test_every_word_of_the_vocabulary_has_a_name_for_citizens():
    groups = {
        "operation": words.Operation,
        "channel": words.Channel,
        "state": words.State,
        "paper": words.Paper,
        "detail": words.IdentityDetail,
        "after": words.NextStep,
    }

    for group, vocabulary in groups.items():
        assert set(texts.catalogue()[group]) == set(get_args(vocabulary)), group
    assert set(get_args(words.Refusal)) | {"allowed", "allowed-then"} == set(
        texts.catalogue()["card-operation"]
    )


def test_a_card_that_cannot_be_checked_is_refused_unless_the_region_writes_otherwise(tmp_path):
    assert {regions.pack(code).unproven_cards for code in regions.codes()} == {"refuse"}
    own = tmp_path / "610300-baoji.toml"
    head = 'region = "610300"\nname = "宝鸡"\ninherits = "610000"\n'
    for written, decided in (("", "refuse"), ('unproven_cards = "limited"\n', "limited")):
        own.write_text(head + written, "utf-8")
        regions.use({"610300": own})
        try:
            assert regions.find("610301").unproven_cards == decided
        finally:
            regions.use({})
