"""PIN policy, new PINs and the query password."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.rules.pin import initial_pin, new_pin
from tests.people import LI, WANG

POLICIES = [
    ("610000", "social", "666666", None, []),
    ("610200", "social", "666666", None, []),
    ("610000", "financial", None, None, ["bank"]),
    ("210000", "social", "123456", 5, ["bank"]),
    ("210000", "financial", "955330", 3, ["bank"]),
    ("420100", "social", None, None, ["window"]),
    ("420100", "financial", None, None, []),
    ("210200", "social", None, None, []),
    ("440200", "social", None, None, []),
    ("650200", "social", None, None, []),
    ("371003", "social", None, None, []),
    ("110000", "social", None, None, []),
]


@pytest.mark.parametrize(("region", "function", "initial", "lock_after", "unlock_at"), POLICIES)
def test_the_pin_policy_is_that_of_the_source(ask, region, function, initial, lock_after, unlock_at):
    result = ask("pin-policy", region=region, function=function)

    assert result == {"initial": initial, "lock_after": lock_after, "unlock_at": unlock_at}
    assert initial_pin(region, function) == initial


BAD, OK = "bad", "ok"


@pytest.mark.parametrize(
    ("function", "attempts", "locked"),
    [
        ("social", [BAD] * 5, True),
        ("social", [BAD] * 4, False),
        ("social", [BAD] * 4 + [OK] + [BAD] * 4, False),
        ("social", [OK] + [BAD] * 6, True),
        ("social", [BAD] * 5 + [OK], True),
        ("social", [], False),
        ("financial", [BAD] * 3, True),
        ("financial", [BAD, OK, BAD, BAD], False),
    ],
)
def test_only_attempts_in_a_row_lock_a_pin(ask, function, attempts, locked):
    assert ask("pin-policy", region="210000", function=function, attempts=attempts)["locked"] is locked


def test_where_no_limit_is_stated_nobody_can_say_whether_a_pin_is_locked(ask):
    assert ask("pin-policy", region="610200", function="social", attempts=[BAD] * 9)["locked"] is None


HOLDER = WANG.id_number
NEW = [
    ("739154", None),
    ("666666", "initial"),
    ("73915", "length"),
    ("7391544", "length"),
    ("", "length"),
    ("73915a", "length"),
    ("７３９１５４", "length"),
    ("111111", "repeated"),
    ("123456", "sequence"),
    ("654321", "sequence"),
    ("567890", "sequence"),
    ("098765", "sequence"),
    ("135790", None),
    ("750317", "birth"),
    ("197503", "birth"),
    ("031775", "birth"),
    ("170375", "birth"),
    ("170619", "id-tail"),
    ("504918", "same"),
]


@pytest.mark.parametrize(
    ("number", "new", "reason"),
    [
        ("HKG048392751", "048392", "id-tail"),
        ("HKG048392751", "392751", "id-tail"),
        ("HKG048392751", "839275", "id-tail"),
        ("HKG048392751", "839274", None),
        ("usa0483927", "483927", "id-tail"),
        ("USA0E483927", "483927", "id-tail"),
        ("XXA999976022900", "760229", "id-tail"),
        ("E48392751", "483927", "id-tail"),
    ],
)
def test_no_part_of_a_number_with_letters_is_a_pin(ask, number, new, reason):
    result = ask("new-pin", region="610200", old="504918", new=new, id_number=number)

    assert result == {"accepted": reason is None, "reason": reason}


@pytest.mark.parametrize(("new", "reason"), NEW)
def test_a_new_pin_must_not_be_easy_to_guess(ask, new, reason):
    result = ask("new-pin", region="610200", old="504918", new=new, id_number=HOLDER)

    assert result == {"accepted": reason is None, "reason": reason}


@pytest.mark.parametrize("new", ["061420", "906142"])
def test_an_x_at_the_end_of_the_id_number_is_left_out_or_counts_as_0(ask, new):
    result = ask("new-pin", region="610200", old="504918", new=new, id_number="99999919480906142x")

    assert result == {"accepted": False, "reason": "id-tail"}


def test_in_liaoning_the_initial_pins_of_both_functions_are_known_to_everybody(ask):
    for new in ("123456", "955330"):
        assert ask("new-pin", region="210000", old="504918", new=new)["reason"] == "initial"
    assert ask("new-pin", region="610200", old="504918", new="955330")["accepted"]


def test_a_pin_in_a_bytearray_is_read_and_left_as_it_is():
    old, new = bytearray(b"666666"), bytearray(b"739154")

    assert new_pin("610200", old, new, HOLDER).result.accepted
    assert (old, new) == (bytearray(b"666666"), bytearray(b"739154"))


def test_without_an_id_number_only_the_digits_themselves_are_judged(ask):
    assert ask("new-pin", region="610200", old="504918", new="750317")["accepted"]


@given(st.binary(max_size=8).map(bytearray))
def test_whatever_is_accepted_is_six_digits_and_the_answer_never_holds_them(pin):
    answer = new_pin("610200", bytearray(b"666666"), pin)

    if answer.result.accepted:
        assert len(pin) == 6
        assert pin.isdigit()
        assert pin.decode() not in repr(answer)


@pytest.mark.parametrize(
    ("id_number", "initial"),
    [
        (WANG.id_number, "03170619"),
        (LI.id_number, "09061420"),
        ("99999919480906142x", "09061420"),
    ],
)
def test_the_query_password_is_the_last_eight_of_the_id_number_with_x_as_0(ask, id_number, initial):
    assert ask("query-password", id_number=id_number) == {"initial": initial}
