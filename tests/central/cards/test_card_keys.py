"""The keys of cards, by the published vectors and by the simulated chips, which compute them on their own."""

import random

import pytest

from central.cards.card_keys import CardKey, CardKeyMissingError, factors
from central.cards.software_card_keys import (
    SoftwareCardKeys,
    answer,
    demonstration_keys,
    demonstration_root,
    derive,
    session_key,
)
from hardware.simulator.chip_keys import IRK, PUK, RKSSSE
from hardware.simulator.personalisation import load, names
from kiosk.rules.pin import initial_pin

ROOT = bytes.fromhex("6E81AAD26DAD98E482C2587D4EFF10F4")
FACTORS = factors("610200D15600000500000002A1B2C3D4", bytes.fromhex("00814E43238601610200000002"))
PROCESS, SOURCE = bytes.fromhex("0011223344556677"), bytes.fromhex("8899AABBCCDDEEFF")
VECTORS = [
    (
        *("3des", "A"),
        ("C51F92462F3F679019C3F183D7D0EC85", "870EC633CE4A6C339FB003AA5DF13CFF"),
        ("23C9C573CDAEB95597C660EFD2D5DB2A", "227CE8C22028B0E0", "37F11F9CE82848AB"),
    ),
    (
        *("3des", "B"),
        ("C51F92462F3F679019C3F183D7D0EC85", "870EC633CE4A6C339FB003AA5DF13CFF"),
        ("23C9C573CDAEB95597C660EFD2D5DB2A", "227CE8C22028B0E028C69706D04F47C5", "BEBC3A457D460FC0"),
    ),
    (
        *("sm4", "A"),
        ("B4078BA04418534BA771087B487146A5", "DA6A2FC0355D262799547C553E37E0ED"),
        ("E95547F0EB1E2062BF2A28A6A1C4337B", "3831240A819A8A78AE84F9E8B2B95F81", "2859FA0B3F0B7D1E"),
    ),
]


def test_the_factors_of_a_card_are_its_province_its_city_and_the_end_of_its_reset_information():
    assert [each.hex().upper() for each in FACTORS] == [
        *("3631303030307368", "3631303230307378"),
        "8601610200000002",
    ]


@pytest.mark.parametrize(("algorithm", "session", "levels", "card"), VECTORS)
def test_each_step_is_that_of_the_published_vectors(algorithm, session, levels, card):
    assert demonstration_root("IRK")[:16] == ROOT
    for steps, expected in enumerate(levels, 1):
        assert derive(algorithm, ROOT, *FACTORS[:steps]).hex().upper() == expected
    key = derive(algorithm, ROOT, *FACTORS)
    of_session = session_key(algorithm, key, PROCESS, session)
    assert [each.hex().upper() for each in (key, of_session, answer(algorithm, of_session, SOURCE))] == [
        *card
    ]
    keys = SoftwareCardKeys({"IRK-1": ROOT}, session)
    assert keys.internal(CardKey("internal", 1, algorithm), FACTORS, PROCESS, SOURCE).hex().upper() == card[2]


@pytest.mark.parametrize("session", ["A", "B"])
@pytest.mark.parametrize("name", [name for name in names() if load(name).basic])
def test_the_centre_and_each_simulated_chip_compute_the_same(name, session):
    card, chance = load(name), random.Random(0)
    card.keys.session = session
    keys = SoftwareCardKeys(demonstration_keys().roots, session)
    algorithm = "sm4" if card.basic.version.startswith("3") else "3des"
    of = factors(card.basic.identity, card.historical_bytes)
    for _ in range(20):
        process, source = chance.randbytes(8), chance.randbytes(8)
        internal = keys.internal(CardKey("internal", 1, algorithm), of, process, source)
        assert internal == card.key(IRK, None).proof(process, source)
        external = keys.external(CardKey("holder-read", 1, algorithm), of, process, source)
        assert card.key(RKSSSE, None).accepts(external, process)
        assert not card.key(RKSSSE, None).accepts(external, source)
        message = keys.pin_reset(
            CardKey("pin-unblock", 1, algorithm), of, process, initial_pin("610200", "social")
        )
        assert card.key(PUK, None).new_pin(message, process) == bytes.fromhex("666666")
        assert card.key(PUK, None).new_pin(message, source) is None


def test_a_root_that_is_not_here_is_named_and_no_other_takes_its_place():
    with pytest.raises(CardKeyMissingError, match="IRK-2"):
        demonstration_keys().internal(CardKey("internal", 2, "3des"), FACTORS, PROCESS, SOURCE)
