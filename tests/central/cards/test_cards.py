"""How the centre sees a card: asked by kiosks, changed by what they report, and never by anything else."""

import msgspec
import pytest
from alembic import command, config
from sqlalchemy import create_engine, inspect, text, update

from central.store import tables as models
from central.store.database import open_database
from central.store.schema import MIGRATIONS
from sync.client import CentralRefusedError
from sync.protocol.cards import CARD_STATE, CardStateRequest
from sync.protocol.certificates import ISSUE_CERTIFICATE
from sync.protocol.messages import card_partition
from tests import people
from tests.central.centre import an_identity, sqlite_url
from tests.central.certificate_requests import WANG, asking
from tests.central.deliveries import EPOCH, event

ZHAO = CardStateRequest(
    region="610200", card_identity="610200D15600000500000004D4E5F607", id_number=people.ZHAO.id_number
)
ACTIVATED = event(
    1,
    type="card.activated",
    partition=card_partition(ZHAO.card_identity),
    body={"act": "A1-1", "resolved": False},
)


@pytest.fixture
def kiosk(any_centre):
    return any_centre.client(any_centre.enrol(an_identity()))


def set_status(centre, status, request=ZHAO):
    with centre.engine.begin() as tx:
        tx.execute(update(models.cards).where(mine(request)).values(status=status))


def mine(request):
    return models.cards.c.identity == request.card_identity


def card(centre, request=ZHAO):
    return next(row for row in centre.rows(models.cards) if row.identity == request.card_identity)


def test_the_demonstrations_cards_are_activated_but_for_the_new_one(kiosk):
    wang = msgspec.structs.replace(ZHAO, card_identity=WANG.card_identity, id_number=WANG.id_number)
    assert kiosk.call(CARD_STATE, wang).social == "normal"
    assert kiosk.call(CARD_STATE, ZHAO).social == "not-activated"


def test_a_lost_or_cancelled_card_is_told_as_such(any_centre, kiosk):
    for status in ("lost-oral", "lost-formal", "cancelled"):
        set_status(any_centre, status)
        assert kiosk.call(CARD_STATE, ZHAO).social == status


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"card_identity": "0" * 32}, "card-unknown"),
        ({"id_number": WANG.id_number}, "card-not-holders"),
        ({"region": "210100"}, "other-region"),
    ],
)
def test_what_does_not_agree_is_refused_in_words_for_the_citizen(kiosk, changes, code):
    with pytest.raises(CentralRefusedError) as refused:
        kiosk.call(CARD_STATE, msgspec.structs.replace(ZHAO, **changes))
    assert refused.value.code == code
    assert refused.value.message.endswith("。") and "证明" not in refused.value.message


def test_the_holder_need_not_be_named(kiosk):
    assert kiosk.call(CARD_STATE, msgspec.structs.replace(ZHAO, id_number=None)).social == "not-activated"


def test_a_stranger_is_not_told_about_a_card(centre):
    with pytest.raises(CentralRefusedError, match="signature-wrong"):
        centre.client(an_identity("610200-009")).call(CARD_STATE, ZHAO)


def test_a_report_of_activation_activates_that_card_once(any_centre, kiosk):
    kiosk.visit_of(ZHAO.card_identity)
    for _ in range(2):
        kiosk.deliver(EPOCH, [ACTIVATED])
    assert kiosk.call(CARD_STATE, ZHAO).social == "normal"
    assert card(any_centre).activated_at == ACTIVATED.occurred_at
    assert [row.identity for row in any_centre.rows(models.cards) if row.activated_at] == [ZHAO.card_identity]


def test_a_loss_reported_meanwhile_is_stronger_than_an_activation(any_centre, kiosk):
    kiosk.visit_of(ZHAO.card_identity)
    set_status(any_centre, "lost-oral")
    kiosk.deliver(EPOCH, [ACTIVATED])
    assert kiosk.call(CARD_STATE, ZHAO).social == "lost-oral"


def test_an_activation_of_a_card_that_is_not_here_is_kept_and_changes_nothing(any_centre, kiosk):
    stranger = msgspec.structs.replace(ACTIVATED, partition="0" * 32)
    assert kiosk.deliver(EPOCH, [stranger]).answers[0].result == "ok"
    assert kiosk.call(CARD_STATE, ZHAO).social == "not-activated"


def test_a_changed_pin_is_recorded_and_changes_no_state(any_centre, kiosk):
    kiosk.deliver(EPOCH, [msgspec.structs.replace(ACTIVATED, type="card.pin_changed")])
    assert any_centre.count(models.events) == 1
    assert kiosk.call(CARD_STATE, ZHAO).social == "not-activated"


def test_a_card_that_is_not_activated_gets_no_certificate_and_is_told_why(kiosk):
    request = asking(card_identity=ZHAO.card_identity, id_number=ZHAO.id_number)
    with pytest.raises(CentralRefusedError) as refused:
        kiosk.call(ISSUE_CERTIFICATE, request)
    assert refused.value.code == "card-not-activated"
    assert "社保功能激活" in refused.value.message


def test_cards_from_before_the_migration_are_found_by_their_events(tmp_path):
    url = sqlite_url(tmp_path)
    old = create_engine(url)
    to_first = config.Config()
    to_first.set_main_option("script_location", str(MIGRATIONS))
    with old.begin() as connection:
        to_first.attributes["connection"] = connection
        command.upgrade(to_first, "0001")
        connection.execute(text("INSERT INTO people VALUES ('1', '甲', '男', '610200', '铜川')"))
        connection.execute(
            text("INSERT INTO cards VALUES (:identity, 'A1', '1', 'normal')"),
            {"identity": ZHAO.card_identity},
        )
    old.dispose()
    engine = open_database(url)
    with engine.connect() as connection:
        [row] = connection.execute(models.cards.select()).all()
        unique = inspect(connection).get_unique_constraints("cards")
    engine.dispose()
    assert row.partition == card_partition(ZHAO.card_identity)
    assert [constraint["column_names"] for constraint in unique] == [["number"]]
