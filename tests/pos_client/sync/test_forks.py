"""Real tills that were restored from an image, cloned, or lost files, and the real server."""

import shutil
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from sqlalchemy import Connection, func, select, text

from domain.entries import GENESIS
from domain.errors import ErrorCode
from domain.fold.aggregates import AggregateKey, AggregateKind, Member
from domain.fold.cases import CaseKind
from domain.identifiers import MemberId
from hardware.timing import monotonic_ms
from pos_client.storage.journal import Head
from pos_client.storage.store import Store
from pos_client.storage.tables import journal, superseded
from pos_client.use_cases.answers import Connection as Contact
from sync_server.database import feed_sums
from sync_server.use_cases.books import read_books
from sync_server.use_cases.feed_proof import sums_of_rows
from sync_server.use_cases.tills import allow_hand_in, revoke
from sync_server.use_cases.verification import verify
from tests.builders.sync_server import BRAND, RunningServer
from tests.builders.till import DEADLINE_S, DUCK, State
from tests.harness.network import Cable
from tests.pos_client.storage.looking import flip
from tests.pos_client.sync.joined import JoinedTill, MakeTill, enrol

POINTS = 128


@pytest.fixture
def cable(server: RunningServer) -> Iterator[Cable]:
    port = urlsplit(server.url).port
    assert port is not None
    with Cable(port) as way:
        yield way


@pytest.fixture
def till(server: RunningServer, make_till: MakeTill, cable: Cable) -> JoinedTill:
    """Joined through a cable that a test can cut."""
    made = make_till("till")
    made.join(cable.url, server.new_code("A1"))
    made.wait(lambda: made.machinery.counter.home().staffed, "the staff is here")
    return made


def image_of(till: JoinedTill, make_till: MakeTill, name: str = "image") -> JoinedTill:
    """The till's disk, copied while it is off, for another machine."""
    image = make_till(name)
    for old, new in (
        (till.settings.data_path, image.settings.data_path),
        (till.settings.second_journal_path, image.settings.second_journal_path),
    ):
        shutil.copytree(old, new)
    return image


def start(till: JoinedTill) -> None:
    till.machinery.start()
    till.machinery.on_changed = lambda _keys: till.changed.set()


def restart(till: JoinedTill) -> None:
    till.restart()
    till.machinery.on_changed = lambda _keys: till.changed.set()


def sell(till: JoinedTill, member: MemberId, times: int = 1) -> None:
    for _ in range(times):
        till.sell(DUCK, total_fen=12_800, member=member)


def until(till: JoinedTill, condition: Callable[[], bool], what: str) -> None:
    """For what the till itself need not tell of: looked at again and again until a deadline."""
    before_ms = monotonic_ms()
    while not condition():
        assert monotonic_ms() - before_ms < DEADLINE_S * 1_000, f"waited in vain until {what}"
        till.changed.wait(0.05)
        till.changed.clear()


def head(till: JoinedTill) -> Head:
    return till.run(lambda store: store.head)


def points(till: JoinedTill, member: MemberId) -> int:
    return till.machinery.counter.open_member(member).guest.points


def server_points(server: RunningServer) -> int:
    return read_books(server.context, BRAND).points_total


def kinds_of_cases(till: JoinedTill) -> set[CaseKind]:
    return {case.kind for case in till.status().cases}


def count(till: JoinedTill, table: object) -> int:
    def work(store: Store) -> int:
        with store.read() as connection:
            return connection.scalar(select(func.count()).select_from(table)) or 0  # type: ignore[arg-type]

    return till.run(work)


def same_state(one: JoinedTill, other: JoinedTill) -> bool:
    return comparable(one.shown()) == comparable(other.shown())


def comparable(state: State) -> State:
    return {key: value for key, value in state.items() if key.kind is not AggregateKind.TERMINAL}


def test_a_restored_image_takes_its_lost_end_back_and_goes_on(
    server: RunningServer, till: JoinedTill, make_till: MakeTill
) -> None:
    member = enrol(till)
    till.wait_for_quiet()
    till.close()
    image = image_of(till, make_till)
    restart(till)
    sell(till, member, 3)
    till.wait_for_quiet()
    before = head(till)
    entries = count(till, journal)
    till.close()
    start(image)
    image.wait(lambda: kinds_of_cases(image) == {CaseKind.JOURNAL_CUT}, "a person is told")
    image.wait_for_quiet()
    assert (head(image).epoch, head(image).number) == (1, before.number + 1)
    assert count(image, journal) == entries + 1
    sell(image, member)
    image.wait_for_quiet()
    assert points(image, member) == server_points(server) == 4 * POINTS
    assert verify(server.context, BRAND).findings == []
    restart(image)
    assert head(image).number == before.number + 2


def test_a_restored_image_that_sold_other_things_goes_on_in_a_new_epoch(
    server: RunningServer, till: JoinedTill, make_till: MakeTill, cable: Cable
) -> None:
    member = enrol(till)
    till.wait_for_quiet()
    till.close()
    image = image_of(till, make_till)
    restart(till)
    sell(till, member, 2)
    till.wait_for_quiet()
    till.close()
    cable.cut()
    start(image)
    sell(image, member, 3)
    assert points(image, member) == 3 * POINTS
    cable.join()
    image.wait_for_quiet()
    assert head(image).epoch == 2
    assert head(image).number == 4
    assert count(image, superseded) == 3
    assert points(image, member) == server_points(server) == 5 * POINTS
    image.wait(lambda: CaseKind.JOURNAL_FORKED in kinds_of_cases(image), "a person is told")
    receipt = image.sell(DUCK, total_fen=12_800, member=member).sale.receipt_number
    assert receipt.startswith("A1.2-")
    image.wait_for_quiet()
    assert verify(server.context, BRAND).findings == []
    shown = image.shown()
    restart(image)
    assert image.shown() == shown


def test_a_till_that_left_an_epoch_is_rebuilt_and_goes_on(
    server: RunningServer, till: JoinedTill, make_till: MakeTill, cable: Cable
) -> None:
    """It hands both epochs in once more; of the first the server holds the longer branch."""
    member = enrol(till)
    till.wait_for_quiet()
    till.close()
    image = image_of(till, make_till)
    restart(till)
    sell(till, member, 2)
    till.wait_for_quiet()
    till.close()
    cable.cut()
    start(image)
    sell(image, member)
    cable.join()
    image.wait_for_quiet()
    assert head(image).epoch == 2
    image.close()
    (image.settings.data_path / "till.db").unlink()
    image.machinery = image.new_machinery()
    image.machinery.rebuild()
    image.machinery.on_changed = lambda _keys: image.changed.set()
    image.wait(lambda: image.machinery.counter.home().staffed, "the server talks with it again")
    sell(image, member)
    image.wait_for_quiet()
    assert points(image, member) == server_points(server) == 4 * POINTS
    assert verify(server.context, BRAND).findings == []


def test_two_machines_with_one_key_go_on_side_by_side_and_agree(
    server: RunningServer, till: JoinedTill, make_till: MakeTill
) -> None:
    member = enrol(till)
    till.wait_for_quiet()
    till.close()
    clone = image_of(till, make_till, "clone")
    restart(till)
    start(clone)
    for _ in range(3):
        sell(till, member)
        sell(clone, member)
    till.wait_for_quiet()
    clone.wait_for_quiet()
    assert sorted((head(till).epoch, head(clone).epoch)) == [1, 2]
    for _ in range(2):
        sell(till, member)
        till.wait_for_quiet()
        sell(clone, member)
        clone.wait_for_quiet()
    till.machinery.sync_now()
    till.wait(lambda: points(till, member) == 10 * POINTS, "all sales are here")
    clone.machinery.sync_now()
    clone.wait(lambda: points(clone, member) == 10 * POINTS, "all sales are there")
    assert server_points(server) == 10 * POINTS
    assert same_state(till, clone)
    assert verify(server.context, BRAND).findings == []


def test_a_server_that_lost_commits_without_a_word_gets_them_again(
    server: RunningServer, till: JoinedTill
) -> None:
    """A fail-over to a standby that was behind: the same history, less of it."""
    standing = head_of_feed(server)
    member = enrol(till)
    sell(till, member, 3)
    till.wait_for_quiet()
    till.close()
    lose_all_of_tills(server, standing)
    assert server_points(server) == 0
    restart(till)
    till.wait_for_quiet()
    until(till, lambda: server_points(server) == 3 * POINTS, "the server has them again")
    assert points(till, member) == 3 * POINTS
    assert head(till).epoch == 1
    assert verify(server.context, BRAND).findings == []


def head_of_feed(server: RunningServer) -> int:
    return read_books(server.context, BRAND).feed_head


def lose_all_of_tills(server: RunningServer, standing: int) -> None:
    statements = (
        "DELETE FROM entry WHERE terminal_id <> 'head-office'",
        "DELETE FROM ledger_line",
        "DELETE FROM sale",
        "DELETE FROM tender",
        f"DELETE FROM aggregate WHERE version > {standing}",
        f"UPDATE brand SET version = {standing}",
    )

    def work(connection: Connection) -> None:
        for statement in statements:
            connection.execute(text(statement))
        heads = "UPDATE terminal SET head_number = 0, head_hash = :genesis"
        connection.execute(
            text(f"{heads} WHERE terminal_id <> 'head-office'"), {"genesis": GENESIS}
        )
        feed_sums.set_sums(
            connection,
            BRAND,
            dict.fromkeys(feed_sums.all_sums(connection, BRAND), 0)
            | sums_of_rows(connection, BRAND),
        )

    server.context.database.write(work, brand=BRAND)


def test_with_the_database_lost_and_the_second_journal_damaged_the_server_has_the_rest(
    server: RunningServer, till: JoinedTill
) -> None:
    member = enrol(till)
    sell(till, member, 4)
    till.wait_for_quiet()
    before = head(till)
    till.close()
    (till.settings.data_path / "till.db").unlink()
    second = till.settings.second_journal_path / "second-journal"
    flip(second, second.stat().st_size - 2_000)
    till.machinery = till.new_machinery()
    assert till.machinery.rebuild() is ErrorCode.JOURNAL_DAMAGED
    till.machinery.on_changed = lambda _keys: till.changed.set()
    till.wait(lambda: head(till).number > before.number, "all is back")
    till.wait_for_quiet()
    assert head(till).epoch == 1
    assert points(till, member) == server_points(server) == 4 * POINTS
    sell(till, member)
    till.wait_for_quiet()
    assert server_points(server) == 5 * POINTS
    assert verify(server.context, BRAND).findings == []


def test_a_till_that_is_enrolled_anew_uses_no_old_number(
    server: RunningServer, till: JoinedTill, make_till: MakeTill
) -> None:
    """Both of its files are gone."""
    member = enrol(till)
    sell(till, member)
    till.wait_for_quiet()
    till.close()
    new = make_till("new")
    new.join(server.url, server.new_code("A2"))
    new.wait(lambda: new.machinery.counter.home().staffed, "the staff is here")
    new.wait_for_quiet()
    assert points(new, member) == POINTS
    sell(new, member)
    new.wait_for_quiet()
    terminals = {entry for entry in all_terminals(server) if entry != "head-office"}
    assert len(terminals) == 2
    assert server_points(server) == 2 * POINTS


def all_terminals(server: RunningServer) -> list[str]:
    def work(connection: Connection) -> list[str]:
        return list(connection.execute(text("SELECT DISTINCT terminal_id FROM entry")).scalars())

    return server.context.database.read(work, brand=BRAND)


def test_a_till_that_was_switched_off_keeps_what_it_holds_and_says_so(
    server: RunningServer, till: JoinedTill
) -> None:
    member = enrol(till)
    till.wait_for_quiet()
    revoke(server.context, BRAND, till.run(lambda store: store.identity.terminal))
    sell(till, member)
    till.machinery.sync_now()
    till.wait(lambda: till.status().sync.connection is Contact.OFFLINE, "it is refused")
    status = till.status().sync
    assert (status.error, status.waiting) == (ErrorCode.TERMINAL_REVOKED, 1)
    held = till.shown()[AggregateKey(AggregateKind.MEMBER, member)]
    assert isinstance(held, Member)
    assert held.points == POINTS
    assert server_points(server) == 0


def test_a_till_that_was_switched_off_hands_in_what_it_holds_once_that_is_allowed(
    server: RunningServer, till: JoinedTill
) -> None:
    member = enrol(till)
    till.wait_for_quiet()
    terminal = till.run(lambda store: store.identity.terminal)
    revoke(server.context, BRAND, terminal)
    sell(till, member, 2)
    allow_hand_in(server.context, BRAND, terminal, hours=1)
    till.machinery.sync_now()
    until(till, lambda: server_points(server) == 2 * POINTS, "it is handed in")
    until(till, lambda: till.status().sync.waiting == 0, "it knows")
    assert till.status().sync.error is ErrorCode.TERMINAL_REVOKED
    server.clock.advance(minutes=61)
    sell(till, member)
    till.machinery.sync_now()
    until(till, lambda: till.status().sync.waiting == 1, "it is refused again")
    assert server_points(server) == 2 * POINTS
