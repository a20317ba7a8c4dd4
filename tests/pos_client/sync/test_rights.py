"""Rights to spend between tills and a server: one that hangs, a recall, another history."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from domain.allowances.messages import PATH_AUTHORISE
from domain.allowances.rights import RightKind
from domain.allowances.subjects import Subject, SubjectKind
from domain.errors import TillfoldError
from domain.identifiers import MemberId
from hardware.timing import monotonic_ms
from pos_client.storage import rights
from pos_client.storage.store import Store
from pos_client.sync import authoriser
from sync_server.database.brands import begin_history
from tests.builders.spending import row_of
from tests.builders.sync_server import BRAND, RunningServer
from tests.builders.till import CASHIER, DEADLINE_S, DUCK, order
from tests.pos_client.sync.joined import CASHIER_B, JoinedTill, MakeTill, enrol
from tests.pos_client.sync.strangers import altering, stranger

LONGEST_MS = 1_000 * authoriser.WAIT_S
_LOOK_AGAIN_S = 0.02


def until(condition: Callable[[], bool], what: str) -> None:
    give_up = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < give_up, f"waited in vain until {what}"
        time.sleep(_LOOK_AGAIN_S)


class Hanging:
    """Says nothing to a request for a hold until it is let go."""

    def __init__(self) -> None:
        self.asked = threading.Event()
        self.over = threading.Event()

    def __call__(self, path: str, message: bytes) -> bytes | None:
        if path != PATH_AUTHORISE:
            return message
        self.asked.set()
        self.over.wait(DEADLINE_S)
        return None


def test_a_hanging_server_costs_a_second_and_a_half_and_nobody_else_waits(
    server: RunningServer, make_till: MakeTill
) -> None:
    """Then the till spends out of its allowance, as without a server."""
    hanging = Hanging()
    between = stranger(altering(int(server.url.rpartition(":")[2]), hanging))
    with between as running, ThreadPoolExecutor(1) as cashier:
        till = make_till("a")
        till.join(running.url, server.new_code("A1"))
        till.wait(lambda: till.machinery.counter.home().staffed, "the staff is here")
        member = enrol(till)
        till.sell(DUCK, total_fen=12_800, member=member)
        till.wait_for_quiet()
        has_allowance(till, Subject(SubjectKind.POINTS, member))
        wanted = order(DUCK, total_fen=12_700, member=member, points=100)
        before_ms = monotonic_ms()
        closing = cashier.submit(till.machinery.counter.close_sale, CASHIER, wanted)
        assert hanging.asked.wait(DEADLINE_S)
        asked_ms = monotonic_ms()
        till.run(lambda _store: None)
        assert till.machinery.counter.find_members("13800138000")
        assert monotonic_ms() - asked_ms < LONGEST_MS
        assert not closing.done()
        closed = closing.result(DEADLINE_S)
        assert LONGEST_MS <= monotonic_ms() - before_ms < LONGEST_MS + 1_500
        (used,) = closed.sale.rights
        assert (used.kind, used.amount) == (RightKind.ALLOWANCE, 100)
        hanging.over.set()
        till.close()


def test_a_till_gives_back_what_another_one_needs_and_all_in_a_new_history(
    server: RunningServer, till_a: JoinedTill, till_b: JoinedTill
) -> None:
    member = enrol(till_a)
    subject = Subject(SubjectKind.POINTS, member)
    till_a.sell(DUCK, total_fen=12_800, member=member)
    till_a.wait_for_quiet()
    has_allowance(till_a, subject)
    assert row_of(server.context, subject).granted == 100
    spends_at_another_store(till_b, member)
    until(lambda: row_of(server.context, subject).held == 0, "the sale is at the server")
    assert held_at(till_a, subject) == 0
    row = row_of(server.context, subject)
    assert (row.balance, row.granted, row.forced) == (155, 0, 0)

    has_allowance(till_a, subject)
    server.context.database.write(
        lambda connection: begin_history(connection, BRAND, "another"), brand=BRAND
    )
    till_a.machinery.sync_now()
    until(lambda: row_of(server.context, subject).granted == 0, "the till gave it back")
    until(lambda: held_at(till_a, subject) == 0, "the till has it no more")
    has_allowance(till_a, subject)
    assert row_of(server.context, subject).granted == 100


def has_allowance(till: JoinedTill, subject: Subject) -> None:
    def want(store: Store) -> None:
        with store.write() as writing:
            rights.want(writing.connection, [subject])

    till.run(want)
    till.machinery.sync_now()
    until(lambda: held_at(till, subject) == 100, "it has an allowance")


def held_at(till: JoinedTill, subject: Subject) -> int:
    def work(store: Store) -> int:
        with store.read() as connection:
            return sum(each.left for each in rights.open_allowances(connection, subject))

    return till.run(work)


def spends_at_another_store(till: JoinedTill, member: MemberId) -> None:
    """The server asks the first till to give back; trying again a moment later succeeds."""
    till.machinery.sync_now()
    counter = till.machinery.counter
    until(lambda: [row.points for row in counter.find_members("13800138000")] == [128], "she came")
    wanted = order(DUCK, total_fen=12_700, member=member, points=100)
    give_up = time.monotonic() + DEADLINE_S
    while True:
        try:
            closed = counter.close_sale(CASHIER_B, wanted)
            break
        except TillfoldError:
            assert time.monotonic() < give_up
    (used,) = closed.sale.rights
    assert (used.kind, used.amount) == (RightKind.AUTHORISATION, 100)
