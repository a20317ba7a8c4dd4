"""A till goes on with what it holds while another history is fetched; then what is gone goes."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import select

from domain import rights
from domain.facts import Fact
from domain.fold.aggregates import AggregateKey, AggregateKind
from domain.identifiers import MemberId, StaffId
from pos_client.storage.store import Store
from pos_client.storage.sync_state import SyncState, read_sync_state
from pos_client.storage.tables import name_initials
from pos_client.storage.verification import verify as verify_till
from pos_client.sync import refetching, session
from pos_client.use_cases.answers import Connection
from sync_server.use_cases.backup import back_up
from sync_server.use_cases.feed_upkeep import review_member_feed
from sync_server.use_cases.head_office import decide
from tests.builders.facts import coupon_issued, enrolled
from tests.builders.sync_server import BRAND, RunningServer
from tests.builders.till import CASHIER_PIN, DUCK, RICE, appointed
from tests.pos_client.sync.joined import JoinedTill, MakeTill, enrol
from tests.pos_client.sync.strangers import altering, stranger
from tests.pos_client.sync.test_restored_server import member_key, restored

PHONE = "13800138000"
LOST_PHONE = "13700137000"
LEAVING = StaffId("leaving")


class Gate:
    """Lets answers through; while it is shut, no page of the feed behind the next first one."""

    def __init__(self) -> None:
        self.shut = False
        self.begun = False
        self.held_back = threading.Event()

    def __call__(self, path: str, message: bytes) -> bytes | None:
        if not self.shut or "/feed?" not in path:
            return message
        self.begun = self.begun or "cursor=0&" in path
        if not self.begun or "cursor=0&" in path:
            return message
        self.held_back.set()
        return None


@contextmanager
def gated(server: RunningServer) -> Iterator[tuple[Gate, str]]:
    gate = Gate()
    with stranger(altering(int(server.url.rpartition(":")[2]), gate)) as between:
        yield gate, between.url


def state_of(store: Store) -> SyncState:
    with store.read() as connection:
        return read_sync_state(connection)


def names_looked_up(till: JoinedTill) -> set[str]:
    def work(store: Store) -> set[str]:
        with store.read() as connection:
            return set(connection.scalars(select(name_initials.c.name)))

    return till.run(work)


def serves_as_ever(till: JoinedTill, member: MemberId, points: int) -> None:
    """Members, sales, menu and the rule book's offer are there; it sells."""
    counter = till.machinery.counter
    assert [row.points for row in counter.find_members(PHONE)] == [points]
    before = till.shown()
    assert sum(key.kind is AggregateKind.ORDER for key in before) >= 1
    till.sell(DUCK, DUCK, DUCK, DUCK, total_fen=46_200, member=member)
    assert counter.open_member(member).guest.points == points + 462
    assert till.shown().keys() > before.keys()


def test_a_till_serves_while_another_history_is_fetched_and_after_a_crash(
    server: RunningServer, make_till: MakeTill, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "PULL_ROWS", 3)
    monkeypatch.setattr(refetching, "ROWS_A_SLICE", 4)
    decide(server.context, BRAND, [at_store("A")], actor="hq")
    with gated(server) as (gate, url):
        till = make_till("a")
        till.join(url, server.new_code("A1"))
        till.wait(lambda: till.machinery.counter.home().staffed, "the staff is here")
        member = has_more_than_the_backup(till, server, tmp_path / "backup")
        held = till.shown().keys()
        gate.shut = True
        with restored(server, tmp_path / "backup", tmp_path / "new") as new:
            till.machinery.sync_now()
            assert gate.held_back.wait(20), "the first page of the new history is laid"
            decide(new, BRAND, [at_store("B")], actor="hq")
            till.wait(
                lambda: till.status().sync.connection is Connection.OFFLINE, "no more can be had"
            )
            assert till.run(state_of).refetching
            assert till.shown().keys() == held
            serves_as_ever(till, member, 131)
            till = crashed(till, make_till, tmp_path)
            serves_as_ever(till, member, 593)
            assert till.machinery.counter.find_members(LOST_PHONE)
            assert not till.run(verify_till).findings
            gate.shut = False
            till.machinery.sync_now()
            till.wait(lambda: not till.run(state_of).refetching, "the new history is here")
            till.wait_for_quiet()
            gone = {member_key("lost"), AggregateKey(AggregateKind.COUPON, "lost")}
            gone.add(AggregateKey(AggregateKind.STAFF, LEAVING))
            assert not gone & till.shown().keys()
            assert till.machinery.counter.find_members(LOST_PHONE) == ()
            assert "李雷" not in names_looked_up(till)
            assert "李小龙" in names_looked_up(till)
            serves_as_ever(till, member, 1_055)
            till.wait_for_quiet()
            assert till.status().sync.repairs == 0
        till.close()


def at_store(store: str) -> Fact:
    return appointed(LEAVING, rights.CASHIER, CASHIER_PIN, store=store)


def has_more_than_the_backup(till: JoinedTill, server: RunningServer, backup: Path) -> MemberId:
    """A member with two sales, one of them after the backup; and what head office decided then."""
    member = enrol(till, PHONE)
    till.sell(RICE, total_fen=300, member=member)
    till.wait_for_quiet()
    back_up(server.context, backup, release="0.1.0", key_file=None)
    till.sell(DUCK, total_fen=12_800, member=member)
    lost: list[Fact] = [coupon_issued("lost"), enrolled("lost", phone=f"+86{LOST_PHONE}")]
    decide(server.context, BRAND, lost, actor="hq")
    till.machinery.sync_now()
    till.wait(lambda: member_key("lost") in till.shown(), "head office's decisions are here")
    till.wait_for_quiet()
    return member


def crashed(till: JoinedTill, make_till: MakeTill, folder: Path) -> JoinedTill:
    """What `kill -9` leaves of it, started again."""
    till.run(lambda _store: shutil.copytree(folder / "a", folder / "killed"))
    till.close()
    again = make_till("killed")
    again.machinery.start()
    again.machinery.on_changed = lambda _keys: again.changed.set()
    return again


def test_whom_only_a_lost_look_up_had_brought_leaves_with_the_new_history(
    server: RunningServer, till_a: JoinedTill, till_b: JoinedTill, tmp_path: Path
) -> None:
    """Interest sets: the backup knows nothing of a look-up after it; no entry makes it again."""
    member = enrol(till_a, PHONE)
    till_a.wait_for_quiet()
    object.__setattr__(server.context, "members_on_till", 0)
    assert review_member_feed(server.context, BRAND)
    till_b.wait(lambda: member_key(member) not in till_b.shown(), "she is a member of store A")
    assert till_b.status().sync.repairs == 0, "who leaves with a smaller feed is no damage"
    back_up(server.context, tmp_path / "backup", release="0.1.0", key_file=None)
    assert till_b.machinery.counter.look_up_member(PHONE)
    till_b.wait_for_quiet()
    with restored(server, tmp_path / "backup", tmp_path / "new"):
        till_b.machinery.sync_now()
        till_b.wait(lambda: member_key(member) not in till_b.shown(), "she is not followed here")
        till_b.wait_for_quiet()
        assert names_looked_up(till_b) == set()
        assert till_b.status().sync.repairs == 0
