"""Which reader is for citizens' cards, told by the names that real readers have."""

import pytest

from hardware.card.choice import Kind, choose, kind_of, name_to_configure
from hardware.card.errors import AmbiguousReaderError

ACR = [
    f"ACS ACR1281U-C1 [ACR1281 Dual Reader {slot}] 00 0{n}" for n, slot in enumerate(("ICC", "PICC", "SAM"))
]
OMNIKEY = [
    "HID Global OMNIKEY 5422 Smartcard Reader [OMNIKEY 5422CL Smartcard Reader] 00 00",
    "HID Global OMNIKEY 5422 Smartcard Reader [OMNIKEY 5422 Smartcard Reader] 01 00",
]
IDENTIV = [
    "Identiv uTrust 4701 F Dual Interface Reader [uTrust 4701 F CL Reader] 00 00",
    "Identiv uTrust 4701 F Dual Interface Reader [uTrust 4701 F Contact Reader] 01 00",
]
PROX = [
    "Gemalto Prox-DU [Prox-DU Contactless_12345678] 00 00",
    "Gemalto Prox-DU [Prox-DU Contact_12345678] 00 01",
]
FEITIAN = [
    f"Feitian R502 [R502 {slot} Reader] 0{n} 00" for n, slot in enumerate(("Contactless", "Contact", "SAM1"))
]
TWO_SLOTS = ["Watchdata W5181 00 00", "Watchdata W5181 00 01"]
PSAM = "PSAM Slot 00 00"


@pytest.mark.parametrize(
    ("readers", "chosen"),
    [
        ([], ""),
        (["Feitian R301 00 00"], "Feitian R301 00 00"),
        (ACR, ACR[0]),
        (ACR[::-1], ACR[0]),
        (OMNIKEY, OMNIKEY[1]),
        (IDENTIV, IDENTIV[1]),
        (PROX, PROX[1]),
        (FEITIAN, FEITIAN[1]),
        (TWO_SLOTS[::-1], TWO_SLOTS[0]),
        ([PSAM, "Counter Reader 01 00"], "Counter Reader 01 00"),
        ([PSAM], ""),  # the citizens' reader was unplugged: a security module is no citizen's card
        ([ACR[1]], ACR[1]),
        ([ACR[1], ACR[2]], ACR[1]),
    ],
)
def test_without_a_name_the_contact_slot_is_taken(readers, chosen):
    assert choose(readers) == chosen


@pytest.mark.parametrize(
    "readers",
    [
        ["Feitian R301 00 00", "Feitian R301 01 00"],
        ["Feitian R301 00 00", "Watchdata W5181 01 00"],
        [*ACR, "Feitian R301 01 00"],
        [ACR[1], "ACME NFC Reader 01 00"],
    ],
)
def test_readers_of_two_devices_are_refused_with_a_list_of_all(readers):
    with pytest.raises(AmbiguousReaderError) as caught:
        choose(readers)
    assert caught.value.readers == tuple(readers)
    assert all(reader in str(caught.value) for reader in readers)


@pytest.mark.parametrize(
    ("readers", "name", "chosen"),
    [
        (ACR, "ICC", ACR[0]),
        (ACR, "icc", ACR[0]),
        (ACR, "PICC", ACR[1]),
        (ACR, "SAM", ACR[2]),  # whoever names it means it
        (ACR, "ACR1281", ACR[0]),
        (ACR, "Dual Reader ICC", ACR[0]),
        (ACR, ACR[1], ACR[1]),
        (ACR[1:], "ICC", ""),  # not PICC, whose letters hold it
        (ACR, "CC", ""),
        (ACR, "Reader Dual", ""),
        (["Feitian R301 00 00", "Feitian R301 01 00"], "R301 01 00", "Feitian R301 01 00"),
        (["Feitian R301 00 00", "Watchdata W5181 01 00"], "Watchdata", "Watchdata W5181 01 00"),
        (["Feitian R301 00 00"], "Watchdata", ""),
        (["Feitian R30 00 00", "Feitian R301 01 00"], "R30", "Feitian R30 00 00"),
    ],
)
def test_a_name_is_matched_by_whole_words(readers, name, chosen):
    assert choose(readers, name) == chosen


def test_a_name_that_means_two_devices_is_refused():
    with pytest.raises(AmbiguousReaderError):
        choose(["Feitian R301 00 00", "Feitian R301 01 00"], "R301")


@pytest.mark.parametrize(
    ("reader", "kind"),
    [
        *zip(ACR, (Kind.CONTACT, Kind.CONTACTLESS, Kind.SAM), strict=True),
        (OMNIKEY[0], Kind.CONTACTLESS),
        (IDENTIV[0], Kind.CONTACTLESS),
        (PROX[1], Kind.CONTACT),
        (PSAM, Kind.SAM),
        ("SAMSUNG Reader 00 00", Kind.UNKNOWN),
        ("ACME Contact and Contactless Reader 00 00", Kind.UNKNOWN),
        ("Feitian R301 00 00", Kind.UNKNOWN),
        ("ACME Contact-Less Slot 01 00", Kind.CONTACTLESS),
        ("ACME RF 01 00", Kind.CONTACTLESS),
        ("Broadcom Corp Contacted SmartCard 00 00", Kind.CONTACT),
        ("华大HD100 接触式读卡器 00 00", Kind.CONTACT),
        ("华大HD100 非接触式读卡器 01 00", Kind.CONTACTLESS),
        ("华大HD100 安全模块 02 00", Kind.SAM),
        ("华大HD100接触和非接触 00 00", Kind.UNKNOWN),
    ],
)
def test_a_name_says_what_a_reader_takes(reader, kind):
    assert kind_of(reader) is kind


@pytest.mark.parametrize("readers", [ACR, OMNIKEY, IDENTIV, PROX, FEITIAN, TWO_SLOTS, [PSAM]])
def test_the_name_to_configure_means_that_very_reader(readers):
    for reader in readers:
        assert choose(readers, name_to_configure(reader, readers)) == reader


def test_the_name_to_configure_has_no_numbers_where_it_can_do_without():
    assert name_to_configure(ACR[0], ACR) == "ACS ACR1281U-C1 [ACR1281 Dual Reader ICC]"
    twins = ["Feitian R301 00 00", "Feitian R301 01 00"]
    assert name_to_configure(twins[1], twins) == twins[1]
