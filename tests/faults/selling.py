"""A till's storage process that sells without a pause, and the books it leaves behind."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final, NoReturn

from domain.entries import GENESIS, decode_entry, hash_entry
from domain.errors import ErrorCode, TillfoldError
from domain.facts import Fact, SaleClosed, decode_fact
from domain.fold.aggregates import Member
from domain.signatures import Verifier
from pos_client.storage.opening import Opened, Place
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


def new_till(folder: Path, *, second_journal: Path | None = None) -> TillFiles:
    """A till whose only member gets a point for each sale; its second journal may be elsewhere."""
    files = TillFiles(folder)
    if second_journal is not None:
        files.place = Place(data=files.place.data, second_journal=second_journal)
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


def be_a_till(
    tell: Callable[[int], None],
    *,
    files: TillFiles,
    first: int,
    write_behind: bool = False,
    prepare: Callable[[Store], None] = lambda _store: None,
) -> NoReturn:
    """Open a till and sell with it for the rest of this process's life."""
    store = files.opener.open().store
    prepare(store)
    sell(store, first, tell, write_behind=write_behind)
    raise AssertionError


def look(files: TillFiles, acknowledged: int, report: Report) -> int:
    """Open the till as the program does, as far as a person agreeing to a rebuild, and compare.

    Answers the last acknowledged order that is there.
    """
    try:
        with _opened(files, report) as opened:
            if opened.recovered:
                report.saw("taken from the second journal")
            if opened.notice is ErrorCode.JOURNAL_DAMAGED:
                report.saw("second journal written anew")
            return _compare(opened.store, acknowledged, report)
    except TillfoldError:
        report.damaged += 1
        raise


@contextmanager
def _opened(files: TillFiles, report: Report) -> Iterator[Opened]:
    opened, was_rebuilt = open_or_rebuild(files)
    if was_rebuilt:
        report.saw("rebuilt from the second journal")
    with closing(opened.store):
        yield opened


def open_or_rebuild(files: TillFiles) -> tuple[Opened, bool]:
    """As a person does who agrees to a rebuild wherever the till asks for one."""
    try:
        return files.opener.open(), False
    except TillfoldError as error:
        if error.code not in {ErrorCode.DATABASE_DAMAGED, ErrorCode.DATABASE_MISSING}:
            raise
        return files.opener.rebuild(), True


def _compare(store: Store, acknowledged: int, report: Report) -> int:
    sales = Counter(sales_of(store))
    orders = [int(name.split("-")[1]) for name in sales]
    report.lost += sum(1 for n in range(1, acknowledged + 1) if _name(n) not in sales)
    report.doubled += sum(count - 1 for count in sales.values())
    report.doubled += abs(points_of(store) - sales.total())
    report.unacknowledged += sum(1 for order in orders if order > acknowledged)
    return min(acknowledged, max(orders, default=0))


def _name(order: int) -> str:
    return f"order-{order}"
