"""A till, a model of its server, and what the till has to show if the rule holds.

The model of the server folds with the same domain code, gives each touched aggregate a new version,
and answers pages in version order; the till's own entries reach it at any time.
"""

from collections.abc import Sequence

from domain.entries import Entry
from domain.facts import Fact
from domain.fold import fold, touched
from domain.fold.aggregates import (
    AggregateKey,
    AggregateKind,
    Coupon,
    decode_aggregate,
    encode_aggregate,
)
from domain.fold.cases import cases_of
from domain.protocol import FeedPage, FeedRow
from pos_client.storage.aggregates import load_open_cases, take_feed
from pos_client.storage.coupon_index import find_coupon_id
from pos_client.storage.feed_check import FIRST, Key
from pos_client.storage.store import Store
from pos_client.sync.laying import lay_page
from pos_client.sync.refetching import begin_history, leave_rows_out
from tests.builders.terminal import START_MS
from tests.builders.till import State, shown, write
from tests.domain.builders import entry_of

MEMBERS = ("member-1", "member-2", "member-3")
# Two of the three share a phone, so that claims and a case come into being.
PHONES = dict(zip(MEMBERS, ("+8613800138000", "+8613800138000", "+8613800138001"), strict=True))
COUPONS = ("coupon-1", "coupon-2")


class Page:
    def __init__(
        self, rows: list[FeedRow], next_cursor: int, more: bool, acknowledged: int
    ) -> None:
        self.rows = rows
        self.next_cursor = next_cursor
        self.more = more
        self.acknowledged = acknowledged


class ServerModel:
    def __init__(self) -> None:
        self.state: State = {}
        self.versions: dict[AggregateKey, int] = {}
        self.head = 0
        self.acknowledged = 0

    def take_in(self, entry: Entry, fact: Fact) -> None:
        for key in touched(fact):
            self.state[key] = fold(key, self.state.get(key), entry, fact)
            self._move(key)

    def remove(self, key: AggregateKey) -> None:
        if self.state.pop(key, None) is not None:
            self._move(key)

    def page(self, cursor: int, limit: int) -> Page:
        behind = sorted((at, key) for key, at in self.versions.items() if at > cursor)
        some, more = behind[:limit], len(behind) > limit
        rows = [
            FeedRow(
                key.kind,
                key.id,
                at,
                encode_aggregate(self.state[key]) if key in self.state else None,
            )
            for at, key in some
        ]
        return Page(rows, some[-1][0] if more else self.head, more, self.acknowledged)

    def _move(self, key: AggregateKey) -> None:
        self.head += 1
        self.versions[key] = self.head


class Replica:
    """A till, the server it pulls from, and what the till has to show if the rule holds."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.server = ServerModel()
        self.cursor = 0
        self.own: list[tuple[Entry, Fact]] = []
        self.foreign = 0
        self.received: State = {}
        self.inside: dict[AggregateKey, int] = {}
        self.inside_all = 0
        # While the feed of another history is fetched: what came of it.
        self.again: set[AggregateKey] | None = None

    def write_own(self, fact: Fact) -> None:
        self.own += [(item.entry, item.fact) for item in write(self.store, [fact])]
        self.check()

    def write_foreign(self, fact: Fact) -> None:
        self.foreign += 1
        entry = entry_of(
            fact, stamp=self.foreign * 1_000_000, terminal="till-b", store="B", number=self.foreign
        )
        self.server.take_in(entry, fact)

    def push(self, entries: int) -> None:
        for entry, fact in self.own[self.server.acknowledged :][:entries]:
            self.server.take_in(entry, fact)
            self.server.acknowledged = entry.number

    def pull(self, limit: int, piece: int) -> bool:
        """One page, laid down in pieces, checked after each; whether there is more."""
        page = self.server.page(self.cursor, limit)
        starts = range(0, max(1, len(page.rows)), piece)
        for start in starts:
            last = start == starts[-1] and not page.more and self.again is None
            self._lay(page.rows[start : start + piece], page.acknowledged, complete=last)
            self.check()
        if self.again is not None and not page.more:
            self._leave_out(self.again, self._told(page.acknowledged), piece)
        self.cursor = page.next_cursor
        return page.more

    def restore(self, entries: int) -> None:
        """A backup that knows of so many own entries and of nobody else's. All is pushed again."""
        self.server = ServerModel()
        self.push(entries)
        begin_history(self.store, self._told(self.server.acknowledged))
        self.cursor, self.again = 0, set()
        self.check()
        self.push(len(self.own))

    def _leave_out(self, again: set[AggregateKey], told: FeedPage, limit: int) -> None:
        after: Key | None = FIRST
        while after is not None:
            begin, after = after, leave_rows_out(self.store, after, told, limit)
            for key in [*self.received]:
                passed = (key.kind, key.id) > begin and (not after or (key.kind, key.id) <= after)
                if key not in again and passed:
                    del self.received[key]
                    self.inside[key] = told.acknowledged
            self.check()
        lay_page(self.store, page=told, start=0, is_wanted=lambda: False)
        self.again, self.inside_all = None, told.acknowledged
        self.check()

    def _told(self, acknowledged: int) -> FeedPage:
        return FeedPage(
            history="h",
            rows=(),
            next_cursor=self.server.head,
            head=self.server.head,
            more=False,
            acknowledged_epoch=1,
            acknowledged=acknowledged,
            server_time_ms=START_MS,
        )

    def quieten(self) -> None:
        self.push(len(self.own))
        while self.pull(3, 2):
            pass
        assert shown(self.store) == self.server.state

    def expected(self) -> State:
        state: State = {}
        keys = {*self.received, *(key for _, fact in self.own for key in touched(fact))}
        for key in keys:
            inside = max(self.inside.get(key, 0), self.inside_all)
            waiting = [
                (entry, fact)
                for entry, fact in self.own
                if key in touched(fact) and entry.number > inside
            ]
            value = self.received.get(key)
            for entry, fact in waiting:
                value = fold(key, value, entry, fact)
            if value is not None:
                state[key] = value
        return state

    def check(self) -> None:
        now = shown(self.store)
        assert now == self.expected()
        with self.store.read() as connection:
            with_cases = load_open_cases(connection, 1_000)
            assert with_cases == {key: value for key, value in now.items() if cases_of(key, value)}
            for value in now.values():
                if isinstance(value, Coupon) and value.terms is not None:
                    assert find_coupon_id(connection, value.terms.code) == value.coupon_id

    def _lay(self, rows: Sequence[FeedRow], acknowledged: int, *, complete: bool) -> None:
        with self.store.write() as writing:
            changed = take_feed(
                writing.connection, rows, epoch=1, acknowledged=acknowledged, complete=complete
            )
        for row in rows:
            key = AggregateKey(AggregateKind(row.kind), row.id)
            assert key in changed
            self.inside[key] = acknowledged
            if self.again is not None:
                self.again.add(key)
            self.received.pop(key, None)
            if row.body is not None:
                self.received[key] = decode_aggregate(AggregateKind(row.kind), row.body)
        if complete:
            self.inside_all = acknowledged
