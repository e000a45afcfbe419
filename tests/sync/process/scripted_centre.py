"""A centre that takes events as a test wants it to."""

from sync.protocol.messages import HIGHEST, DeliveryAnswer, EventAnswer


class ScriptedCentre:
    """Takes events as the test wants it to: ``trouble`` is called with each delivery and may raise."""

    clock_offset = 1.5

    def __init__(self) -> None:
        self.held: list[str] = []
        self.deliveries: list[list[str]] = []
        self.trouble = lambda ids: None
        self.results: dict[str, str] = {}
        self.silent_about: set[str] = set()

    def deliver(self, install_epoch, events, acknowledged=0, sent=HIGHEST):
        ids = [event.id for event in events]
        self.deliveries.append(ids)
        self.trouble(ids)
        if len(self.held) < acknowledged:
            return DeliveryAnswer([], len(self.held), len(self.held))
        answers = [EventAnswer(each, self._take(each)) for each in ids if each not in self.silent_about]
        return DeliveryAnswer(answers, len(self.held), len(self.held))

    def _take(self, event_id: str) -> str:
        if event_id in self.results:
            return self.results[event_id]
        if event_id in self.held:
            return "duplicate"
        self.held.append(event_id)
        return "ok"
