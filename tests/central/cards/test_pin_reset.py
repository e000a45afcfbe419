"""Setting a PIN back: for those whom the rules let, once, and so that only this card can read it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import msgspec
import pytest
from sqlalchemy import update

from central.store import tables as models
from hardware.card.pin import Pin
from hardware.card.social_security import Key, SocialSecurityCard
from hardware.simulator.card import SimulatedCard
from hardware.simulator.personalisation import CARDS, load
from sync.client import CentralRefusedError
from sync.protocol.cards import (
    AUTHENTICATE_CARD,
    AUTHORISE_PIN_RESET,
    PIN_RESET_MESSAGE,
    AuthenticationRequest,
    PinResetMessageRequest,
)
from tests.central.acts import PROOF, RESET, changed, moved, stands_for
from tests.central.centre import an_identity
from tests.central.certificate_requests import LI

INITIAL = b"666666"


def at_the_window(centre):
    stands_for(centre, "window")
    return centre.client(centre.enrol(an_identity("610200-W01")))


@pytest.fixture
def window(centre):
    return at_the_window(centre)


def locked_card() -> SocialSecurityCard:
    """The first citizen's card with no tries left, in a reader."""
    content = load(CARDS / "wang-jianguo.toml")
    content.pin = msgspec.structs.replace(content.pin, left=0)
    chip = SimulatedCard(content)

    def transmit(command):
        answer = chip.answer(bytes(command))
        return answer[:-2], int.from_bytes(answer[-2:])

    return SocialSecurityCard(transmit)


def message_for(granted, challenge: bytes) -> PinResetMessageRequest:
    return PinResetMessageRequest(authorisation=granted.authorisation, challenge=challenge.hex().upper())


def test_a_locked_card_gets_the_initial_pin_and_all_its_tries(centre, window):
    card = locked_card()
    assert card.pin_status().locked
    granted = window.call(AUTHORISE_PIN_RESET, RESET)
    unblock = changed(PROOF, key="pin-unblock", authorisation=granted.authorisation)
    challenge = card.challenge().hex().upper()
    card.authenticate(
        window.call(AUTHENTICATE_CARD, changed(unblock, challenge=challenge)).content, Key.PIN_UNBLOCK
    )
    card.reset_pin(window.call(PIN_RESET_MESSAGE, message_for(granted, card.challenge())).content)
    with Pin(bytearray(INITIAL)) as initial:
        card.verify_pin(initial)
    assert not card.pin_status().locked


def test_a_kiosk_is_told_where_a_pin_is_set_back(centre):
    kiosk = centre.client(centre.enrol(an_identity()))
    with pytest.raises(CentralRefusedError, match="rule-channel") as refused:
        kiosk.call(AUTHORISE_PIN_RESET, RESET)
    assert "社保卡服务网点" in refused.value.message


def test_without_what_the_rules_want_there_is_no_authorisation(centre, window):
    for changes, code in (
        ({"papers": ()}, "rule-papers"),
        ({"agent": True}, "rule-papers"),
        ({"id_number": LI["id_number"]}, "card-not-holders"),
        ({"region": "210100"}, "other-region"),
        ({"card_identity": "0" * 32}, "card-unknown"),
    ):
        with pytest.raises(CentralRefusedError, match=code):
            window.call(AUTHORISE_PIN_RESET, changed(RESET, **changes))
    assert centre.count(models.pin_resets) == 0


def test_a_lost_card_gets_no_new_pin(centre, window):
    with centre.engine.begin() as tx:
        tx.execute(update(models.cards).values(status="lost-oral"))
    with pytest.raises(CentralRefusedError, match="rule-state"):
        window.call(AUTHORISE_PIN_RESET, RESET)


def test_where_no_initial_pin_is_laid_down_none_is_set(centre, window):
    stands_for(centre, "window", regions=["420100"])
    with pytest.raises(CentralRefusedError, match="no-initial-pin"):
        window.call(AUTHORISE_PIN_RESET, changed(RESET, **moved(centre, "420100")))


def test_an_authorisation_is_good_for_one_challenge_also_when_asked_at_once(any_centre):
    window = at_the_window(any_centre)
    granted = window.call(AUTHORISE_PIN_RESET, RESET)
    assert window.call(AUTHORISE_PIN_RESET, RESET) == granted
    challenges = [bytes([number]) * 8 for number in range(4)]
    with ThreadPoolExecutor(4) as at_once:
        asked = [
            at_once.submit(window.call, PIN_RESET_MESSAGE, message_for(granted, each)) for each in challenges
        ]
    [used] = [each for each, answer in zip(challenges, asked, strict=True) if not answer.exception()]
    codes = [answer.exception().code for answer in asked if answer.exception()]
    assert codes == ["authorisation-used"] * 3
    assert window.call(PIN_RESET_MESSAGE, message_for(granted, used)) == asked[used[0]].result()
    with pytest.raises(CentralRefusedError, match="authorisation-used"):
        unblock = changed(PROOF, key="pin-unblock", authorisation=granted.authorisation)
        window.call(AUTHENTICATE_CARD, unblock)


def test_an_authorisation_is_of_no_use_to_others_for_others_or_later(centre, window):
    granted = window.call(AUTHORISE_PIN_RESET, RESET)
    assert granted.authorisation not in repr(granted)
    other = centre.client(centre.enrol(an_identity("610200-002")))
    li = AuthenticationRequest(
        region="610200",
        card_identity=LI["card_identity"],
        key="pin-unblock",
        challenge=PROOF.challenge,
        authorisation=granted.authorisation,
    )
    late = {"until": granted.until - timedelta(minutes=6)}
    for ask in (
        lambda: other.call(PIN_RESET_MESSAGE, message_for(granted, bytes(8))),
        lambda: window.call(AUTHENTICATE_CARD, li),
        lambda: _change(centre, late) or window.call(PIN_RESET_MESSAGE, message_for(granted, bytes(8))),
    ):
        with pytest.raises(CentralRefusedError, match="authorisation-wrong"):
            ask()


def _change(centre, columns) -> None:
    with centre.engine.begin() as tx:
        tx.execute(update(models.pin_resets).values(columns))
