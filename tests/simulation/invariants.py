"""What must hold when all is quiet: after healing, without any further local write."""

from typing import Any

from sqlalchemy import func, select

from domain.fold.aggregates import Aggregate, AggregateKey, AggregateKind, Order, decode_aggregate
from domain.fold.cases import CaseKind, cases_of
from domain.journals import EpochBegun, JournalForked, JournalTakenBack
from pos_client.storage.store import Store
from pos_client.storage.sync_state import read_sync_state
from pos_client.storage.tables import aggregate, journal, overlay, pending, print_job
from sync_server.database.tables import aggregate as server_aggregate
from sync_server.database.tables import entry, quarantine
from sync_server.use_cases.verification import verify
from tests.builders.sync_server import BRAND
from tests.simulation import oracle
from tests.simulation.oracle import Bodies
from tests.simulation.reached import Reached, Violation
from tests.simulation.server import SimulatedServer
from tests.simulation.spending import open_holds
from tests.simulation.template import STORES
from tests.simulation.tills import SimulatedTill
from tests.simulation.truth import Truth

_NAMES = {
    CaseKind.OVER_REFUNDED: "case: refunded too much",
    CaseKind.MEMBER_ENROLLED_TWICE: "member enrolled twice",
}


def check_quiet(
    server: SimulatedServer,
    tills: list[SimulatedTill],
    truth: Truth,
    reached: Reached,
    *,
    may_need_repair: bool,
) -> None:
    """See that all agree. A feed whose rows had to be repaired had left something out.

    After a fail-over into the same history that is as it must be.

    Raises:
        Violation: at the first thing that does not hold.
    """
    _check_deeds(server, truth)
    held = server.read(oracle.held_by_server)
    _same("server", held, server.read(oracle.folded_in_server_order))
    verified = verify(server.context, BRAND)
    if not verified.holds:
        raise Violation(f"the books do not hold: {verified.findings[:5]}")
    _check_sums(server, held)
    for till in tills:
        if till.running:
            _check_journal(server, till, truth)
            _check_till(server, till, may_need_repair=may_need_repair)
    _check_forks(server, reached)
    for key, body in held.items():
        _note_cases(key, decode_aggregate(key.kind, body), reached)


def _check_deeds(server: SimulatedServer, truth: Truth) -> None:
    """Nothing lost, nothing twice: the server holds what happened, each deed once, and no other."""
    held = server.read(oracle.deeds)
    for name, deeds in {
        "the server lacks what was promised": truth.missing(held),
        "the server holds it more than once": [one for one, times in held.items() if times > 1],
        "the server holds what nobody did": list(held.keys() - truth.deeds.keys()),
    }.items():
        if deeds:
            first = min(deeds)
            raise Violation(f"{name}: {len(deeds)}, first {first.kind} of {first.terminal}")


def _check_journal(server: SimulatedServer, till: SimulatedTill, truth: Truth) -> None:
    """What the till has in its journal the server has, under the same numbers; and all of it."""
    own = {place: made.hash for place, made in truth.journal(till.name).items()}
    assert till.store is not None
    with till.store.read() as connection:
        rows = connection.execute(select(journal.c.epoch, journal.c.number, journal.c.hash))
        here = {(row.epoch, row.number): row.hash for row in rows}
    held = server.read(
        lambda connection: {
            (row.epoch, row.number): row.hash
            for row in connection.execute(
                select(entry.c.epoch, entry.c.number, entry.c.hash).where(
                    entry.c.terminal_id == till.identity.terminal
                )
            )
        }
    )
    epoch = till.store.head.epoch
    lacks = {place for place in held if place[0] == epoch} - here.keys()
    if lacks or any(held.get(place) != digest for place, digest in here.items()):
        raise Violation(f"{till.name}: its journal is not the server's: {sorted(lacks)[:3]}")
    if any(own.get(place) != digest for place, digest in here.items()):
        raise Violation(f"{till.name}: entries in its journal that it never wrote")


def _check_forks(server: SimulatedServer, reached: Reached) -> None:
    """Of each fork a person hears."""
    facts = server.read(_facts_taken_in)
    told = {fact.terminal for fact in facts if isinstance(fact, JournalForked)}
    for fact in facts:
        if isinstance(fact, EpochBegun):
            reached.note("journal forked")
            if fact.terminal not in told:
                raise Violation(f"nobody is told that the journal of {fact.terminal} forked")
        elif isinstance(fact, JournalTakenBack):
            reached.note("lost end taken back")


def _check_sums(server: SimulatedServer, held: Bodies) -> None:
    """Balances are the sums of the facts; money in is sales less refunds, by tender."""
    facts = server.read(_facts_taken_in)
    states = {key: decode_aggregate(key.kind, body) for key, body in held.items()}
    points = {key.id: one.points for key, one in states.items() if hasattr(one, "points")}
    expected = oracle.points(facts)
    wrong = {name for name in expected if expected[name] != points.get(name, 0)}
    if wrong:
        raise Violation(f"points are not the sum of their lines: {sorted(wrong)[:5]}")
    taken, in_orders = oracle.takings(facts), _takings_of(states)
    if +taken != +in_orders or -taken != -in_orders:
        raise Violation(f"money in: {taken} by the facts, {in_orders} by the orders")


def _facts_taken_in(connection: Any) -> list[Any]:  # noqa: ANN401 - a connection
    aside = {tuple(row) for row in connection.execute(select(quarantine.c.hash))}
    rows = connection.execute(select(entry.c.hash, entry.c.content))
    facts = [oracle.readable(row.content) for row in rows if (row.hash,) not in aside]
    return [fact for fact in facts if fact is not None]


def _takings_of(states: dict[AggregateKey, Aggregate]) -> oracle.Money:
    sums: oracle.Money = oracle.Money()
    for order in states.values():
        if isinstance(order, Order) and order.sale is not None:
            for place, tender in enumerate(order.sale.tenders, start=1):
                back_fen = order.refunded.tender(place).amount_fen
                sums[tender.kind.value] += tender.amount_fen - back_fen
    return sums


def _check_till(server: SimulatedServer, till: SimulatedTill, *, may_need_repair: bool) -> None:
    """The till shows what the server holds for it, and nothing waits."""
    store = till.store
    assert store is not None
    with store.read() as connection:
        state = read_sync_state(connection)
        waiting = connection.scalar(select(func.count()).select_from(pending))
        laid_over = connection.scalar(select(func.count()).select_from(overlay))
        rows = connection.execute(select(aggregate.c.kind, aggregate.c.id, aggregate.c.body))
        shown = {AggregateKey(row.kind, row.id): bytes(row.body) for row in rows}
    if waiting or laid_over or state.acknowledged != store.head.number:
        raise Violation(
            f"{till.name} has not converged: {waiting} waiting, {laid_over} laid over, "
            f"{state.acknowledged} of {store.head.number} acknowledged"
        )
    if state.repairs and not may_need_repair:
        raise Violation(f"{till.name} had to repair {state.repaired_rows} rows of its feed")
    holds = server.read(lambda connection: open_holds(connection, till.identity.terminal))
    if holds and server.all_honest and not till.forgot:
        # Each has its sale by now, or was released.
        raise Violation(f"{till.name} keeps {holds} holds whose sales never came about")
    _same(till.name, shown, server.read(lambda connection: _for_till(connection, till)))
    _check_receipts(till, store)


def _for_till(connection: Any, till: SimulatedTill) -> Bodies:  # noqa: ANN401 - a connection
    table = server_aggregate
    other_store = next(store for store in STORES if store != till.identity.store)
    rows = connection.execute(
        select(table.c.kind, table.c.id, table.c.body).where(table.c.scope != other_store)
    )
    return {AggregateKey(row.kind, row.id): bytes(row.body) for row in rows}


def _check_receipts(till: SimulatedTill, store: Store) -> None:
    """A receipt that was queued has its sale."""
    with store.read() as connection:
        printed = set(connection.execute(select(print_job.c.document_id)).scalars())
        rows = connection.execute(
            select(aggregate.c.id).where(aggregate.c.kind == AggregateKind.ORDER)
        )
        orders = set(rows.scalars())
    if printed - orders:
        raise Violation(f"{till.name} printed receipts without a sale: {printed - orders}")


def _same(whose: str, shown: Bodies, expected: Bodies) -> None:
    for key in sorted(shown.keys() | expected.keys()):
        if shown.get(key) != expected.get(key):
            raise Violation(
                f"{whose}: {key.kind} {key.id} differs:\n"
                f"  is        {_readable(key, shown.get(key))}\n"
                f"  should be {_readable(key, expected.get(key))}"
            )


def _readable(key: AggregateKey, body: bytes | None) -> object:
    return None if body is None else decode_aggregate(key.kind, body)


def _note_cases(key: AggregateKey, state: Aggregate, reached: Reached) -> None:
    for case in cases_of(key, state):
        if case.kind in _NAMES:
            reached.note(_NAMES[case.kind])
