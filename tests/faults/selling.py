"""A till's storage process that sells without a pause, and the books it leaves behind."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Final

from domain.entries import GENESIS, decode_entry, hash_entry
from domain.facts import Fact, SaleClosed, decode_fact
from domain.fold.aggregates import Member
from domain.signatures import Verifier
from pos_client.storage.store import Store
from pos_client.storage.tables import journal
from tests.builders.facts import enrolled, sale
from tests.builders.till import TillFiles, shown, write
from tests.faults.report import Report

MEMBER: Final = "member-1"
# Now and then a day's file of members is imported: one transaction with many entries.
_EVERY_MANY: Final = 7
_MANY: Final = 4
_BEHIND: Final = 40


def new_till(folder: Path) -> TillFiles:
    """A till whose only member gets a point for each sale."""
    files = TillFiles(folder)
    with files.created([enrolled(MEMBER)]):
        pass
    return files


def sales_of(store: Store) -> list[str]:
    """The sales in the journal, in order, after proving its chain and its signatures."""
    verifier, last, found = Verifier(store.signer.public_key), GENESIS, []
    with store.read() as connection:
        rows = connection.execute(journal.select().order_by(journal.c.number)).all()
    for number, row in enumerate(rows, start=1):
        entry = decode_entry(row.content)
        assert (entry.number, entry.prev_hash) == (number, last), f"chain at {number}"
        assert verifier.accepts(row.content, row.signature), f"signature at {number}"
        last = hash_entry(row.content)
        fact = decode_fact(entry.kind, entry.schema, entry.body)
        if isinstance(fact, SaleClosed):
            found.append(fact.sale.sale_id)
    return [str(sale_id) for sale_id in found]


def points_of(store: Store) -> int:
    return sum(value.points for value in shown(store).values() if isinstance(value, Member))


def sell(
    store: Store, first: int, told: Callable[[int], None], *, write_behind: bool = False
) -> None:
    """Sell order after order from `first` on; `told` is called once an order is durable.

    An order that nobody was told of is made again, unless the books show it: as a cashier does
    who looks after a restart. To write behind is a fault that a campaign has to find: of some
    orders is told before they are written.
    """
    held = set(sales_of(store))
    order, waiting = first, list[Fact]()
    while True:
        count = _MANY if order % _EVERY_MANY == 0 else 1
        orders = [n for n in range(order, order + count) if _name(n) not in held]
        waiting += [sale(_name(n), member=MEMBER, earned=1) for n in orders]
        order += count
        if not write_behind or len(waiting) >= _BEHIND:
            write(store, waiting)
            waiting.clear()
        told(order - 1)


def compare(store: Store, acknowledged: int, report: Report) -> None:
    """Count what is lost or doubled in the books of a till that had told so many orders."""
    sales = Counter(sales_of(store))
    report.lost += sum(1 for n in range(1, acknowledged + 1) if _name(n) not in sales)
    report.doubled += sum(count - 1 for count in sales.values())
    report.doubled += abs(points_of(store) - sales.total())
    report.unacknowledged += sum(1 for name in sales if int(name.split("-")[1]) > acknowledged)


def _name(order: int) -> str:
    return f"order-{order}"
