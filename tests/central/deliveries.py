"""Events as a kiosk delivers them, and what the centre answers to each."""

from datetime import UTC, datetime

from sync.protocol.messages import Event

EPOCH = "a" * 32


def event(seq: int, **changes) -> Event:
    about = {
        "id": f"event-{seq}",
        "kiosk_id": "610200-001",
        "install_epoch": EPOCH,
        "seq": seq,
        "type": "card.pin_changed",
        "partition": "card",
        "occurred_at": datetime(2026, 11, 22, 9, 30, tzinfo=UTC),
        "body": {"act": f"A1-{seq}", "amount": "1.50", "名": "值"},  # two of a newer kiosk
    }
    return Event(**about | changes)


def results(answer) -> list[str]:
    return [each.result for each in answer.answers]
