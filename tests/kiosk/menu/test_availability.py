"""What can be done now: every condition alone greys what depends on it, with its reason, and nothing else."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.printer.status import PrinterStatus
from hardware.status import DeviceState, PaperState
from kiosk.credentials.card_condition import CardCondition
from kiosk.dialogue.language import catalogue
from kiosk.menu.availability import (
    CARD_NOT_VALID,
    NO_CENTRE,
    NO_READER,
    NOT_ACTIVATED,
    OTHER_CREDENTIAL,
    PIN_LOCKED,
    Availability,
    Conditions,
    availabilities,
    availability,
    best_conditions,
    unavailable,
)
from kiosk.services.service import ANYBODY, CARD, Device, Gets, Offline, Placement, Proof, services
from kiosk.visit.person import Credential

FULL = PrinterStatus(line=DeviceState.ONLINE, paper=PaperState.FULL)
OPEN = replace(FULL, cover_open=True)
SOUND = CardCondition(social="normal")
HERE = Conditions(
    region="610200",
    reader=DeviceState.ONLINE,
    printer=FULL,
    is_centre_reachable=True,
    too_old={},
    card=SOUND,
    shown=frozenset({Credential.CARD}),
    id_card_reader=DeviceState.ONLINE,
    scanner=DeviceState.ONLINE,
)
NOBODY = replace(HERE, card=None, shown=frozenset())
PRINT = {name for name in services() if name.startswith("print-")}
WITH_PIN = {name for name, each in services().items() if each.proof in (Proof.PIN, Proof.IN_PERSON)}
BY_CARD_ALONE = {name for name, each in services().items() if each.accepts == CARD}
CHIP_ONLY = {"card-information"}
ASK_CENTRE = {name for name, each in services().items() if each.offline is Offline.REFUSE}


def with_card(**condition):
    return replace(HERE, card=replace(SOUND, **condition))


def test_everything_can_be_done_where_nothing_is_amiss():
    assert unavailable(HERE) == unavailable(NOBODY) == {}


@pytest.mark.parametrize(
    ("now", "greyed", "reason"),
    [
        (replace(HERE, printer=OPEN), PRINT, "打印机盖子没有关好，暂时不能打印证明"),
        (replace(HERE, is_centre_reachable=False), ASK_CENTRE, NO_CENTRE),
        (replace(NOBODY, reader=DeviceState.HARDWARE_ERROR), BY_CARD_ALONE, NO_READER),
        (replace(HERE, too_old={"card-information": "过期"}), CHIP_ONLY, "过期"),
        (with_card(social="not-activated"), WITH_PIN | {"change-pin"}, NOT_ACTIVATED),
        (with_card(social=None), set(), ""),
    ],
    ids=["cover", "centre", "reader", "feed", "new", "unknown"],
)
def test_each_condition_greys_what_depends_on_it(now, greyed, reason):
    assert unavailable(now) == dict.fromkeys(greyed, reason)


@pytest.mark.parametrize(
    ("condition", "reason", "law", "place"),
    [
        ({"is_pin_locked": True}, PIN_LOCKED, "密码已锁定", "社保卡服务网点"),
        ({"is_pin_locked": True, "social": "not-activated"}, PIN_LOCKED, "密码已锁定", "社保卡服务网点"),
        ({"social": "lost-oral"}, CARD_NOT_VALID, "口头挂失", "解除挂失"),
        ({"social": "cancelled"}, CARD_NOT_VALID, "已注销", "到窗口询问"),
        ({"social": "cancelled", "is_pin_locked": True}, CARD_NOT_VALID, "已注销", "到窗口询问"),
    ],
)
def test_a_card_that_cannot_be_used_greys_what_uses_its_pin_and_the_law_says_what_to_do(
    condition, reason, law, place
):
    reasons = unavailable(with_card(**condition))
    assert {name: reasons[name] for name in WITH_PIN} == dict.fromkeys(WITH_PIN, reason)
    assert reasons.keys() == WITH_PIN | {"activate-card", "change-pin"}
    for name in ("activate-card", "change-pin"):
        assert law in reasons[name] and place in reasons[name]


@pytest.mark.parametrize("condition", [{"is_pin_locked": True}, {"social": "not-activated"}])
@pytest.mark.parametrize(
    ("beside", "faces"), [(Credential.E_CARD, None), (Credential.ID_CARD, DeviceState.ONLINE)]
)
def test_a_card_whose_pin_proves_nobody_greys_nothing_that_what_lies_beside_it_proves(
    condition, beside, faces
):
    now = replace(with_card(**condition), shown=frozenset({Credential.CARD, beside}), faces=faces)
    in_person = {name for name, each in services().items() if each.proof is Proof.IN_PERSON}
    assert in_person and not in_person & unavailable(now).keys()
    without = replace(now, shown=frozenset({Credential.CARD, Credential.ID_CARD}), faces=None)
    assert in_person <= unavailable(without).keys(), "an ID card alone proves nobody"


def test_what_the_region_has_done_elsewhere_says_where_and_nothing_else_ails_it():
    """Whatever else is amiss, whoever chooses it is told where to go."""
    now = replace(
        HERE, region="420100", is_centre_reachable=False, reader=DeviceState.OFFLINE, on_behalf=True
    )
    change = availability(services()["change-pin"], now)
    assert change == Availability(Placement.ELSEWHERE, "请到社会保险经办机构办理")


def test_what_the_region_says_nothing_of_is_told_apart_from_what_it_has_done_elsewhere():
    activation = availability(services()["activate-card"], replace(HERE, region="420100"))
    assert activation.placement is Placement.UNSPECIFIED
    assert activation.elsewhere.startswith("武汉的规定没有写明怎样办理")


@pytest.mark.parametrize(
    ("region", "activate", "change"),
    [
        ("610000", "here", "here"),
        ("610200", "here", "here"),
        ("210000", "elsewhere", "elsewhere"),
        ("210200", "elsewhere", "unspecified"),
        ("371003", "unspecified", "unspecified"),
        ("420100", "unspecified", "elsewhere"),
        ("440200", "unspecified", "unspecified"),
        ("650200", "unspecified", "elsewhere"),
        ("110000", "unspecified", "unspecified"),
    ],
)
def test_each_region_has_activation_and_the_change_of_a_pin_where_its_rules_say(region, activate, change):
    """辽宁二; 大连第五条; 武汉第十九条; 克拉玛依第十八条; 文登 and 韶关 say nothing of either."""
    placements = [services()[name].placement(region) for name in ("activate-card", "change-pin")]
    assert placements == [activate, change]


def test_what_only_the_holder_may_do_is_greyed_while_somebody_acts_for_them():
    assert unavailable(replace(HERE, on_behalf=True)).keys() == {"change-pin", "activate-card"}


def test_the_card_of_a_visit_is_in_the_reader_whatever_is_heard_of_the_reader():
    assert unavailable(replace(HERE, reader=DeviceState.OFFLINE)) == {}


def test_what_lasts_is_told_before_what_passes():
    both = replace(with_card(is_pin_locked=True), printer=OPEN, is_centre_reachable=False)
    assert unavailable(both)["print-pension-receipt"] == PIN_LOCKED


# What is declared decides: another declaration, another answer.


@pytest.mark.parametrize(
    ("accepted", "now", "reason"),
    [
        ({Credential.ID_CARD}, NOBODY, ""),
        ({Credential.ID_CARD}, HERE, ""),
        ({Credential.ID_CARD}, replace(NOBODY, id_card_reader=None), "本机没有身份证读卡器，请到窗口"),
        ({Credential.ID_CARD}, replace(HERE, id_card_reader=None), "本机没有身份证读卡器，请到窗口"),
        (
            {Credential.ID_CARD},
            replace(NOBODY, id_card_reader=DeviceState.OFFLINE),
            "身份证读卡器暂停使用，请到窗口办理",
        ),
        ({Credential.ID_CARD}, replace(NOBODY, id_card_reader=DeviceState.STARTING), ""),
        ({Credential.E_CARD}, replace(NOBODY, scanner=None), "本机没有扫码器，请到窗口"),
        ({Credential.E_CARD}, replace(NOBODY, scanner=DeviceState.NO_DEVICE), "扫码器暂停使用，请到窗口办理"),
        ({Credential.E_CARD}, replace(NOBODY, is_centre_reachable=False), NO_CENTRE),
        ({Credential.CARD, Credential.ID_CARD}, replace(NOBODY, reader=DeviceState.NO_DEVICE), ""),
        (
            {Credential.ID_CARD, Credential.E_CARD},
            replace(NOBODY, id_card_reader=None, scanner=None),
            "本机没有身份证读卡器，请到窗口",
        ),
        (
            {Credential.ID_CARD},
            replace(NOBODY, shown=frozenset({Credential.ID_CARD}), id_card_reader=None),
            "",
        ),
        (ANYBODY, replace(NOBODY, reader=DeviceState.NO_DEVICE, id_card_reader=None, scanner=None), ""),
    ],
)
def test_what_can_be_shown_at_this_machine_or_was_shown_is_enough(accepted, now, reason):
    declared = {"accepts": frozenset(accepted), "proof": Proof.NOTHING, "offline": Offline.SERVE}
    assert availability(replace(services()["card-information"], **declared), now).reason == reason


@pytest.mark.parametrize(
    ("declared", "now", "reason"),
    [
        ({"offline": Offline.SERVE}, replace(HERE, is_centre_reachable=False), ""),
        ({"offline": Offline.REFUSE}, replace(HERE, is_centre_reachable=False), NO_CENTRE),
        ({"accepts": frozenset()}, HERE, OTHER_CREDENTIAL),
        ({"accepts": CARD}, HERE, ""),
        ({"accepts": CARD}, NOBODY, ""),
        ({"accepts": ANYBODY}, HERE, ""),
        ({"accepts": ANYBODY}, replace(NOBODY, reader=DeviceState.NO_DEVICE), ""),
        ({"proof": Proof.NOTHING}, with_card(is_pin_locked=True), ""),
        ({"proof": Proof.PIN}, with_card(is_pin_locked=True), PIN_LOCKED),
        ({"gets": Gets.RECEIPT}, replace(HERE, printer=OPEN), ""),
        ({"gets": Gets.CERTIFICATE}, replace(HERE, printer=OPEN), "打印机盖子没有关好，暂时不能打印证明"),
    ],
)
def test_what_a_service_declares_is_what_holds(declared, now, reason):
    assert availability(replace(services()["card-information"], **declared), now).reason == reason


def test_a_service_needs_the_devices_that_its_declaration_implies():
    card = services()["card-information"]
    assert card.needs == {Device.CARD_READER}
    assert replace(card, gets=Gets.CERTIFICATE).needs == {Device.CARD_READER, Device.PRINTER}
    assert replace(card, accepts=frozenset()).needs == frozenset()
    assert replace(card, accepts=frozenset(), proof=Proof.PIN).needs == {Device.CARD_READER}


SOCIAL = st.sampled_from([None, "normal", "not-activated", "lost-oral", "cancelled"])
ANY = st.builds(
    Conditions,
    region=st.sampled_from(["610200", "420100", "210200"]),
    reader=st.sampled_from(DeviceState),
    printer=st.sampled_from([FULL, OPEN, PrinterStatus()]),
    is_centre_reachable=st.booleans(),
    too_old=st.just({}),
    card=st.none() | st.builds(CardCondition, st.booleans(), SOCIAL),
    on_behalf=st.booleans(),
)


@given(ANY)
def test_nothing_is_greyed_without_a_reason_that_can_be_said_in_english(now):
    told = [each.reason or each.elsewhere for each in availabilities(now).values()]
    for reason in filter(None, told):
        assert reason.msgid in catalogue("en")  # type: ignore[attr-defined]  # words that can be translated


@given(ANY)
def test_whatever_else_is_amiss_a_line_that_is_back_never_greys_more(now):
    gone, back = replace(now, is_centre_reachable=False), replace(now, is_centre_reachable=True)
    assert unavailable(back).keys() <= unavailable(gone).keys()


@pytest.mark.parametrize(
    ("region", "where"), [("420100", "请打电话或到窗口询问"), ("210200", "社会保障卡经办点"), ("610200", "")]
)
def test_nobody_is_sent_to_an_activation_that_the_region_does_not_do_here(region, where):
    now = replace(best_conditions(region), card=CardCondition(social="not-activated"))
    reason = availability(services()["print-participation-certificate"], now).reason
    assert where in reason if where else reason == NOT_ACTIVATED
    assert (reason == NOT_ACTIVATED) is (not where)
