"""A server is lost and comes back from a backup that is older than what the tills gave it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from domain.fold.aggregates import AggregateKey, AggregateKind
from domain.members.facts import MemberClosed
from pos_client.storage.store import Store
from pos_client.storage.sync_state import read_sync_state
from sync_server.bootstrap import build_context, restore_backup
from sync_server.use_cases.backup import back_up
from sync_server.use_cases.books import Books, read_books
from sync_server.use_cases.context import Context
from sync_server.use_cases.feed_upkeep import review_member_feed
from sync_server.use_cases.members import find_members
from sync_server.use_cases.verification import verify
from tests.builders.sync_server import BRAND, RunningServer, serving, sqlite_settings
from tests.builders.till import DUCK, RICE
from tests.pos_client.sync.joined import CASHIER_B, JoinedTill, enrol

_PHONE = "13900139000"


@contextmanager
def restored(old: RunningServer, backup: Path, folder: Path) -> Iterator[Context]:
    """The old server is gone; another one answers at its address, from the backup alone."""
    old.stop()
    folder.mkdir()
    port = int(old.url.rpartition(":")[2])
    settings = msgspec.structs.replace(sqlite_settings(folder), port=port)
    settings.key_path.write_bytes(old.settings.key_path.read_bytes())
    settings.key_path.chmod(0o600)
    restore_backup(settings, backup)
    context = build_context(settings, now_ms=old.clock)
    with serving(settings, context, old.clock):
        yield context


def history(store: Store) -> str:
    with store.read() as connection:
        return read_sync_state(connection).history


def totals(context: Context) -> Books:
    """The books without what a new history changes: the numbers of the feed."""
    return msgspec.structs.replace(read_books(context, BRAND), feed_head=0)


def test_after_a_restore_the_tills_bring_by_themselves_what_the_backup_lacks(
    server: RunningServer, till_a: JoinedTill, till_b: JoinedTill, tmp_path: Path
) -> None:
    member, closed = enrol(till_a), enrol(till_a, _PHONE, "王五")
    till_a.sell(DUCK, total_fen=12_800, member=member)
    till_a.wait_for_quiet()
    back_up(server.context, tmp_path / "backup", release="0.1.0", key_file=None)
    # From here on the backup knows of nothing.
    till_a.sell(DUCK, total_fen=12_800, member=member)
    till_a.write(MemberClosed(member_id=closed, phone=f"+86{_PHONE}"))
    till_b.sell(RICE, total_fen=300, actor=CASHIER_B)
    for till in (till_a, till_b):
        till.wait_for_quiet()
    before, histories = totals(server.context), [till_a.run(history), till_b.run(history)]
    assert len(set(histories)) == 1
    with restored(server, tmp_path / "backup", tmp_path / "new") as new:
        assert totals(new) != before
        assert find_members(new, BRAND, "9000", limit=9)
        for till in (till_a, till_b):
            till.machinery.sync_now()
            till.wait(lambda till=till: till.run(history) not in histories, "the new history")  # type: ignore[misc]
            till.wait_for_quiet()
        assert totals(new) == before
        assert find_members(new, BRAND, "9000", limit=9) == []
        assert verify(new, BRAND).holds
        till_a.machinery.sync_now()
        till_a.wait_for_quiet()
        key = AggregateKey(AggregateKind.MEMBER, member)
        till_b.wait(lambda: till_b.shown()[key] == till_a.shown()[key], "both show the same")


def test_interests_of_a_restored_server_are_made_again_by_what_tills_bring(
    server: RunningServer, till_a: JoinedTill, till_b: JoinedTill, tmp_path: Path
) -> None:
    """A lower head, another history, and a member whom the backup knows at one store alone."""
    member = enrol(till_a)
    till_a.wait_for_quiet()
    object.__setattr__(server.context, "members_on_till", 0)
    assert review_member_feed(server.context, BRAND)
    till_b.wait(lambda: member_key(member) not in till_b.shown(), "she is a member of store A")
    back_up(server.context, tmp_path / "backup", release="0.1.0", key_file=None)
    till_b.machinery.counter.look_up_member("13800138000")
    till_b.sell(DUCK, total_fen=12_800, member=member, actor=CASHIER_B)
    till_b.wait_for_quiet()
    before = [till.run(history) for till in (till_a, till_b)]
    with restored(server, tmp_path / "backup", tmp_path / "new"):
        for till in (till_a, till_b):
            till.machinery.sync_now()
            till.wait(lambda till=till: till.run(history) not in before, "the new history")  # type: ignore[misc]
            till.wait_for_quiet()
        key = member_key(member)
        till_a.machinery.sync_now()
        till_b.wait(lambda: key in till_b.shown(), "what it brought makes her interesting again")
        till_a.wait(lambda: till_a.shown()[key] == till_b.shown()[key], "both show the same")
        assert till_a.status().sync.repairs == 0


def member_key(member: str) -> AggregateKey:
    return AggregateKey(AggregateKind.MEMBER, member)
