"""Which answers about the feeds are believed: signed, for this kiosk, to this question, and no older than the last."""

import msgspec
import pytest

from sync.feeds import feed_status
from sync.feeds.manifest import FeedKeyError, ManifestVerifier
from tests.sync.feed_kiosk import fill
from tests.sync.publisher import Publisher


def verify_manifest(kiosk, manifest, centre):
    return ManifestVerifier(kiosk.store, centre.public_key).verify_manifest(centre.signed(manifest))


def forged(centre):
    stranger = Publisher(centre.kiosk_id, "guides")
    stranger["guides"].put("g", {"title": "假的"})
    signed = stranger.signed(stranger.manifest())
    return type(signed)(
        signed.algorithm, centre.signed(centre.manifest()).key_id, signed.manifest, signed.signature
    )


def with_another_text(centre):
    signed = centre.signed(centre.manifest())
    return type(signed)(
        signed.algorithm, signed.key_id, signed.manifest.replace("guides", "guidez"), signed.signature
    )


def of_another_kiosk(centre):
    other = Publisher("K2")
    other.key = centre.key
    return other.signed(other.manifest())


def with_an_unknown_key(centre):
    stranger = Publisher(centre.kiosk_id)
    return stranger.signed(stranger.manifest())


def with_a_signature_that_is_not_quite_base64(centre):
    signed = centre.signed(centre.manifest())
    return type(signed)(
        signed.algorithm, signed.key_id, signed.manifest, f"{signed.signature[:8]}\n!{signed.signature[8:]}"
    )


@pytest.mark.parametrize(
    "make",
    [
        forged,
        with_another_text,
        of_another_kiosk,
        with_an_unknown_key,
        with_a_signature_that_is_not_quite_base64,
    ],
)
def test_a_manifest_that_is_not_to_be_believed_changes_nothing(kiosk, centre, make):
    old = fill(centre["guides"], 3)
    kiosk.follow()
    fill(centre["guides"], 3, first=3)
    true = centre.signed
    wrong = make(centre)
    centre.signed = lambda manifest: wrong
    kiosk.follow()
    assert kiosk.rows() == old
    assert feed_status.trouble(kiosk.store)
    centre.signed = true
    kiosk.follow()
    assert len(kiosk.rows()) == 6
    assert not feed_status.trouble(kiosk.store)


def unsigned(centre, question, _before):
    answer = question()
    del answer.headers["signature"]
    return answer


def the_answer_before(_centre, question, before):
    return msgspec.structs.replace(before, asked=question().asked)


def of_another_state(centre, question, _before):
    return centre.answer(304, '"another"', b"")


@pytest.mark.parametrize("given", [unsigned, the_answer_before, of_another_state])
@pytest.mark.parametrize("changed", [False, True])
def test_what_is_answered_is_believed_only_when_it_is_signed_in_answer_to_this_question(
    kiosk, centre, given, changed
):
    fill(centre["guides"], 1)
    whole = centre.answer
    kept = []

    def keeping(*about):
        kept.append(whole(*about))
        return kept[-1]

    centre.answer = keeping
    kiosk.follow()
    if changed:
        fill(centre["guides"], 1, first=1)

    def spoilt(*about):
        centre.answer = whole
        return given(centre, lambda: whole(*about), kept[0])

    centre.answer = spoilt
    kiosk.follow()
    assert feed_status.trouble(kiosk.store)
    assert len(kiosk.rows()) == 1
    kiosk.follow()  # asks for the whole manifest
    assert not feed_status.trouble(kiosk.store)
    assert len(kiosk.rows()) == (2 if changed else 1)


def test_an_older_manifest_is_a_replay_also_after_a_restart(kiosk, centre):
    fill(centre["guides"], 1)
    old = centre.signed(centre.manifest())
    fill(centre["guides"], 1, first=1)
    kiosk.follow()
    kiosk.restart()
    centre.signed = lambda manifest: old
    kiosk.follow()
    assert "replay" in feed_status.trouble(kiosk.store)
    assert len(kiosk.rows()) == 2


def test_without_a_pinned_key_the_first_one_is_trusted_and_kept(kiosk, centre):
    gatekeeper = ManifestVerifier(kiosk.store)
    assert gatekeeper.key == ""
    gatekeeper.trust_first(centre.public_key)
    assert ManifestVerifier(kiosk.store).verify_manifest(centre.signed(centre.manifest())).kiosk_id == "K1"


@pytest.mark.parametrize(
    "spoil",
    [lambda key: "bm8ga2V5", lambda key: f"{key[:8]}\n!{key[8:]}"],
    ids=["too short", "not quite base64"],
)
def test_a_pinned_key_that_is_none_is_told(kiosk, centre, spoil):
    with pytest.raises(FeedKeyError):
        ManifestVerifier(kiosk.store, spoil(centre.public_key))
