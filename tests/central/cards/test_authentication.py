"""Proving to a 3.0 card that the centre holds its key: with the driver and the simulated card that ship."""

from uuid import uuid4

import pytest

from central.cards.card_key_provider import keep_demonstration_keys, open_card_keys, simulated_card_keys
from central.cards.card_keys import CardKey, CardKeyMissingError, factors
from central.cards.software_card_keys import SoftwareCardKeys, demonstration_keys, demonstration_root
from hardware.card.errors import AuthenticationFailedError, AuthenticationRequiredError
from hardware.card.social_security import Key, SocialSecurityCard
from hardware.simulator.card import SimulatedCard
from hardware.simulator.personalisation import CARDS, load
from kiosk.credentials.card_holder import read_holder
from kiosk.credentials.card_proof import CardProver
from kiosk.visit.asking import ASKING
from kiosk.visit.centre import Centre
from sync.client import CentralClient, CentralRefusedError
from sync.protocol import secret_file
from sync.protocol.cards import AUTHENTICATE_CARD
from tests.central.acts import PROOF, changed, stands_for
from tests.central.centre import an_identity
from tests.central.visiting import answer_of
from tests.kiosk.talking import result

RESET = bytes.fromhex("00814E43238697610200000005")
CHEN_CARD = "610200D15600000500000005E5F60718"
CHEN = CardKey("holder-read", 1, "sm4"), factors(CHEN_CARD, RESET)
SOURCE = bytes(8)


def card_in_the_reader() -> SocialSecurityCard:
    chip = SimulatedCard(load(CARDS / "chen-jing.toml"))

    def transmit(command):
        answer = chip.answer(bytes(command))
        return answer[:-2], int.from_bytes(answer[-2:])

    return SocialSecurityCard(transmit)


@pytest.fixture
def kiosk(centre):
    return centre.client(centre.enrol(an_identity()))


def test_a_3_0_card_tells_its_holder_after_the_centres_proof():
    card = card_in_the_reader()
    proof = demonstration_keys().external(*CHEN, card.challenge(), SOURCE)
    card.authenticate(proof, Key.HOLDER_READ)
    assert card.read_holder().name == "陈静"


def test_a_kiosk_reads_whose_3_0_card_it_is_with_the_centres_help_and_not_without(kiosk):
    assert read_with(kiosk, "610200").name == "陈静"
    nobody = CentralClient("http://127.0.0.1:1", an_identity())
    for client, region in ((nobody, "610200"), (kiosk, "440200")):
        with pytest.raises(AuthenticationRequiredError):
            read_with(client, region)


def read_with(client, region):
    prover = CardProver(card_in_the_reader(), Centre(client), region, str(uuid4()))
    return result(read_holder(prover, ASKING))


def test_no_other_root_and_no_other_cards_key_will_do():
    card = card_in_the_reader()
    other_root = SoftwareCardKeys({"RKSSSE-1": bytes(32)})
    other_card = CHEN[0], factors(PROOF.card_identity, bytes.fromhex("8697610200000001"))
    for keys, which in ((other_root, CHEN), (demonstration_keys(), other_card)):
        with pytest.raises(AuthenticationFailedError):
            card.authenticate(keys.external(*which, card.challenge(), SOURCE), Key.HOLDER_READ)


def test_the_centre_proves_itself_to_a_3_0_card_once_that_has_proved_itself(centre, kiosk):
    visit_id, opened = kiosk.begin(CHEN_CARD)
    challenge = bytes(range(1, 9))
    said = kiosk.prove(visit_id, answer_of(CHEN_CARD, opened), challenge.hex().upper())
    assert said.proven
    assert bytes.fromhex(said.cryptogram) == centre.card_keys.external(*CHEN, challenge, challenge)
    assert len(said.cryptogram) == 32


def test_nothing_is_proven_without_a_reason(centre):
    stands_for(centre, "window")
    window = centre.client(centre.enrol(an_identity("610200-W01")))
    for changes, code in (
        ({"card_identity": "0" * 32}, "card-unknown"),
        ({"region": "440200"}, "other-region"),
        ({"authorisation": "guessed"}, "authorisation-wrong"),
        ({"challenge": "01"}, "bad-request"),
        ({"challenge": "0g"}, "bad-request"),
        ({"key": "holder-read"}, "bad-request"),
    ):
        with pytest.raises(CentralRefusedError, match=code):
            window.call(AUTHENTICATE_CARD, changed(PROOF, **changes))


def test_a_centre_keeps_its_roots_and_starts_a_demonstration_with_the_published_ones(tmp_path):
    keep_demonstration_keys(tmp_path / "new")
    assert simulated_card_keys(tmp_path / "new").roots["IRK-1"] == demonstration_root("IRK")
    for name in ("IRK", "RKSSSE", "PUK"):
        secret_file.read_or_create(tmp_path / "own" / "card-roots" / f"{name}-1.key")
    own = simulated_card_keys(tmp_path / "own")
    assert not any(root.hex() in repr(own) or str(root) in repr(own) for root in own.roots.values())
    keep_demonstration_keys(tmp_path / "own")
    assert simulated_card_keys(tmp_path / "own").roots == own.roots


def test_a_serving_centre_makes_no_roots_up_and_takes_those_that_come_later(tmp_path):
    serving = open_card_keys(tmp_path)
    irk, its_factors = CardKey("internal", 1, "3des"), factors("610200" + "0" * 26, bytes(8))
    with pytest.raises(CardKeyMissingError, match="IRK-1"):
        serving.internal(irk, its_factors, bytes(8), bytes(8))
    keep_demonstration_keys(tmp_path)
    wanted = demonstration_keys().internal(irk, its_factors, bytes(8), bytes(8))
    assert serving.internal(irk, its_factors, bytes(8), bytes(8)) == wanted
