"""One exchange with a server that loses, repeats, restores or lies: it ends, with a code."""

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from domain.entries import Entry, decode_entry
from domain.errors import ErrorCode, TillfoldError
from domain.facts import Fact, MenuPublished, decode_fact
from domain.fold.aggregates import AggregateKey, AggregateKind, Member, encode_aggregate
from domain.identifiers import ItemId, MemberId, TerminalId
from domain.menu import MenuItem
from domain.protocol import LARGEST_PUSH_BYTES, FeedPage, FeedRow
from domain.signatures import Signer, Verifier
from pos_client.storage.journal import read_entries_after
from pos_client.storage.store import Store
from pos_client.storage.sync_state import SyncState, read_sync_state
from pos_client.storage.thread import StorageThread
from pos_client.sync.session import Session
from pos_client.sync.transport import Transport
from tests.builders.facts import enrolled, sale
from tests.builders.till import IDENTITY, State, TillFiles, folded, shown, write
from tests.pos_client.sync.scripted import SERVER_KEY, ScriptedServer
from tests.pos_client.sync.strangers import stranger


class Place:
    """A till's storage and a session with a scripted server."""

    def __init__(self, files: TillFiles, server: ScriptedServer, url: str) -> None:
        self.server = server
        self.storage = StorageThread()
        self.storage.adopt(self.storage.run_first(lambda: files.opener.create(IDENTITY)))
        signer = Signer(files.secrets.signing_seed)
        self.session = Session(
            self.storage,
            Transport(url, terminal=IDENTITY.terminal, signer=signer),
            Verifier(SERVER_KEY.public_key),
        )
        self.progress: list[tuple[int, int]] = []

    def write(self, *facts: Fact) -> None:
        self.storage.run(lambda store: write(store, facts))

    def run(self) -> None:
        self.session.run(lambda *told: self.progress.append(told), lambda: False)

    def fails(self) -> ErrorCode:
        with pytest.raises(TillfoldError) as caught:
            self.run()
        return caught.value.code

    def shown(self) -> State:
        return self.storage.run(shown)

    def state(self) -> SyncState:
        def work(store: Store) -> SyncState:
            with store.read() as connection:
                return read_sync_state(connection)

        return self.storage.run(work)

    def close(self) -> None:
        self.session.close()
        self.storage.close()


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    server = ScriptedServer()
    with stranger(server.answer) as running:
        made = Place(TillFiles(tmp_path), server, running.url)
        yield made
        made.close()


def test_everything_that_waits_is_pushed_in_order_and_once(place: Place) -> None:
    place.write(*[sale(f"s{number}") for number in range(1_100)])
    place.run()
    place.run()
    assert [len(batch) for batch in place.server.pushes] == [500, 500, 100]
    assert list(itertools.chain(*place.server.pushes)) == list(range(1, 1_101))
    assert place.state().acknowledged == 1_100
    place.write(sale("one more"))
    place.run()
    assert place.server.pushes[3:] == [[1_101]]


def test_large_entries_go_in_requests_that_a_server_takes(place: Place) -> None:
    dishes = tuple(
        MenuItem(
            item_id=ItemId(f"D{number}"), name="菜" * 40, category="热菜", unit_price_fen=number
        )
        for number in range(1_200)
    )
    for version in range(50):
        place.write(MenuPublished(version=f"v{version}", items=dishes))
    place.run()
    assert len(place.server.held) == 50
    assert sum(place.server.sizes) > LARGEST_PUSH_BYTES
    assert max(place.server.sizes) < LARGEST_PUSH_BYTES


def lies(**changes: object) -> Callable[[Any], Any]:
    return lambda honest: msgspec.structs.replace(honest, **changes)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"terminal": TerminalId("till-2")}, ErrorCode.SIGNATURE_WRONG),
        ({"brand": "another"}, ErrorCode.SIGNATURE_WRONG),
        ({"epoch": 2}, ErrorCode.SIGNATURE_WRONG),
        ({"hash": bytes(32)}, ErrorCode.JOURNAL_FORKED),
        ({"number": 0}, ErrorCode.SERVER_GARBLED),
        ({"number": -5}, ErrorCode.SERVER_GARBLED),
        ({"number": 1 << 63}, ErrorCode.SERVER_GARBLED),
        ({"server_time_ms": -1}, ErrorCode.SERVER_GARBLED),
        ({"server_time_ms": 1 << 60}, ErrorCode.SERVER_GARBLED),
    ],
)
def test_a_receipt_that_is_not_for_this_journal_is_not_kept(
    place: Place, changes: dict[str, object], code: ErrorCode
) -> None:
    place.write(enrolled(), sale())
    before, now_ms = place.shown(), place.storage.run(lambda store: store.trusted_time.now_ms())
    place.server.change_receipt = lies(**changes)
    assert place.fails() is code
    assert len(place.server.pushes) == 1
    assert place.state() == SyncState()
    assert place.shown() == before
    assert place.storage.run(lambda store: store.trusted_time.now_ms()) == now_ms
    place.server.change_receipt = lies()
    place.run()
    assert place.state().acknowledged == 2


def test_a_receipt_that_goes_beyond_this_journal_is_no_proof_and_no_fault(place: Place) -> None:
    """This till has lost the end of its journal; the feed will say so too."""
    place.write(enrolled(), sale())
    place.server.change_receipt = lies(number=99, hash=bytes(32))
    place.run()
    assert place.state().receipt == b""
    assert place.state().acknowledged == 2


def test_a_receipt_of_another_server_is_not_kept(place: Place) -> None:
    place.write(sale())
    place.server.signer = Signer(b"\x08" * 32)
    assert place.fails() is ErrorCode.SIGNATURE_WRONG
    assert place.state() == SyncState()


def test_a_gap_is_closed_by_sending_again_from_where_the_server_stands(place: Place) -> None:
    place.write(*[sale(f"s{number}") for number in range(5)])
    place.run()
    del place.server.held[2:]
    place.write(sale("new"))
    place.run()
    assert place.server.pushes == [[1, 2, 3, 4, 5], [6], [3, 4, 5, 6]]
    assert len(place.server.held) == 6


@pytest.mark.parametrize("expected", [1, 3, 99, -4])
def test_a_server_that_always_sees_a_gap_is_given_up(place: Place, expected: int) -> None:
    place.write(*[sale(f"s{number}") for number in range(5)])
    place.server.always_gap = expected
    assert place.fails() is ErrorCode.JOURNAL_GAP
    assert len(place.server.pushes) < 5


@pytest.mark.parametrize(
    "changes",
    [
        {"more": True},
        {"more": True, "next_cursor": -1},
        {"next_cursor": -1},
        {"next_cursor": 1 << 60},
        {"acknowledged": -1},
        {"acknowledged": 1 << 63},
        {"server_time_ms": -1},
        {"server_time_ms": 1 << 60},
        {"rows": (FeedRow(AggregateKind.MEMBER, "m", 1 << 63, None),)},
        {"rows": (FeedRow(AggregateKind.MEMBER, "m", 1, b"\xc1"),)},
        {
            "rows": (
                FeedRow(
                    AggregateKind.COUPON, "m", 1, encode_aggregate(Member(member_id=MemberId("m")))
                ),
            )
        },
    ],
)
def test_a_page_that_no_server_of_ours_sends_changes_nothing(
    place: Place, changes: dict[str, object]
) -> None:
    place.write(enrolled())
    before = place.shown()
    place.server.change_page = lies(**changes)
    assert place.fails() is ErrorCode.SERVER_GARBLED
    assert place.server.pulls < 5
    assert place.shown() == before
    assert place.state().cursor == 0
    place.server.change_page = lies()
    place.run()


def test_histories_without_end_are_given_up(place: Place) -> None:
    numbers = itertools.count()
    place.server.change_page = lambda honest: msgspec.structs.replace(
        honest, history=f"h{next(numbers)}"
    )
    place.run()
    assert place.fails() is ErrorCode.SERVER_GARBLED
    assert place.server.pulls < 10


def test_a_restored_server_is_given_what_it_lacks_in_the_same_exchange(place: Place) -> None:
    place.write(*[sale(f"s{number}") for number in range(5)])
    place.run()
    place.server.restore(2)
    place.run()
    assert place.server.pushes == [[1, 2, 3, 4, 5], [3, 4, 5]]
    assert (place.state().history, place.state().acknowledged) == ("h1+", 5)


def test_what_was_acknowledged_by_a_receipt_alone_is_offered_again_to_a_server_that_lost_it(
    place: Place,
) -> None:
    """Between the push and the pull a standby took over that lacked the push."""
    place.write(sale("s1"))
    place.run()
    place.write(sale("s2"))
    place.server.change_page = lambda page: msgspec.structs.replace(page, head=-1)
    assert place.fails() is ErrorCode.SERVER_GARBLED
    place.server.change_page = lambda page: page
    del place.server.held[1:]
    place.run()
    assert place.server.pushes == [[1], [2], [2]]
    assert place.state().acknowledged == 2


def test_what_a_restored_server_lacks_is_shown_all_the_while(place: Place) -> None:
    place.write(enrolled(), sale(member="member-1", earned=7), sale("s2"))
    key = AggregateKey(AggregateKind.MEMBER, "member-1")
    row = FeedRow(key.kind, key.id, 1, encode_aggregate(place.shown()[key]))
    place.server.change_page = lambda page: msgspec.structs.replace(page, rows=(row,))
    place.run()
    own = place.storage.run(lambda store: store.head.number)
    place.server.restore(1)
    place.server.change_receipt = lies(hash=bytes(32))  # the exchange breaks off after the pull
    assert own == 3
    assert place.fails() is ErrorCode.JOURNAL_FORKED
    member = place.shown()[key]
    assert isinstance(member, Member)
    assert member.points == 7


def test_a_page_is_laid_down_in_pieces_and_its_progress_told(place: Place) -> None:
    facts = [enrolled(f"m{n}", phone=f"+86138{n:08d}") for n in range(1_000)]
    rows = []
    for number, fact in enumerate(facts, start=1):
        body = encode_aggregate(Member(member_id=fact.member_id, phone=fact.phone))
        rows.append(FeedRow(AggregateKind.MEMBER, fact.member_id, number, body))
    pages: list[dict[str, object]] = [
        {"rows": tuple(rows[:600]), "next_cursor": 600, "head": 1_000, "more": True},
        {"rows": tuple(rows[600:]), "next_cursor": 1_000, "head": 1_000},
    ]
    turn = iter(pages)

    def change(honest: FeedPage) -> FeedPage:
        return msgspec.structs.replace(honest, **next(turn))

    place.server.change_page = change
    place.run()
    assert place.progress == [(600, 1_000), (1_000, 1_000)]
    assert len(place.shown()) == 1_000
    assert place.state().cursor == 1_000


def test_an_exchange_that_breaks_off_goes_on_at_the_page_it_had(place: Place) -> None:
    body = encode_aggregate(Member(member_id=MemberId("m")))
    first: dict[str, object] = {
        "rows": (FeedRow(AggregateKind.MEMBER, "m", 1, body),),
        "next_cursor": 1,
        "head": 2,
        "more": True,
    }
    pages: list[dict[str, object]] = [first, {"next_cursor": -1}, {"next_cursor": 2, "head": 2}]
    turn = iter(pages)
    place.server.change_page = lambda honest: msgspec.structs.replace(honest, **next(turn))
    place.write(sale())
    assert place.fails() is ErrorCode.SERVER_GARBLED
    assert place.state().cursor == 1
    place.run()
    assert place.state().cursor == 2


def own_entries(store: Store) -> list[tuple[Entry, Fact]]:
    with store.read() as connection:
        signed = read_entries_after(connection, epoch=1, number=0, limit=99)
    entries = [decode_entry(each.content) for each in signed]
    return [(entry, decode_fact(entry.kind, entry.schema, entry.body)) for entry in entries]


def test_own_entries_stay_on_top_until_their_rows_are_here(place: Place) -> None:
    place.write(enrolled(), sale(member="member-1", earned=7))
    entries = place.storage.run(own_entries)
    turn = iter([{"next_cursor": 1, "head": 9, "more": True}, {"next_cursor": -1}])
    place.server.change_page = lambda honest: msgspec.structs.replace(honest, **next(turn))
    assert place.fails() is ErrorCode.SERVER_GARBLED
    assert place.shown() == folded(entries)
