"""What the till shows: the server's rows with its own waiting entries on top, each exactly once."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import ErrorCode, TillfoldError
from domain.facts import CouponIssued, Fact, SaleClosed
from domain.fold.aggregates import (
    AggregateKey,
    AggregateKind,
    Member,
    encode_aggregate,
)
from domain.identifiers import MemberId
from domain.protocol import FeedRow
from pos_client.storage.aggregates import (
    entries_waiting_on,
    load,
    load_open_cases,
    take_feed,
)
from pos_client.storage.coupon_index import find_coupon_id
from pos_client.storage.store import Store
from tests.builders.facts import coupon_terms, enrolled, sale
from tests.builders.till import State, TillFiles, folded, shown
from tests.domain.builders import edit
from tests.pos_client.storage.feed_model import COUPONS, MEMBERS, PHONES, Replica

KINDS = ("own", "own", "foreign", "push", "pull", "pull", "remove", "restore")


def _facts(number: int) -> st.SearchStrategy[Fact]:
    """A fact of any kind; each sale earns a power of two, so that points tell what was counted."""
    members, coupons = st.sampled_from(MEMBERS), st.sampled_from(COUPONS)
    return st.one_of(
        members.map(lambda member: enrolled(member, phone=PHONES[member], name=f"会员{number}")),
        members.map(lambda member: edit(member, name=f"改名{number}")),
        st.tuples(members, st.none() | coupons).map(
            lambda drawn: sale(
                f"sale-{number}", member=drawn[0], coupon=drawn[1], earned=1 << number % 30
            )
        ),
        coupons.map(lambda coupon: CouponIssued(terms=coupon_terms(coupon, code=f"CODE{coupon}"))),
    )


@st.composite
def steps(draw: st.DrawFn) -> list[tuple[str, Any]]:
    kinds = draw(st.lists(st.sampled_from(KINDS), max_size=25))
    drawn: list[tuple[str, Any]] = []
    for number, kind in enumerate(kinds):
        if kind in {"own", "foreign"}:
            drawn.append((kind, draw(_facts(number))))
        elif kind in {"push", "restore"}:
            drawn.append((kind, draw(st.integers(1, 3))))
        elif kind == "pull":
            drawn.append((kind, (draw(st.integers(1, 5)), draw(st.integers(1, 3)))))
        else:
            drawn.append((kind, draw(st.sampled_from([*MEMBERS, *COUPONS]))))
    return drawn


@pytest.fixture
def replica(files: TillFiles) -> Iterator[Replica]:
    with files.created() as store:
        yield Replica(store)


@settings(max_examples=60, deadline=None)
@given(steps())
def test_every_own_entry_is_shown_exactly_once_at_every_moment(
    drawn: list[tuple[str, Any]],
) -> None:
    with tempfile.TemporaryDirectory() as folder, TillFiles(Path(folder)).created() as store:
        replica = Replica(store)
        for step in drawn:
            match step:
                case "own", fact:
                    replica.write_own(fact)
                case "foreign", fact:
                    replica.write_foreign(fact)
                case "push", int(entries):
                    replica.push(entries)
                case "pull", (int(limit), int(piece)):
                    replica.pull(limit, piece)
                case "restore", int(entries):
                    replica.restore(entries)
                case "remove", str(name):
                    kind = AggregateKind.MEMBER if name in MEMBERS else AggregateKind.COUPON
                    replica.server.remove(AggregateKey(kind, name))
        replica.quieten()


def member(store: Store, member_id: str = "member-1") -> Member:
    found = shown(store)[AggregateKey(AggregateKind.MEMBER, member_id)]
    assert isinstance(found, Member)
    return found


def test_points_are_neither_lost_nor_doubled_while_pages_arrive(replica: Replica) -> None:
    replica.write_own(enrolled())
    replica.write_own(sale("sale-1", member="member-1", earned=1))
    replica.write_own(sale("sale-2", member="member-1", earned=2))
    replica.write_foreign(sale("sale-b", member="member-1", earned=4))
    replica.push(2)
    assert member(replica.store).points == 3
    replica.pull(1, 1)
    replica.pull(9, 1)
    assert member(replica.store).points == 7
    replica.quieten()
    assert member(replica.store).points == 7


def test_an_acknowledgement_without_any_row_takes_nothing_from_the_screen(
    replica: Replica,
) -> None:
    """The rows are on later pages: until they are here the own entry stays on top."""
    replica.write_own(enrolled())
    replica.write_own(sale("sale-1", member="member-1", earned=5))
    replica.push(2)
    replica.server.head += 1
    before = shown(replica.store)
    with replica.store.write() as writing:
        take_feed(writing.connection, [], epoch=1, acknowledged=2, complete=False)
    assert shown(replica.store) == before
    replica.quieten()


def test_a_tombstone_takes_a_row_away_but_not_what_waits_on_it(replica: Replica) -> None:
    replica.write_foreign(enrolled())
    replica.pull(9, 9)
    replica.write_own(sale("sale-1", member="member-1", earned=5))
    replica.server.remove(AggregateKey(AggregateKind.MEMBER, "member-1"))
    replica.pull(9, 9)
    assert member(replica.store).points == 5
    assert not member(replica.store).phone
    replica.server.remove(AggregateKey(AggregateKind.PHONE, PHONES["member-1"]))
    replica.pull(9, 9)
    assert AggregateKey(AggregateKind.PHONE, PHONES["member-1"]) not in shown(replica.store)


def test_an_entry_of_an_earlier_epoch_is_inside_everything_that_comes_later(
    replica: Replica,
) -> None:
    replica.write_own(sale("sale-1", member="member-1", earned=5))
    with replica.store.write() as writing:
        take_feed(writing.connection, [], epoch=2, acknowledged=0, complete=True)
    assert shown(replica.store) == {}


def test_what_waits_on_an_aggregate_is_told_oldest_first(replica: Replica) -> None:
    for number in (1, 2, 3):
        replica.write_own(sale(f"sale-{number}", member="member-1", earned=1))
    replica.push(1)
    replica.pull(9, 9)
    key = AggregateKey(AggregateKind.MEMBER, "member-1")
    with replica.store.read() as connection:
        waiting = entries_waiting_on(connection, key)
    assert [entry.number for entry, _ in waiting] == [2, 3]
    assert all(isinstance(fact, SaleClosed) for _, fact in waiting)


def test_another_history_leaves_all_in_place_until_it_has_told_what_it_has(
    replica: Replica,
) -> None:
    """A server restored from yesterday: it lacks this till's last entry, and what others wrote."""
    replica.write_own(enrolled())
    replica.write_foreign(enrolled("member-3", phone=PHONES["member-3"]))
    replica.write_foreign(enrolled("member-2", phone=PHONES["member-2"]))
    replica.write_own(sale("sale-1", member="member-1", earned=5))
    replica.quieten()
    assert len(cases(replica.store)) == 1
    before = shown(replica.store)
    replica.restore(1)
    assert shown(replica.store) == before
    while replica.pull(1, 1):
        assert member(replica.store).points == 5
        assert shown(replica.store).keys() == before.keys()
    assert not cases(replica.store)
    assert shown(replica.store) == folded(replica.own)
    assert member(replica.store).points == 5
    assert member(replica.store).phone == PHONES["member-1"]
    replica.quieten()


def cases(store: Store) -> State:
    with store.read() as connection:
        return load_open_cases(connection, 100)


def test_closed_cases_never_hide_open_ones(replica: Replica) -> None:
    """The status screen asks for a limited number: each of them has to be a case."""
    for number in range(30):
        phone = f"+86138001{number:05d}"
        replica.write_foreign(enrolled(f"a{number}", phone=phone))
        replica.write_foreign(enrolled(f"b{number}", phone=phone))
    while replica.pull(20, 7):
        pass
    replica.restore(0)
    replica.pull(1, 1)
    replica.write_own(enrolled())
    replica.write_own(enrolled("member-2"))
    with replica.store.read() as connection:
        assert len(load_open_cases(connection, 1)) == 1


def test_a_coupon_code_is_found_at_the_coupon_that_bears_it_now(replica: Replica) -> None:
    terms = coupon_terms("coupon-1", code="SUMMER-24")
    replica.write_foreign(CouponIssued(terms=terms))
    replica.pull(9, 9)
    replica.server.remove(AggregateKey(AggregateKind.COUPON, "coupon-1"))
    replica.write_foreign(CouponIssued(terms=coupon_terms("coupon-2", code="summer 24")))
    replica.pull(9, 9)
    with replica.store.read() as connection:
        assert find_coupon_id(connection, " summer-2 4") == "coupon-2"


def test_a_feed_row_that_cannot_be_read_changes_nothing(replica: Replica) -> None:
    replica.write_own(enrolled())
    before = shown(replica.store)
    body = encode_aggregate(Member(member_id=MemberId("m")))
    good = FeedRow(AggregateKind.MEMBER, "m", 1, body)
    for key_id in ("n", "member-1"):
        bad = FeedRow(AggregateKind.MEMBER, key_id, 2, b"\xc1")
        with pytest.raises(TillfoldError) as caught, replica.store.write() as writing:
            take_feed(writing.connection, [good, bad], epoch=1, acknowledged=0, complete=True)
        assert caught.value.code is ErrorCode.SERVER_GARBLED
        assert shown(replica.store) == before


def test_rows_of_a_kind_that_a_later_release_knows_are_kept_unread(replica: Replica) -> None:
    replica.write_own(enrolled())
    before = shown(replica.store)
    row = FeedRow("hologram", "h-1", 7, b"\xc1 not for us")
    with replica.store.write() as writing:
        take_feed(writing.connection, [row], epoch=1, acknowledged=0, complete=False)
    with replica.store.read() as connection:
        kept = connection.exec_driver_sql("SELECT body FROM aggregate WHERE kind = 'hologram'")
        assert kept.scalar() == row.body
        member_state = load(connection, before.keys())
    assert member_state == before
