"""The PIN and the full ID number stay where they belong: on the card, on the paper, and in the centre's records."""

import pytest

from tests.people import SECRETS

WRONG_PIN = "604831"
ROOMS_OF_THE_CENTRE_AND_THE_CARD = ("centre", "card")


@pytest.fixture(scope="module")
def after_a_visit(kiosk_of_this_process):
    """A visit with a wrong PIN, and then a certificate."""
    kiosk = kiosk_of_this_process
    kiosk.window.wait_for("Idle")
    kiosk.reach_pin()
    kiosk.window.enter_pin(WRONG_PIN)
    kiosk.window.wait_for("EnterPin", saying="密码不对")
    kiosk.see("EnterPin")
    kiosk.enter_pin_and_choose_months()
    kiosk.see("Finished")
    kiosk.pull()
    kiosk.see("Idle")
    kiosk.stack.wait_until_delivered()
    return kiosk


def test_no_log_holds_a_secret(after_a_visit):
    logs = list(after_a_visit.stack.folder.glob("*.log"))
    assert {log.stem for log in logs} >= {"window", "sync", "centre", "printer", "reader"}
    for log in logs:
        assert not secrets_in(log.read_text(errors="replace")), log.name


def test_no_row_of_the_kiosks_store_holds_a_secret(after_a_visit):
    for table in ("journal", "outbox", "audit", "meta"):
        for row in after_a_visit.stack.records(f"SELECT * FROM {table}"):
            assert not secrets_in(str(row)), table


def test_no_screen_shows_a_secret(after_a_visit):
    assert any("证明已打印" in words for words in after_a_visit.shown)
    assert not secrets_in("\n".join(after_a_visit.shown))


def test_no_file_of_the_kiosk_holds_a_secret_in_the_clear(after_a_visit):
    folder = after_a_visit.stack.folder
    files = [path for path in folder.rglob("*") if path.is_file() and path.suffix != ".png"]
    own = [
        path for path in files if path.relative_to(folder).parts[0] not in ROOMS_OF_THE_CENTRE_AND_THE_CARD
    ]
    assert folder / "data/ops.db" in own
    for path in own:
        assert not any(secret.encode() in path.read_bytes() for secret in (*SECRETS, WRONG_PIN)), path


def secrets_in(text):
    return [secret for secret in (*SECRETS, WRONG_PIN) if secret in text]
