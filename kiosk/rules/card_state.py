"""The state machine of one card function: the social and the financial function each have their own."""

from kiosk.rules.words import LossKind, Operation, State

WORKING: frozenset[State] = frozenset({"normal", "not-activated", "pin-locked"})
PROVISIONAL: frozenset[State] = frozenset({"lost-oral", "lost-temporary", "lost-phone"})
LOST: dict[LossKind, State] = {
    "oral": "lost-oral",
    "temporary": "lost-temporary",
    "phone": "lost-phone",
    "written": "lost-written",
    "formal": "lost-formal",
}
LOST_STATES: frozenset[State] = frozenset(LOST.values())
ALL: frozenset[State] = WORKING | LOST_STATES | {"cancelled"}

FROM: dict[Operation, frozenset[State]] = {
    "report-loss": WORKING,
    "release-loss": LOST_STATES,
    "activate": frozenset({"not-activated"}),
    "change-pin": frozenset({"normal", "not-activated"}),
    "reset-pin": WORKING,
    "unlock-pin": frozenset({"pin-locked"}),
    "replace-card": WORKING | LOST_STATES,
    "cancel-card": WORKING | LOST_STATES,
    "query": ALL,
    "collect-card": ALL,
}
AFTER: dict[Operation, State] = {
    "release-loss": "normal",
    "activate": "normal",
    "unlock-pin": "normal",
    "replace-card": "not-activated",
    "cancel-card": "cancelled",
}


def kind_of(state: State | None) -> LossKind | None:
    """Return the kind of loss report that a state stands for, if it stands for one."""
    return next((kind for kind, lost in LOST.items() if lost == state), None)


def possible(operation: Operation, state: State, kind: LossKind | None = None) -> bool:
    """Return whether an operation fits a state; a provisional loss may become a written or formal one."""
    if operation == "report-loss" and kind in ("written", "formal"):
        return state in WORKING | PROVISIONAL
    return state in FROM[operation]


def next_state(state: State, operation: Operation, kind: LossKind | None = None) -> State | None:
    """Return the state of a function after an operation, or None where it is not possible.

    >>> next_state("normal", "report-loss", "oral")
    'lost-oral'
    >>> next_state("cancelled", "activate") is None
    True
    """
    if not possible(operation, state, kind):
        return None
    if operation == "report-loss":
        return LOST[kind] if kind else None
    if operation == "reset-pin" and state == "pin-locked":
        return "normal"
    return AFTER.get(operation, state)
