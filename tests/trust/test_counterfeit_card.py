"""A card whose public data were copied does nothing at an honest kiosk: it has no key, or another card's.

The whole chain: the simulated card behind pcscd, the kiosk without its window, the centre over HTTP.
"""

from contextlib import closing
from pathlib import Path

from central.store import tables as models
from hardware.simulator.personalisation import CARDS, load
from sync.store.alarms import alarms
from tests.hardware.card.conftest import fast_polling, needs_pcscd
from tests.visit.conftest import branch, reader
from tests.visit.windowless import Branch, Plan, Shown

__all__ = ["branch", "fast_polling", "needs_pcscd", "reader"]

VICTIM, OTHER = load("wang-jianguo"), load("li-xiuying")
CERTIFICATE = "print-participation-certificate"
PAGE = "这张卡没有通过核验，请到窗口办理"


def visit(branch: Branch, card: str, pin: str) -> list[Shown]:
    branch.bring(card)
    return branch.visit(Plan(CERTIFICATE, known=(pin,)))


def forged(folder: Path, lines: str) -> str:
    """Write a card that shows the victim's data, and return its file."""
    content = (CARDS / "counterfeit.toml").read_text("utf-8").split("[keys]")[0]
    path = folder / "forged.toml"
    path.write_text(content + lines, "utf-8")
    return str(path)


def require_refused(branch: Branch, shown: list[Shown], certificates: int = 0) -> None:
    # A centre that takes its time is not waited for: then the menu is shown first, and nothing is done there.
    assert shown[-1].kind == "RefuseCard" and "Finished" not in {page.kind for page in shown}
    assert PAGE in shown[-1].words
    assert branch.centre.count(models.certificates) == certificates
    with closing(branch.store()) as store:
        assert [alarm["event"] for alarm in alarms(store)] == ["card.not_proven"]
    branch.deliver()
    assert "card.not_proven" in [row.type for row in branch.centre.rows(models.events)]


def test_the_genuine_card_gets_the_certificate_at_the_same_kiosk(branch):
    visit(branch, "wang-jianguo", VICTIM.pin.value)
    [issued] = branch.centre.rows(models.certificates)
    assert issued.id_number == VICTIM.holder.id_number


def test_a_counterfeit_with_a_pin_of_its_own_gets_no_certificate(branch):
    require_refused(branch, visit(branch, "counterfeit", load("counterfeit").pin.value))


def test_nor_does_one_that_knows_no_such_command(branch, tmp_path):
    card = forged(tmp_path, '[faults]\ninternal = "refuses"\n')
    require_refused(branch, visit(branch, card, load("counterfeit").pin.value))


def test_what_a_genuine_card_said_in_a_visit_is_worth_nothing_in_the_next(branch, tmp_path):
    card = forged(tmp_path, '[faults]\ninternal = "replays"\n')  # with the victim's own key
    visit(branch, card, load("counterfeit").pin.value)
    assert branch.centre.count(models.certificates) == 1
    require_refused(branch, visit(branch, card, load("counterfeit").pin.value), certificates=1)


def test_another_genuine_card_behind_a_wedge_that_shows_the_victims_data_is_refused(branch, tmp_path):
    """The key is made with what the register says of the victim's card, not with what the reader shows."""
    key = OTHER.key("IRK", None).value.hex()
    reset = OTHER.historical_bytes.hex()
    lines = f'[keys]\ninternal = "{key}"\n'
    card = Path(forged(tmp_path, lines))
    card.write_text(
        card.read_text("utf-8").replace("[basic]", f'[basic]\nreset_information = "{reset}"'), "utf-8"
    )
    require_refused(branch, visit(branch, str(card), load("counterfeit").pin.value))
