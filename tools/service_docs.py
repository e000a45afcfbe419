"""Writes docs/services.md from the services' declarations: ``python -m tools.service_docs``."""

from collections.abc import Iterator
from pathlib import Path

from kiosk.menu.menu import menu
from kiosk.services.service import Gets, Offline, Proof, Service

DOCUMENT = Path(__file__).parent.parent / "docs" / "services.md"
HEADING = """# Services

Made by `python -m tools.service_docs` from the declarations in `kiosk/services/`; a test holds them together. What is
declared is enforced: by `kiosk/menu/availability.py` before anything is asked (accepts, centre, feeds, devices, region,
state of the card), by `Service.start` (the same once more, the printer, proof), and by `ask` (a call that needs proof).

"""
COLUMNS = (
    *("service", "what citizens read", "what they call it", "accepts"),
    *("proof", "without the centre", "paper", "minutes"),
)
PROOFS = {
    Proof.NOTHING: "–",
    Proof.INITIAL_PIN: "– (the kiosk shows the initial PIN)",
    Proof.PIN: "PIN",
    Proof.PIN_IN_SERVICE: "PIN, asked for by the service",
    Proof.IN_PERSON: "in person: with a card its PIN, with an ID card the face",
}
OFFLINE = {Offline.SERVE: "served", Offline.REFUSE: "refused"}
PAPER = {Gets.ANSWER: "–", Gets.CERTIFICATE: "certificate", Gets.RECEIPT: "receipt"}


def table() -> str:
    """Return one Markdown table a group, in the order of the menu."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    for group, listed in ((group, listed) for group, listed in menu().groups.items() if listed):
        yield from (f"## {group.title}", "")
        yield f"| {' | '.join(COLUMNS)} |"
        yield "|---" * len(COLUMNS) + "|"
        yield from map(_row, listed)
        yield ""
    yield "## 长辈版"
    yield ""
    yield from (f"{service.elder}. {service.label}" for service in menu().elder_services)


def _row(service: Service) -> str:
    cells = (
        f"`{service.name}`",
        f"{service.label}：{service.hint}",
        "、".join(service.words),
        ", ".join(sorted(service.accepts)),
        PROOFS[service.proof],
        OFFLINE[service.offline],
        PAPER[service.gets],
        str(service.minutes),
    )
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    DOCUMENT.write_text(HEADING + table(), "utf-8")
