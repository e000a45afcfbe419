"""The keys of cards in a security module: it computes what the software does, and gives no key away."""

import random

import pytest
from pkcs11 import Attribute, KeyType, ObjectClass
from pkcs11.exceptions import AttributeSensitive

from central.cards.card_key_provider import CardKeySettings, open_card_keys
from central.cards.card_keys import ROOT_NAMES, CardKey, CardKeyMissingError, factors
from central.cards.software_card_keys import SoftwareCardKeys, demonstration_keys, demonstration_root
from central.cards.token_card_keys import TokenCardKeys, _derive
from central.keys.token import TokenError, TokenSettings, token_of
from tests.softhsm import module, new_token

FACTORS = factors("610200D15600000500000002A1B2C3D4", bytes.fromhex("8601610200000002"))
TOKEN = "centre"
"""The one of the centre's own keys: a process does not see a token that is made after its first look."""
PROCESS, SOURCE = bytes.fromhex("0011223344556677"), bytes.fromhex("8899AABBCCDDEEFF")


@pytest.fixture(scope="module")
def settings() -> TokenSettings:
    """A token with the published roots, as a ceremony would bring real ones into an HSM."""
    settings = TokenSettings(str(module()), TOKEN, str(new_token(TOKEN)))
    for name in ROOT_NAMES.values():
        root = demonstration_root(name)
        kept = {
            Attribute.CLASS: ObjectClass.SECRET_KEY,
            Attribute.KEY_TYPE: KeyType.DES3,
            Attribute.LABEL: f"{name}-1",
            Attribute.VALUE: root[:16] + root[:8],
            Attribute.TOKEN: True,
            Attribute.SENSITIVE: True,
            Attribute.EXTRACTABLE: False,
            Attribute.DERIVE: True,
            Attribute.ENCRYPT: True,
        }
        token_of(settings).use(lambda session, kept=kept: session.create_object(kept))
    return settings


@pytest.fixture(scope="module")
def keys(settings) -> TokenCardKeys:
    return TokenCardKeys(token_of(settings))


def test_it_answers_the_published_vectors(settings):
    internal = CardKey("internal", 1, "3des")
    for session, answer in (("A", "37F11F9CE82848AB"), ("B", "BEBC3A457D460FC0")):
        keys = TokenCardKeys(token_of(settings), session)
        assert keys.internal(internal, FACTORS, PROCESS, SOURCE).hex().upper() == answer


@pytest.mark.parametrize("session", ["A", "B"])
def test_it_computes_what_the_software_computes(settings, session):
    chance = random.Random(0)
    token = TokenCardKeys(token_of(settings), session)
    software = SoftwareCardKeys(demonstration_keys().roots, session)
    for _ in range(20):
        given = (FACTORS, chance.randbytes(8))
        internal, holder_read, unblock = (CardKey(role, 1, "3des") for role in ROOT_NAMES)
        assert token.internal(internal, *given, SOURCE) == software.internal(internal, *given, SOURCE)
        assert token.external(holder_read, *given, SOURCE) == software.external(holder_read, *given, SOURCE)
        assert token.pin_reset(unblock, *given, "666666") == software.pin_reset(unblock, *given, "666666")


def test_neither_a_root_nor_what_is_derived_of_it_can_be_read(keys):
    def root_of(session):
        return session.get_key(object_class=ObjectClass.SECRET_KEY, label="IRK-1")

    for key in (root_of, lambda session: _derive(root_of(session), bytes(24))):
        with pytest.raises(TokenError):
            keys.token.use(lambda session, key=key: key(session)[Attribute.VALUE])
        with pytest.raises(AttributeSensitive):
            try:
                keys.token.use(lambda session, key=key: key(session)[Attribute.VALUE])
            except TokenError as error:
                raise error.__cause__ from None


def test_what_it_has_no_key_for_it_says_by_the_name_of_the_root(keys):
    for key, told in (
        (CardKey("internal", 2, "3des"), "IRK-2"),
        (CardKey("internal", 1, "sm4"), "IRK-1 for sm4"),
    ):
        with pytest.raises(CardKeyMissingError, match=told):
            keys.internal(key, FACTORS, PROCESS, SOURCE)


def test_a_centre_takes_the_roots_from_where_its_configuration_says(settings, tmp_path):
    keys = open_card_keys(tmp_path, CardKeySettings(pkcs11=settings, session="B"))
    answer = keys.internal(CardKey("internal", 1, "3des"), FACTORS, PROCESS, SOURCE)
    assert answer.hex().upper() == "BEBC3A457D460FC0"
    assert list(tmp_path.iterdir()) == [], "no roots in files"
