"""Any order of publishing, following, cuts, replays, crashes and restored centres: the copy ends as the model."""

import shutil
import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from sync.client import CentralUnreachableError
from sync.protocol.card_status_list import Listed, row_key
from sync.protocol.feeds import CARD_STATUS
from tests.sync.feed_kiosk import Kiosk, titles
from tests.sync.publisher import Publisher, apply

KEYS = st.sampled_from([f"g{number}" for number in range(6)])
CARDS = st.integers(1, 6)


class Feeds(RuleBasedStateMachine):
    """One kiosk and one centre; every state that the centre ever published is remembered."""

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="feeds-"))
        self.centre = Publisher("K1", "guides", "outlets", CARD_STATUS)
        self.kiosk = Kiosk(self.folder, self.centre)
        self.epochs = 1
        self.published = [{}]

    def teardown(self) -> None:
        if hasattr(self, "kiosk"):
            self.kiosk.close()
            shutil.rmtree(self.folder)

    @rule(feed=st.sampled_from(["guides", "outlets"]), key=KEYS, title=st.integers(0, 9) | st.none())
    def publish(self, feed, key, title):
        self.centre[feed].put(key, None if title is None else {"title": title})
        self.published.append(titles(self.centre["guides"]))

    @rule(card=CARDS, status=st.sampled_from([*Listed, None]))
    def list_card(self, card, status):
        self.centre[CARD_STATUS].put(row_key(card), status)

    @rule()
    def build(self):
        self.centre.build_snapshot()
        self.centre.build_card_list()

    @rule()
    @precondition(lambda self: self.centre.snapshot_of)
    def compact(self):
        for name, (_, seq) in self.centre.snapshot_of.items():
            self.centre[name].min_seq = max(self.centre[name].min_seq, seq)

    @rule(part=st.integers(0, 4))
    def restore_the_centre(self, part):
        self.epochs += 1
        for name, feed in self.centre.feeds.items():
            self.centre.restore(name, feed.seq * part // 4, f"e{self.epochs}")
            feed.min_seq = 0
        self.published.append(titles(self.centre["guides"]))

    @rule(pieces=st.integers(0, 3))
    def crash_after(self, pieces):
        self.kiosk.follower.ask_now()
        for _ in range(pieces):
            self.kiosk.follower.step()
        self.kiosk.cut_power()

    @rule(request=st.integers(1, 4))
    def cut_the_line_at(self, request):
        left = [request]

        def cut(path):
            left[0] -= 1
            if not left[0]:
                raise CentralUnreachableError("cut")

        self.centre.before = cut
        self.kiosk.follow()
        self.centre.before = lambda path: None

    @rule(feed=st.sampled_from(["guides", "outlets"]), after=st.integers(0, 5), length=st.integers(1, 5))
    def replay_a_page(self, feed, after, length):
        published = self.centre[feed]
        page = published.page(feed, min(after, published.seq), min(after + length, published.seq))
        cursor = self.kiosk.copies.cursor(feed)
        if cursor is None or cursor.seq != page.after:
            assert not apply(self.kiosk.copies._replica(feed), page)

    @rule()
    def follow(self):
        self.kiosk.time += 4000  # a feed that could not be started anew may be tried again
        self.kiosk.follow()
        for feed in ("guides", "outlets"):
            assert self.kiosk.rows(feed) == titles(self.centre[feed])
            assert self.kiosk.feed_status(feed).problem == ""
        listed = dict(self.kiosk.reader.connection().execute("SELECT hash, status FROM card_status"))
        assert listed == {int(k, 16): int(each.value) for k, each in self.centre[CARD_STATUS].rows().items()}

    @invariant()
    def what_is_read_was_published(self):
        if hasattr(self, "kiosk"):
            assert self.kiosk.rows("guides") in self.published


Feeds.TestCase.settings = settings(max_examples=8, stateful_step_count=12, deadline=None)
TestFeeds = Feeds.TestCase
