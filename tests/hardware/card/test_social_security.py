"""The protocol against dialogues written down by hand, and against a simulated chip."""

from datetime import date

import pytest

from hardware.card.bank import read_bank
from hardware.card.errors import (
    ApplicationBlockedError,
    AuthenticationFailedError,
    AuthenticationRequiredError,
    CardChangedError,
    CardContentError,
    CardRemovedError,
    CardUnreadableError,
    InvalidPinError,
    NotSocialSecurityCardError,
    PinLockedError,
    PinRejectedError,
    TransportUncertainError,
)
from hardware.card.pin import Pin
from hardware.card.social_security import Key, PinStatus, SocialSecurityCard
from hardware.simulator.chip_keys import IRK, PUK, RKSSSE
from tests.hardware.card.chips import scripted_chip, simulated_chip

SELECT = ("00A404000F 7378312E73682EC9E7BBE1B1A3D5CF", "611E")
EF05_OF_A_2_0_CARD = [
    ("00A4020002EF05", "9000"),
    ("00B2010012", "0110610200D15600000500000002A1B2C3D4 9000"),
    ("00B2020003", "020133 9000"),
    ("00B2030006", "0304322E3000 9000"),
    ("00B2050006", "050420200101 9000"),
    ("00B2060006", "060420300101 9000"),
    ("00B207000B", "0709413132333435363734 9000"),
    ("00B2010012", "0110610200D15600000500000002A1B2C3D4 9000"),
    ("00B207000B", "0709413132333435363734 9000"),
]
NAME = "091ED5C5B2E2CAD4000000000000000000000000000000000000000000000000"
NO_EXTENSION = "4E140000000000000000000000000000000000000000"
EF06_OF_A_2_0_CARD = [
    ("00A4020002EF06", "9000"),
    ("00B2080014", "0812 363130323032313939303031303131323337 9000"),
    ("00B2090020", f"{NAME} 9000"),
    ("00B24E0016", f"{NO_EXTENSION} 9000"),
    ("00B20A0003", "0A0131 9000"),
    ("00B20B0003", "0B0101 9000"),
    ("00B20D0006", "0D0419900101 9000"),
    ("00B2090020", f"{NAME} 9000"),
    ("00B24E0016", f"{NO_EXTENSION} 9000"),
    ("00B20B0003", "0B0101 9000"),
]


def pin(digits: str) -> Pin:
    return Pin(bytearray(digits.encode()))


SOURCE = bytes(range(8))


def prove(card: SocialSecurityCard, key, role: Key) -> None:
    """Prove to the card that somebody holds its key, as the centre does."""
    card.authenticate(key.proof(card.challenge(), SOURCE) + SOURCE, role)


def open_card(name: str, **faults):
    chip, transmit = simulated_chip(name, **faults)
    return chip, SocialSecurityCard(transmit)


def answering(command: str, answer: str) -> SocialSecurityCard:
    return SocialSecurityCard(scripted_chip([SELECT, (command, answer)]))


def test_a_2_0_card_is_read_with_the_commands_of_the_specification():
    card = SocialSecurityCard(scripted_chip([SELECT, *EF05_OF_A_2_0_CARD, *EF06_OF_A_2_0_CARD]))
    basics, holder = card.read_basic(), card.read_holder()
    assert (basics.region, basics.version, basics.card_number) == ("610200", "2.0", "A12345674")
    assert (basics.issued, basics.valid_until) == (date(2020, 1, 1), date(2030, 1, 1))
    assert (holder.name, holder.birth) == ("张测试", date(1990, 1, 1))


def test_a_1_0_card_without_version_and_name_extension_is_read():
    dialogue = [
        SELECT,
        ("00A4020002EF05", "9000"),
        ("00B2010012", "0110610200D156000005000000010102A3A4 9000"),
        ("00B2020003", "020133 9000"),
        ("00B2030006", "030400000000 9000"),
        ("00B2050006", "050420110101 9000"),
        ("00B2060006", "0604FFFFFFFF 9000"),
        ("00B207000B", "0709413030303030303131 9000"),
        ("00B2010012", "0110610200D156000005000000010102A3A4 9000"),
        ("00B207000B", "0709413030303030303131 9000"),
        *[(c, "6A83" if c == "00B24E0016" else a) for c, a in EF06_OF_A_2_0_CARD],
    ]
    card = SocialSecurityCard(scripted_chip(dialogue))
    assert (card.read_basic().version, card.read_holder().name) == ("1.0", "张测试")


@pytest.mark.parametrize("refusal", ["6A86", "6B00", "6A82", "6A81"])
def test_a_card_that_knows_the_other_select_is_read_too(refusal):
    other = [(c.replace("00A402", "00A400"), a) for c, a in EF05_OF_A_2_0_CARD]
    holder = [(c.replace("00A402", "00A400"), a) for c, a in EF06_OF_A_2_0_CARD]
    card = SocialSecurityCard(scripted_chip([SELECT, ("00A4020002EF05", refusal), *other, *holder]))
    assert card.read_basic().region == "610200"
    assert card.read_holder().name == "张测试"


@pytest.mark.parametrize(
    "key", ["wang-jianguo", "li-xiuying", "ouyang-qing", "zhao-min", "paerhati", "sun-li"]
)
@pytest.mark.parametrize("select_p1_00", [False, True])
def test_every_invented_citizen_is_read(key, select_p1_00):
    chip, card = open_card(key, select_p1_00=select_p1_00)
    holder, basics = card.read_holder(), card.read_basic()
    assert holder.name == chip.content.holder.name
    assert (holder.id_number, holder.birth) == (chip.content.holder.id_number, chip.content.holder.birth)
    assert basics.card_identity == chip.content.basic.identity == card.identity
    assert basics.card_number == chip.content.basic.number


def test_a_3_0_card_shows_its_holder_after_the_centre_has_authenticated():
    chip, card = open_card("chen-jing")
    with pytest.raises(AuthenticationRequiredError):
        card.read_holder()
    prove(card, chip.content.key(RKSSSE, None), Key.HOLDER_READ)
    assert card.read_holder().name == "陈静"


@pytest.mark.parametrize("name", ["wang-jianguo", "li-xiuying", "chen-jing"])
def test_a_card_answers_the_centres_challenge_with_its_own_key(name):
    chip, card = open_card(name)
    key = chip.content.key(IRK, None)
    for process, source in ((bytes(8), SOURCE), (SOURCE, bytes(8))):
        assert card.internal_authenticate(process, source) == key.proof(process, source)
    assert card.read_basic().card_identity == chip.content.basic.identity, "and goes on as before"


def test_the_proof_takes_two_commands_and_says_what_the_dialogue_says():
    process, source = bytes.fromhex("0011223344556677"), bytes.fromhex("8899AABBCCDDEEFF")
    dialogue = [
        ("0088000010 0011223344556677 8899AABBCCDDEEFF", "6108"),
        ("00C0000008", "37F11F9CE82848AB 9000"),
    ]
    card = SocialSecurityCard(scripted_chip([SELECT, *dialogue]))
    assert card.internal_authenticate(process, source).hex().upper() == "37F11F9CE82848AB"


@pytest.mark.parametrize("answer", ["6D00", "6A88", "6985", "9000", "3F11 9000", "6700"])
def test_a_card_that_cannot_prove_itself_has_no_answer(answer):
    asked = ("0088000010" + "00" * 16, answer)
    assert SocialSecurityCard(scripted_chip([SELECT, asked])).internal_authenticate(bytes(8), bytes(8)) == b""


def test_simulated_cards_refuse_answer_anything_or_say_what_they_said_before():
    _, refuses = open_card("wang-jianguo", internal="refuses")
    assert refuses.internal_authenticate(bytes(8), SOURCE) == b""
    chip, rubbish = open_card("wang-jianguo", internal="rubbish")
    answer = rubbish.internal_authenticate(bytes(8), SOURCE)
    assert len(answer) == 8 and answer != chip.content.key(IRK, None).proof(bytes(8), SOURCE)
    _, replays = open_card("wang-jianguo", internal="replays")
    first = replays.internal_authenticate(bytes(8), SOURCE)
    assert replays.internal_authenticate(SOURCE, bytes(8)) == first


def test_a_counterfeit_shows_a_citizens_data_and_has_no_key():
    _, card = open_card("counterfeit")
    _, genuine = open_card("wang-jianguo")
    assert card.read_basic() == genuine.read_basic() and card.read_holder() == genuine.read_holder()
    card.verify_pin(pin("246810"))
    assert card.internal_authenticate(bytes(8), SOURCE) != genuine.internal_authenticate(bytes(8), SOURCE)


def test_an_old_proof_is_refused_by_a_3_0_card():
    chip, card = open_card("chen-jing")
    old = chip.content.key(RKSSSE, None).proof(card.challenge(), SOURCE) + SOURCE
    card.challenge()
    with pytest.raises(AuthenticationFailedError) as refused:
        card.authenticate(old, Key.HOLDER_READ)
    assert refused.value.tries_left == 2
    with pytest.raises(AuthenticationRequiredError):
        card.read_holder()


def test_a_bank_card_is_no_social_security_card():
    with pytest.raises(NotSocialSecurityCardError):
        open_card("bank-card")


@pytest.mark.parametrize("answer", ["9303", "6A81", "6283"])
def test_a_blocked_application_is_told_apart_from_a_strange_card(answer):
    with pytest.raises(ApplicationBlockedError):
        SocialSecurityCard(scripted_chip([(SELECT[0], answer)]))


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ("63C5", PinStatus(set=True, tries_left=5, locked=False)),
        ("63C0", PinStatus(set=True, tries_left=0, locked=True)),
        ("6983", PinStatus(set=True, tries_left=0, locked=True)),
        ("9000", PinStatus(set=False, tries_left=None, locked=False)),
    ],
)
def test_the_pin_status_is_asked_with_the_empty_verify(answer, status):
    assert answering("0020000000", answer).pin_status() == status


def test_asking_for_the_pin_status_spends_no_try():
    _, card = open_card("wang-jianguo")
    assert {card.pin_status().tries_left for _ in range(20)} == {6}


def test_verify_and_change_are_the_documented_commands():
    answering("0020000003666666", "9000").verify_pin(pin("666666"))
    answering("002000000312345F", "9000").verify_pin(pin("12345"))
    answering("805E010007666666FF135790", "9000").change_pin(pin("666666"), pin("135790"))
    answering("805E01000D123456789012FF123456789013", "9000").change_pin(
        pin("123456789012"), pin("123456789013")
    )


def test_a_wrong_pin_says_how_many_tries_are_left_until_it_is_locked():
    _, card = open_card("li-xiuying")
    for left in (2, 1):
        with pytest.raises(InvalidPinError) as wrong:
            card.verify_pin(pin("111222"))
        assert wrong.value.tries_left == left
    for _ in range(2):
        with pytest.raises(PinLockedError):
            card.verify_pin(pin("111222"))
    with pytest.raises(PinLockedError):
        card.verify_pin(pin("862047"))
    assert card.pin_status().locked


def test_a_right_pin_gives_all_tries_back():
    _, card = open_card("wang-jianguo")
    with pytest.raises(InvalidPinError):
        card.verify_pin(pin("000000"))
    card.verify_pin(pin("739154"))
    assert card.pin_status().tries_left == 6


def test_after_a_change_only_the_new_pin_is_right():
    _, card = open_card("zhao-min")
    card.change_pin(pin("666666"), pin("804152"))
    card.verify_pin(pin("804152"))
    with pytest.raises(InvalidPinError):
        card.verify_pin(pin("666666"))


def test_a_change_with_a_wrong_old_pin_changes_nothing():
    _, card = open_card("wang-jianguo")
    with pytest.raises(InvalidPinError):
        card.change_pin(pin("111222"), pin("804152"))
    card.verify_pin(pin("739154"))


def test_a_locked_pin_is_reset_with_the_centres_messages():
    chip, card = open_card("zhou-qiang")
    key = chip.content.key(PUK, None)
    prove(card, key, Key.PIN_UNBLOCK)
    card.reset_pin(key.reset_message(card.challenge(), "918273"))
    card.verify_pin(pin("918273"))


def test_a_locked_pin_is_unblocked_with_the_centres_messages():
    chip, card = open_card("zhou-qiang")
    key = chip.content.key(PUK, None)
    prove(card, key, Key.PIN_UNBLOCK)
    card.unblock_pin(key.unblock_message(card.challenge()))
    card.verify_pin(pin("640281"))


def test_a_centres_message_with_a_wrong_mac_is_refused():
    chip, card = open_card("zhou-qiang")
    key = chip.content.key(PUK, None)
    prove(card, key, Key.PIN_UNBLOCK)
    with pytest.raises(AuthenticationFailedError):
        card.unblock_pin(bytes(4))
    assert card.pin_status().locked


WRITES = [
    lambda card: card.verify_pin(pin("739154")),
    lambda card: card.change_pin(pin("739154"), pin("804152")),
    lambda card: card.unblock_pin(bytes(4)),
    lambda card: card.reset_pin(bytes(12)),
]


@pytest.mark.parametrize("write", WRITES)
def test_a_write_without_an_answer_is_uncertain_and_sent_once(write):
    sent = []

    def transmit(command: bytes) -> tuple[bytes, int]:
        sent.append(command)
        if len(sent) > 1:
            raise CardRemovedError("pulled")
        return b"", 0x9000

    card = SocialSecurityCard(transmit)
    with pytest.raises(TransportUncertainError):
        write(card)
    assert len(sent) == 2


@pytest.mark.parametrize("sw", ["6581", "6500", "6F00", "6283", "1234", "6103"])
def test_an_answer_that_does_not_say_what_happened_is_uncertain(sw):
    with pytest.raises(TransportUncertainError):
        answering("0020000003739154", sw).verify_pin(pin("739154"))


@pytest.mark.parametrize("sw", ["6700", "6982", "6985", "6A80", "6D00", "9303", "6C07"])
def test_a_refused_command_is_not_taken_for_a_wrong_pin(sw):
    with pytest.raises(PinRejectedError) as refused:
        answering("0020000003739154", sw).verify_pin(pin("739154"))
    assert f"{refused.value.sw:04X}" == sw


def test_packed_pins_are_wiped_after_the_command(monkeypatch):
    packed = []
    real = Pin.packed
    monkeypatch.setattr(Pin, "packed", lambda self: packed.append(real(self)) or packed[-1])
    _, card = open_card("wang-jianguo")
    card.verify_pin(pin("739154"))
    with pytest.raises(InvalidPinError):
        card.change_pin(pin("111222"), pin("804152"))
    assert [bytes(one) for one in packed] == [bytes(3)] * 3


def test_only_the_last_four_digits_of_the_bank_account_are_read_and_the_card_is_of_use_afterwards():
    _, card = open_card("wang-jianguo")
    bank = card.read_bank()
    assert (bank.present, bank.last4) == (True, "0017")
    assert "62999999" not in repr(bank)
    assert card.read_holder().name == "王建国"


def test_a_card_without_bank_application_says_so():
    _, card = open_card("li-xiuying")
    assert (card.read_bank().present, card.read_bank().last4) == (False, None)


DEBIT, CREDIT, QUASI_CREDIT = (f"00A4040008 A0000003330101{kind:02}" for kind in (1, 2, 3))
OPTIONS = "80A80000028300"


@pytest.mark.parametrize("selected", ["9000", "6105"])
def test_a_bank_application_without_a_readable_account_is_there_all_the_same(selected):
    bank = read_bank(scripted_chip([(DEBIT, selected), (OPTIONS, "6985")]))
    assert (bank.present, bank.last4) == (True, None)
    too_short = [(OPTIONS, "800600000801010000 9000"), ("00B2010C00", "70045A021234 9000")]
    bank = read_bank(scripted_chip([(DEBIT, selected), *too_short]))
    assert (bank.present, bank.last4) == (True, None)


def test_a_bank_application_of_any_kind_is_looked_for():
    bank = read_bank(
        scripted_chip([(DEBIT, "6A82"), (CREDIT, "6A82"), (QUASI_CREDIT, "9000"), (OPTIONS, "6985")])
    )
    assert bank.present


def test_the_account_is_looked_for_in_every_record_and_also_in_track_2():
    dialogue = [
        (DEBIT, "9000"),
        (OPTIONS, "800A 0000 08010100 10010200 9000"),
        ("00B2010C00", "6A83"),
        ("00B2011400", "7003 9F0700 9000"),
        ("00B2021400", "700A 5708 629999990012D301 9000"),
    ]
    assert read_bank(scripted_chip(dialogue)).last4 == "0012"


def test_another_card_under_the_same_connection_is_noticed():
    first, second = simulated_chip("wang-jianguo"), simulated_chip("li-xiuying")
    chips = [first]
    card = SocialSecurityCard(lambda command: chips[-1][1](command))
    assert card.identity.endswith("A1B2C3D4")
    SocialSecurityCard(second[1])
    chips.append(second)
    with pytest.raises(CardChangedError):
        card.read_basic()


@pytest.mark.parametrize(
    ("raw", "unreadable"),
    [
        ("0111" + "00" * 16, "EF05/01"),  # length of 17
        ("0210" + "00" * 16, "EF05/01"),  # another tag
        ("0110" + "00" * 15, "EF05/01"),  # cut short
        ("0110" + "00" * 17, "EF05/01"),  # too long
        ("", "卡的识别码"),  # no such record
    ],
)
def test_a_record_that_is_malformed_each_time_is_not_for_the_kiosk_and_named(raw, unreadable):
    chip, transmit = simulated_chip("wang-jianguo")
    files = chip._files["EF05"]
    files[0x01] = bytes.fromhex(raw)
    if not raw:
        del files[0x01]
    with pytest.raises(CardContentError) as error:
        SocialSecurityCard(transmit).read_basic()
    assert error.value.what == unreadable


def test_what_is_malformed_once_only_is_the_contact():
    for malformed in ("0A0132", "0D0419750318", "0812393939393939313937353033313730363138", "0D0319750317"):
        chip, transmit = simulated_chip("wang-jianguo")
        tag = bytes.fromhex(malformed)[0]
        right = chip._files["EF06"][tag]
        answers = [bytes.fromhex(malformed), right]

        def dirty(command, tag=tag, answers=answers, transmit=transmit):
            answer = transmit(command)
            return (answers.pop(0), 0x9000) if command[:3] == bytes([0, 0xB2, tag]) and answers else answer

        with pytest.raises(CardUnreadableError):
            SocialSecurityCard(dirty).read_holder()


def test_a_contradiction_that_is_read_twice_is_served_with_a_warning():
    chip, transmit = simulated_chip("wang-jianguo")
    chip._files["EF06"][0x0A] = bytes.fromhex("0A0132")

    holder = SocialSecurityCard(transmit).read_holder()

    assert (holder.sex, holder.warnings) == ("1", ("sex_contradicts_id_number",))


def test_a_number_that_is_soundly_read_and_not_for_the_kiosk_is_told_apart_from_dirt():
    chip, transmit = simulated_chip("wang-jianguo")
    chip._files["EF06"][0x08] = b"\x08\x12" + b"W99999919750317061"

    with pytest.raises(CardContentError) as error:
        SocialSecurityCard(transmit).read_holder()

    assert error.value.kind == "foreign-number"


def test_a_number_without_a_check_digit_is_read_twice():
    _, transmit = simulated_chip("anna-example")
    reads = []

    def counted(command):
        reads.append(bytes(command))
        return transmit(command)

    holder = SocialSecurityCard(counted).read_holder()

    assert (holder.form, holder.sex, holder.birth) == ("foreigner", None, None)
    assert sum(command[:3] == b"\x00\xb2\x08" for command in reads) == 2
