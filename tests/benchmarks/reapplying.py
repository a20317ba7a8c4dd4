"""A till with 10,000 entries that wait, and a pull that brings every member they touch."""

import tempfile
import time
from pathlib import Path

import msgspec

from domain.facts import SaleClosed
from domain.fold.aggregates import AggregateKind
from domain.identifiers import SaleId
from domain.protocol import FeedPage, FeedRow
from pos_client.storage.store import Store
from pos_client.sync.laying import lay_page
from tests.benchmarks.measure import Measured, judged
from tests.benchmarks.sales import member_id, usual_sale
from tests.benchmarks.tills import CASHIER, member_rows, open_till

ENTRIES = 10_000
MEMBERS = 2_000
BATCH = 100
BUDGET_S = 1


def measure(*, entries: int = ENTRIES, members: int = MEMBERS) -> list[Measured]:
    rows = [row for row in member_rows(members) if row.kind == AggregateKind.MEMBER]
    with tempfile.TemporaryDirectory() as name, open_till(Path(name)) as store:
        _take(store, _page(rows, version=1))
        _sell(store, entries, members)
        page = _page(rows, version=2)
        cpu_s, began = time.process_time(), time.perf_counter()
        _take(store, page)
        taken_s, taken_cpu_s = time.perf_counter() - began, time.process_time() - cpu_s
    what = f"{entries:,} waiting entries applied again after a pull"
    return [
        judged(what, taken_s, "s", budget=BUDGET_S),
        judged(f"{what}: CPU", taken_cpu_s, "s"),
    ]


def _sell(store: Store, entries: int, members: int) -> None:
    sale = usual_sale()
    for start in range(0, entries, BATCH):
        facts = [
            SaleClosed(
                sale=msgspec.structs.replace(
                    sale, sale_id=SaleId(f"s{number}"), member_id=member_id(number % members)
                )
            )
            for number in range(start, min(entries, start + BATCH))
        ]
        with store.write() as writing:
            store.record(writing, facts, CASHIER)


def _page(rows: list[FeedRow], *, version: int) -> FeedPage:
    """The members once more, as if somebody elsewhere had changed each of them."""
    first = version * len(rows)
    return FeedPage(
        history="h",
        rows=tuple(
            FeedRow(row.kind, row.id, number, row.body) for number, row in enumerate(rows, first)
        ),
        next_cursor=first + len(rows),
        head=first + len(rows),
        more=False,
        acknowledged_epoch=1,
        acknowledged=0,
        server_time_ms=1_790_000_000_000,
    )


def _take(store: Store, page: FeedPage) -> None:
    laid, state = lay_page(store, page=page, start=0, is_wanted=lambda: False)
    assert (laid, state is None) == (len(page.rows), False)
