"""A server that goes on with fewer commits than it had acknowledged: a standby took over from it.

The history is the same, so nothing but its numbers shows it: the tills hold more than it does.
"""

import time
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

import sqlcipher3.dbapi2

from domain.fold.aggregates import AggregateKey, AggregateKind, Member
from sync_server.use_cases.books import read_books
from sync_server.use_cases.head_office import decide
from sync_server.use_cases.verification import verify
from tests.builders.facts import coupon_issued
from tests.builders.sync_server import BRAND, RunningServer
from tests.builders.till import CASHIER, RICE, State
from tests.pos_client.sync.joined import CASHIER_B, JoinedTill, enrol

DEADLINE_S = 20.0


def remember(server: RunningServer, copy: Path) -> None:
    """What a standby has that gets nothing more."""
    with closing(sqlcipher3.dbapi2.connect(database_of(server))) as connection:
        connection.execute("VACUUM INTO ?", (str(copy),))


def lose_all_since(server: RunningServer, copy: Path) -> None:
    """The standby takes over: page by page into the database that the server has open."""
    with (
        closing(sqlcipher3.dbapi2.connect(copy)) as held,
        closing(sqlcipher3.dbapi2.connect(database_of(server))) as connection,
    ):
        held.backup(connection)


def database_of(server: RunningServer) -> str:
    return str(server.context.database.engine.url.database)


def until(condition: Callable[[], bool], *tills: JoinedTill, what: str) -> None:
    """As time passes a till asks again by itself; here it is asked to."""
    give_up = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < give_up, f"waited in vain until {what}"
        for till in tills:
            till.changed.clear()
            till.machinery.sync_now()
            till.changed.wait(0.2)


def nothing_waits(till: JoinedTill) -> bool:
    return till.status().sync.waiting == 0


def points_of(till: JoinedTill) -> int:
    return sum(value.points for value in till.shown().values() if isinstance(value, Member))


def shared(till: JoinedTill) -> State:
    """What all tills of a brand show alike."""
    alike = {AggregateKind.MEMBER, AggregateKind.COUPON}
    return {key: value for key, value in till.shown().items() if key.kind in alike}


def test_sales_that_a_server_lost_come_back_without_any_new_sale(
    server: RunningServer, till_a: JoinedTill, till_b: JoinedTill, tmp_path: Path
) -> None:
    member = enrol(till_a)
    till_a.sell(RICE, total_fen=300, member=member)
    till_a.wait_for_quiet()
    till_b.wait_for_quiet()
    remember(server, tmp_path / "standby.db")
    for till, cashier in ((till_a, CASHIER), (till_b, CASHIER_B)):
        for _ in range(3):
            till.sell(RICE, total_fen=300, member=member, actor=cashier)
        till.wait_for_quiet()
    till_a.wait_for_quiet()
    before = read_books(server.context, BRAND)
    lose_all_since(server, tmp_path / "standby.db")
    assert read_books(server.context, BRAND).points_total < before.points_total

    until(
        lambda: read_books(server.context, BRAND).points_total == before.points_total,
        till_a,
        till_b,
        what="the tills have offered what was lost",
    )
    until(lambda: shared(till_a) == shared(till_b), till_a, till_b, what="both tills show the same")
    assert verify(server.context, BRAND).findings == []
    for till in (till_a, till_b):
        until(partial(nothing_waits, till), till, what="nothing waits")
        assert till.status().sync.repairs == 0


def test_a_till_with_something_new_offers_what_was_lost_before_it(
    server: RunningServer, till_a: JoinedTill, tmp_path: Path
) -> None:
    member = enrol(till_a)
    till_a.wait_for_quiet()
    remember(server, tmp_path / "standby.db")
    till_a.sell(RICE, total_fen=300, member=member)
    till_a.wait_for_quiet()
    lose_all_since(server, tmp_path / "standby.db")
    till_a.sell(RICE, total_fen=300, member=member)
    until(
        lambda: read_books(server.context, BRAND).points_total == 6,
        till_a,
        what="both sales are there",
    )
    until(lambda: points_of(till_a) == 6, till_a, what="the till shows both")
    assert verify(server.context, BRAND).findings == []


def test_a_till_that_only_read_what_a_server_lost_forgets_it(
    server: RunningServer, till_a: JoinedTill, till_b: JoinedTill, tmp_path: Path
) -> None:
    """Head office's decision is lost for good: no till holds its journal. So no till shows it."""
    member = enrol(till_a)
    till_a.wait_for_quiet()
    till_b.wait_for_quiet()
    remember(server, tmp_path / "standby.db")
    decide(server.context, BRAND, [coupon_issued("lost")], actor="hq")
    lost = AggregateKey(AggregateKind.COUPON, "lost")
    until(lambda: lost in till_b.shown(), till_b, what="the coupon is here")
    lose_all_since(server, tmp_path / "standby.db")
    # So much happens meanwhile that the feed is longer again than it was.
    for _ in range(3):
        till_a.sell(RICE, total_fen=300, member=member)
    until(lambda: till_a.status().sync.waiting == 0, till_a, what="the sales are pushed")
    until(lambda: lost not in till_b.shown(), till_b, what="the coupon is gone")
    until(lambda: shared(till_a) == shared(till_b), till_a, till_b, what="both tills show the same")
