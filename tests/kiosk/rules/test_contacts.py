"""The telephones of a region."""

import pytest

from kiosk.rules import regions
from kiosk.rules.card_operation import card_operation
from kiosk.rules.contacts import contacts, phone_of
from kiosk.rules.words import FUNCTIONS, OPERATIONS

NOBODY = {"hotline": None, "consult": None, "supervise": None, "bank": None, "emergency": None, "others": {}}
SHAANXI = NOBODY | {"hotline": "12333", "emergency": "029-82282995"}
NUMBERS = {
    "610000": SHAANXI,
    "610200": SHAANXI,
    "610203": SHAANXI,
    "371003": NOBODY
    | {
        "hotline": "12333",
        "consult": "0631-8468753",
        "supervise": "0631-8083883",
        "others": {"居民养老保险举报电话": "8081878", "职工医疗保险关系转入代办": "8473379"},
    },
    "210000": NOBODY
    | {
        "hotline": "(024)12333",
        "bank": "(024)95533",
        "others": {
            "建行沈阳和平北大街支行": "024-22839583",
            "建行沈阳体院支行": "024-86930806",
            "东北大学人事处": "024-83687386",
        },
    },
    "210200": NOBODY,
    "420100": NOBODY,
    "440200": NOBODY,
    "650200": NOBODY,
    "110000": NOBODY,
}


@pytest.mark.parametrize("region", NUMBERS)
def test_the_telephones_are_those_of_the_regions_sources_and_none_is_invented(ask, region):
    assert ask("contacts", region=region) == NUMBERS[region]


def test_every_number_has_its_citation_and_silence_is_cited_too():
    assert [str(place) for place in contacts("610200").basis] == [
        "《养老保险政策解读宣传掌中宝》(陕西、铜川) 二、社保卡应急处理电话"
    ]
    assert len(contacts("371003").basis) == 4
    assert [place.article for place in contacts("440200").basis] == ["未作规定"]


@pytest.mark.parametrize(
    ("region", "phone"),
    [("371003", "0631-8468753"), ("210000", "(024)12333"), ("610200", "12333"), ("440200", "12333")],
)
def test_who_has_a_question_is_told_the_regions_own_number(region, phone):
    assert phone_of(region) == phone
    assert phone in contacts(region).text


@pytest.mark.parametrize("region", ["371003", "210000", "420100", "110000"])
def test_what_a_region_has_not_laid_down_is_refused_with_its_number(region):
    pack = regions.find(region)
    for operation in OPERATIONS:
        for function in FUNCTIONS:
            if f"{operation} {function}" in pack.unspecified:
                said = card_operation(region, "kiosk", operation, function).text
                assert phone_of(region) in said


def test_a_pack_of_an_earlier_version_without_contacts_states_none(data_files, ask):
    file = data_files / "regions" / "371003-wendeng.toml"
    file.write_text(file.read_text("utf-8").partition("[contacts]")[0], "utf-8")

    regions.check()

    assert ask("contacts", region="371003") == NOBODY
