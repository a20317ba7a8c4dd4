"""What a till is told: everything for it, in order, once, and from one moment."""

import itertools
import threading
from concurrent.futures import ThreadPoolExecutor

import msgspec
import pytest

from domain.fold.aggregates import AggregateKind, Member, Order, decode_aggregate
from domain.protocol import FeedPage, FeedRow
from sync_server.use_cases.books import read_books
from sync_server.use_cases.verification import verify
from tests.builders import facts
from tests.builders.sync_client import SyncClient
from tests.builders.sync_server import BRAND, RunningServer


def rows_of(client: SyncClient, *, cursor: int, limit: int = 1_000) -> list[FeedRow]:
    """All rows above the cursor, page by page."""
    rows: list[FeedRow] = []
    for _ in range(10_000):
        page = client.feed(cursor, limit=limit)
        rows.extend(page.rows)
        cursor = page.next_cursor
        if not page.more:
            return rows
    raise AssertionError("the feed does not end")


def test_what_one_till_did_is_shown_to_another(server: RunningServer) -> None:
    a, b = server.enrolled_till("A1"), server.enrolled_till("B1", "B")
    a.terminal.write(facts.enrolled())
    a.terminal.write(facts.sale(member="member-1", earned=50))
    a.push()
    rows = {row.kind: row for row in b.feed().rows}
    member = decode_aggregate(AggregateKind.MEMBER, rows[AggregateKind.MEMBER].body or b"")
    assert isinstance(member, Member)
    assert (member.points, member.phone) == (50, "+8613800138000")


def test_a_sale_is_fed_to_its_own_store_alone(server: RunningServer) -> None:
    a, b = server.enrolled_till("A1"), server.enrolled_till("B1", "B")
    a.terminal.write(facts.sale("sale-a"))
    a.push()
    b.terminal.write(facts.sale("sale-b"))
    b.push()
    assert [row.id for row in rows_of(a, cursor=server.first_head)] == ["sale-a"]
    assert [row.id for row in rows_of(b, cursor=server.first_head)] == ["sale-b"]


def test_a_page_passes_rows_of_other_stores_over(server: RunningServer) -> None:
    a, b = server.enrolled_till("A1"), server.enrolled_till("B1", "B")
    for number in range(5):
        a.terminal.write(facts.sale(f"sale-{number}"))
    a.push()
    page = b.feed(server.first_head)
    head = server.first_head + 5
    assert (page.rows, page.next_cursor, page.head, page.more) == ((), head, head, False)


@pytest.mark.parametrize("limit", [1, 2, 7, 1_000])
def test_pages_of_any_size_bring_the_same_rows_in_order(server: RunningServer, limit: int) -> None:
    till = server.enrolled_till("A1")
    for number in range(9):
        till.terminal.write(facts.enrolled(f"m-{number}", phone=f"+86138001380{number:02d}"))
    till.push()
    first = server.first_head
    rows = rows_of(till, cursor=first, limit=limit)
    assert [row.version for row in rows] == list(range(first + 1, first + 19))
    assert len({(row.kind, row.id) for row in rows}) == 18


def test_a_row_that_changes_moves_to_the_end_of_the_feed(server: RunningServer) -> None:
    till = server.enrolled_till("A1")
    till.terminal.write(facts.enrolled())
    till.push()
    seen = till.feed().next_cursor
    till.terminal.write(facts.sale(member="member-1", earned=5))
    till.push(till.terminal.push_request(after=1))
    assert {row.kind for row in rows_of(till, cursor=seen)} == {
        AggregateKind.MEMBER,
        AggregateKind.ORDER,
    }
    assert len(rows_of(till, cursor=server.first_head)) == 3


def test_the_acknowledgement_and_the_rows_are_of_one_moment(server: RunningServer) -> None:
    """Whatever a page says is acknowledged has its effect in the rows up to its head."""
    writer = server.enrolled_till("A1")
    reader = server.second_client(writer)
    stop = threading.Event()
    pages: list[FeedPage] = []

    def follow() -> None:
        while not stop.is_set():
            pages.append(reader.feed(server.first_head))

    with ThreadPoolExecutor(1) as pool:
        following = pool.submit(follow)
        for number in range(40):
            writer.terminal.write(facts.sale(f"sale-{number}"))
            writer.push(writer.terminal.push_request(after=number))
        stop.set()
        following.result(timeout=60)
    pages.append(reader.feed(server.first_head))
    for page in pages:
        numbers = {_origin_number(row) for row in page.rows}
        assert numbers == set(range(1, page.acknowledged + 1))
    assert pages[-1].acknowledged == 40


def _origin_number(row: FeedRow) -> int:
    order = decode_aggregate(AggregateKind(row.kind), row.body or b"")
    assert isinstance(order, Order)
    assert order.origin is not None
    return order.origin.number


def test_a_reader_misses_no_row_while_eight_tills_push_at_once(server: RunningServer) -> None:
    tills = [server.enrolled_till(f"A{place}") for place in range(8)]
    reader = server.enrolled_till("A9")
    shared = facts.enrolled()
    tills[0].terminal.write(shared)
    tills[0].push()
    finished = threading.Event()
    rounds = 12

    def sell(client: SyncClient) -> None:
        sent = len(client.terminal.entries)
        for number in range(rounds):
            name = f"{client.terminal.terminal}-{number}"
            client.terminal.write(facts.sale(name, member="member-1", earned=1))
            client.push(client.terminal.push_request(after=sent))
            sent += 1

    def follow() -> list[FeedRow]:
        rows: list[FeedRow] = []
        cursor = server.first_head
        for _ in itertools.count():
            last_look = finished.is_set()
            page = reader.feed(cursor, limit=5)
            rows.extend(page.rows)
            cursor = page.next_cursor
            if last_look and not page.more:
                return rows
        raise AssertionError

    with ThreadPoolExecutor(9) as pool:
        following = pool.submit(follow)
        for selling in [pool.submit(sell, client) for client in tills]:
            selling.result(timeout=100)
        finished.set()
        seen = following.result(timeout=60)
    orders = {row.id for row in seen if row.kind == AggregateKind.ORDER}
    assert len(orders) == 8 * rounds
    assert [row.version for row in seen] == sorted({row.version for row in seen})
    newest = [row for row in seen if row.kind == AggregateKind.MEMBER][-1]
    member = decode_aggregate(AggregateKind.MEMBER, newest.body or b"")
    assert isinstance(member, Member)
    assert (member.points, member.visits) == (8 * rounds, 8 * rounds)
    assert read_books(server.context, BRAND).points_total == 8 * rounds
    assert verify(server.context, BRAND).findings == []


def test_a_page_stays_far_below_the_largest_answer(server: RunningServer) -> None:
    till = server.enrolled_till("A1")
    large = msgspec.structs.replace(facts.sale("x").sale, menu_version="v" * 200_000)
    for number in range(120):
        named = msgspec.structs.replace(large, sale_id=f"sale-{number}")
        till.terminal.write(msgspec.structs.replace(facts.sale("x"), sale=named))
    for after in range(0, 120, 30):
        request = till.terminal.push_request(after)
        till.push(msgspec.structs.replace(request, entries=request.entries[:30]))
    page = till.feed(server.first_head, limit=5_000)
    assert page.more
    assert 10_000_000 < sum(len(row.body or b"") for row in page.rows) <= 16 * 1024 * 1024
    assert len(rows_of(till, cursor=server.first_head, limit=5_000)) == 120
