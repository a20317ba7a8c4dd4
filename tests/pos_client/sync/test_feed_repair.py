"""A till whose rows differ from the server's finds it out by itself and fetches what differs."""

from urllib.parse import urlsplit

import httpx
import pytest
from sqlalchemy import Connection, text

from domain import rights
from domain.fold.aggregates import AggregateKey, AggregateKind
from domain.identifiers import StaffId
from pos_client.storage import feed_check
from pos_client.storage.store import Store
from pos_client.storage.sync_state import SyncState, read_sync_state
from pos_client.sync import repair
from sync_server.use_cases.feed_upkeep import purge_tombstones, review_member_feed
from sync_server.use_cases.head_office import decide
from tests.builders.facts import enrolled
from tests.builders.sync_server import BRAND, RunningServer
from tests.builders.till import CASHIER_PIN, DUCK, RICE, appointed
from tests.harness.network import Cable
from tests.pos_client.sync.joined import JoinedTill, MakeTill, enrol

DAMAGE = {
    "changed in place": "UPDATE aggregate SET body = x'80' WHERE kind = 'member' AND id = 'm-3'",
    "changed": "UPDATE aggregate SET version = 1 << 60, digest = 7 WHERE kind = 'menu'",
    "missing": "DELETE FROM aggregate WHERE kind = 'member' AND id IN ('m-1', 'm-2')",
    "extra": """INSERT INTO aggregate (kind, id, version, body, digest)
        SELECT kind, 'nobody', version, body, 9 FROM aggregate WHERE id = 'm-4'""",
}


def state_of(store: Store) -> SyncState:
    with store.read() as connection:
        return read_sync_state(connection)


def rows_of(store: Store) -> list[tuple[object, ...]]:
    with store.read() as connection:
        found = connection.exec_driver_sql("SELECT * FROM aggregate ORDER BY kind, id")
        return [tuple(row) for row in found]


def damage(store: Store, *statements: str) -> None:
    with store.write() as writing:
        for statement in statements:
            writing.connection.exec_driver_sql(statement)


def with_members(server: RunningServer, count: int) -> None:
    facts = [enrolled(f"m-{n}", phone=f"+86138{n:08d}") for n in range(count)]
    decide(server.context, BRAND, facts, actor="hq")


@pytest.mark.parametrize("names", [[name] for name in DAMAGE] + [list(DAMAGE)])
def test_rows_that_were_damaged_are_healed_and_no_other_is_fetched(
    server: RunningServer, till_a: JoinedTill, names: list[str]
) -> None:
    with_members(server, 60)
    till_a.wait(lambda: len(till_a.run(rows_of)) > 120, "the members are here")
    till_a.wait_for_quiet()
    before = till_a.run(rows_of)
    till_a.run(lambda store: damage(store, *(DAMAGE[name] for name in names)))
    assert till_a.run(rows_of) != before
    till_a.machinery.sync_now()
    till_a.wait(lambda: till_a.run(rows_of) == before, "all is healed")
    wrong = {"changed in place": 1, "changed": 1, "missing": 2, "extra": 1}
    state = till_a.run(state_of)
    assert (state.repairs, state.repaired_rows) == (1, sum(wrong[name] for name in names))
    assert till_a.status().sync.repaired_rows == state.repaired_rows


def test_rows_from_before_the_sum_only_have_to_be_read_again(
    server: RunningServer, till_a: JoinedTill
) -> None:
    """What a till of the release before holds counts as nothing until then."""
    till_a.wait_for_quiet()
    before = till_a.run(rows_of)
    till_a.run(lambda store: damage(store, "UPDATE aggregate SET digest = 0"))
    till_a.machinery.sync_now()
    till_a.write(enrolled("one-more", phone="+8613900000000"))
    till_a.wait(lambda: len(till_a.run(rows_of)) == len(before) + 2, "an exchange went through")
    assert till_a.run(state_of).repairs == 0


def test_a_server_that_adds_up_wrongly_is_not_compared_with_at_each_exchange(
    server: RunningServer, till_a: JoinedTill
) -> None:
    """Its rows are as they should be: nothing is repaired, and the till asks ever less often."""
    till_a.wait_for_quiet()
    before = till_a.run(rows_of)

    def lie(connection: Connection) -> None:
        connection.execute(text("UPDATE feed_sum SET sum = sum / 2 WHERE place = ''"))

    server.context.database.write(lie, brand=BRAND)
    for number in range(12):
        till_a.write(enrolled(f"e-{number}", phone=f"+86139{number:08d}"))
        till_a.wait_for_quiet()
    comparisons = [line for line in metrics_of(server) if "digests" in line and "count{" in line]
    assert till_a.run(state_of).repairs == 0
    assert sum(float(line.split()[-1]) for line in comparisons) <= 8
    assert [
        row for row in till_a.run(rows_of) if not str(row[1]).startswith(("e-", "+86139"))
    ] == before


def metrics_of(server: RunningServer) -> list[str]:
    return httpx.get(f"{server.url}/metrics", trust_env=False).text.splitlines()


def test_a_pull_reads_a_few_rows_again_however_many_there_are(
    server: RunningServer, till_a: JoinedTill, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repair, "RENEWED_AN_EXCHANGE", 5)
    with_members(server, 60)
    till_a.wait(lambda: len(till_a.run(rows_of)) > 120, "the members are here")
    till_a.wait_for_quiet()
    read: list[int] = []
    whole = feed_check.renew_digests

    def counted(connection: object, after: feed_check.Key, limit: int) -> feed_check.Key | None:
        read.append(limit)
        return whole(connection, after, limit)  # type: ignore[arg-type]

    monkeypatch.setattr(feed_check, "renew_digests", counted)
    till_a.sell(RICE, total_fen=300)
    till_a.wait_for_quiet()
    till_a.wait(lambda: bool(read), "the exchange is through")
    assert set(read) == {5}


def test_a_till_that_was_away_too_long_sends_what_waits_and_begins_again(
    server: RunningServer, make_till: MakeTill, till_b: JoinedTill
) -> None:
    port = urlsplit(server.url).port
    assert port is not None
    with Cable(port) as cable:
        till = make_till("a")
        till.join(cable.url, server.new_code("A1"))
        till.wait(lambda: till.machinery.counter.home().staffed, "the staff is here")
        cable.cut()
        member = enrol(till)
        for _ in range(3):
            till.sell(DUCK, total_fen=12_800, member=member)
        moved = appointed(StaffId("cashier"), rights.CASHIER, CASHIER_PIN, store="B")
        decide(server.context, BRAND, [moved], actor="hq")
        server.clock.advance(minutes=31 * 24 * 60)
        assert purge_tombstones(server.context, BRAND) == 1
        cable.join()
        till.wait_for_quiet()
        gone = AggregateKey(AggregateKind.STAFF, "cashier")
        till.wait(lambda: gone not in till.shown(), "who left is gone")
        assert till.machinery.counter.open_member(member).guest.points == 384
        till_b.machinery.sync_now()
        found = till_b.machinery.counter.find_members
        till_b.wait(
            lambda: [row.points for row in found("13800138000")] == [384], "nothing unsent is lost"
        )
        till.close()


def test_a_brand_that_outgrows_its_tills_leaves_each_with_its_own_members(
    server: RunningServer, till_a: JoinedTill, till_b: JoinedTill
) -> None:
    member = enrol(till_a)
    with_members(server, 30)
    till_a.wait_for_quiet()
    till_b.machinery.sync_now()
    till_b.wait(lambda: len(members_of(till_b)) == 31, "all are here")
    object.__setattr__(server.context, "members_on_till", 10)
    assert review_member_feed(server.context, BRAND)
    till_a.wait(lambda: members_of(till_a) == {member}, "only her own store has her")
    till_b.wait(lambda: not members_of(till_b), "nobody is interesting here")
    assert till_b.machinery.counter.find_members("13800138000") == ()
    till_a.sell(DUCK, total_fen=12_800, member=member)
    till_a.wait_for_quiet()


def members_of(till: JoinedTill) -> set[str]:
    return {key.id for key in till.shown() if key.kind is AggregateKind.MEMBER}
