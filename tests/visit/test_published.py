"""What the centre published, at a kiosk with a real card: a lost one is refused, a closed kiosk serves nobody."""

from contextlib import closing

import pytest

from sync.protocol.card_status_list import Listed, card_hash
from sync.store.meta import set_meta
from sync.store.reference import Reference
from sync.store.reference_file import nothing_of
from tests.visit.windowless import Branch, Plan

CARD_KEY = bytes(32)
IDENTITY = "610200D15600000500000001A1B2C3D4"
SHOW_CARD = Plan("card-information")


def list_card(branch: Branch, status: Listed) -> None:
    with closing(Reference(branch.folder / "data")) as reference:
        listed = [(card_hash(CARD_KEY, IDENTITY), status)]
        reference.current.load_card_statuses(nothing_of("e1"), CARD_KEY.hex(), listed)


@pytest.mark.parametrize(
    ("status", "state", "words"),
    [(Listed.LOST, "lost-formal", "已挂失"), (Listed.CANCELLED, "cancelled", "已注销")],
)
def test_a_listed_card_is_refused_politely_and_nothing_of_it_is_shown(branch, status, state, words):
    list_card(branch, status)
    branch.bring("wang-jianguo")
    branch.set_card_state(state)
    shown = branch.visit(SHOW_CARD)
    assert shown[-1].kind == "RefuseCard"
    assert words in shown[-1].words
    assert "到窗口核实" in shown[-1].words
    assert not {"Home", "ShowTable"} & {page.kind for page in shown}
    refused = branch.rows("SELECT data FROM audit WHERE event = 'visit.card_refused'")
    assert [row["data"] for row in refused] == ['{"problem": "CardListed"}']


def test_a_listed_card_is_refused_while_the_centre_cannot_be_asked(branch):
    list_card(branch, Listed.LOST)
    branch.bring("wang-jianguo")
    branch.centre.stop()
    assert branch.visit(SHOW_CARD)[-1].kind == "RefuseCard"


def test_a_card_whose_hash_meets_a_listed_one_is_served_once_the_centre_has_said_so(branch):
    list_card(branch, Listed.LOST)
    branch.bring("wang-jianguo")
    assert "ShowTable" in {page.kind for page in branch.visit(SHOW_CARD)}


def test_another_card_is_served_as_ever(branch):
    list_card(branch, Listed.LOST)
    branch.bring("li-xiuying")
    assert "ShowTable" in {page.kind for page in branch.visit(SHOW_CARD)}


def test_a_kiosk_that_the_centre_put_out_of_service_says_so_and_gives_the_card_back(branch):
    with closing(branch.store()) as store, store.transaction() as tx:
        set_meta(tx, "out_of_service", "正在升级。")
    branch.bring("wang-jianguo")
    shown = branch.visit(SHOW_CARD)
    assert "正在升级" in shown[-1].words
    assert not {"Home", "ShowTable"} & {page.kind for page in shown}
