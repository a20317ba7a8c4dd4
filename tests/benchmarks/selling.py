"""From tender pressed to sale durable, against the same rows by plain sqlite3."""

import sqlite3
import tempfile
from pathlib import Path
from statistics import median
from typing import ClassVar

from domain.fold import ONLY_ONE
from domain.fold.aggregates import AggregateKind, Menu
from domain.identifiers import SaleId
from domain.orders import Tender, TenderKind
from domain.pricing.basket import Basket, add_item
from domain.pricing.price import price
from domain.pricing.question import Question
from domain.wording import Language
from pos_client.storage.aggregates import load_one
from pos_client.storage.store import Store
from pos_client.texts.catalogue import wording_in
from pos_client.time_and_chance import SystemEntropy, make_identifier
from pos_client.use_cases.answers import OrderToClose
from pos_client.use_cases.members import rules_now
from pos_client.use_cases.routing import Routing
from pos_client.use_cases.sale_printing import Printing
from pos_client.use_cases.sales import Closing, close_sale
from tests.benchmarks.measure import Measured, judged, time_ms
from tests.benchmarks.tills import CASHIER, open_till

SALES = 300
BUDGET_RATIO = 1.5
PRINTING = Printing(routing=Routing(receipts="receipt"), wording=wording_in(Language.CHINESE))


def measure() -> list[Measured]:
    with tempfile.TemporaryDirectory() as folder, open_till(Path(folder) / "till") as store:
        order = order_at(store)
        floor = _Floor(Path(folder) / "floor.db", store)
        ours, plain = [], []
        for _ in range(SALES):
            # Interleaved, so that both meet the same disk.
            ours.append(time_ms(lambda: sell(store, order)))
            plain.append(time_ms(floor.write))
        floor.close()
    return [
        judged(
            "tender pressed -> sale durable, p50",
            median(ours),
            "ms",
            floor=median(plain),
            budget=BUDGET_RATIO,
        )
    ]


def order_at(store: Store) -> OrderToClose:
    with store.read() as connection:
        menu = load_one(connection, AggregateKind.MENU, ONLY_ONE)
        rules = rules_now(connection)
    assert isinstance(menu, Menu)
    basket = Basket()
    for item in menu.items[:5]:
        basket = add_item(basket, item, 2)
    total = price(basket, Question(book=rules.book)).total_fen
    tender = Tender(kind=TenderKind.CASH, amount_fen=total, received_fen=total)
    return OrderToClose(basket=basket, tenders=(tender,), expected_total_fen=total)


def sell(store: Store, order: OrderToClose) -> None:
    sale_id = SaleId(make_identifier(store.trusted_time.now_ms(), SystemEntropy()))
    closing = Closing(actor=CASHIER, sale_id=sale_id, offline=False, printing=PRINTING)
    close_sale(store, order, closing)


class _Floor:
    """The rows of one sale, written by plain sqlite3 in one fsynced transaction."""

    TABLES: ClassVar = {
        "journal": "number",
        "overlay": "length(body)",
        "pending": "number",
        "print_job": "job_id",
    }

    def __init__(self, path: Path, store: Store) -> None:
        self._number = 0
        sell(store, order_at(store))
        with store.read() as connection:
            self._rows = {
                table: connection.exec_driver_sql(
                    f"SELECT * FROM {table} ORDER BY {last} DESC LIMIT 1"
                ).one()
                for table, last in self.TABLES.items()
            }
            made = [
                statement
                for table in self.TABLES
                for (statement,) in connection.exec_driver_sql(
                    "SELECT sql FROM sqlite_master WHERE tbl_name = ? AND sql IS NOT NULL",
                    (table,),
                )
            ]
        self._database = sqlite3.connect(path, isolation_level=None)
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = FULL")
        for statement in made:
            self._database.execute(statement)

    def write(self) -> None:
        self._number += 1
        number = self._number
        journal, overlay = list(self._rows["journal"]), list(self._rows["overlay"])
        pending, job = list(self._rows["pending"]), list(self._rows["print_job"])
        journal[1], overlay[1], pending[3] = number, f"o{number}", number
        job[0], job[1] = number, f"o{number}"
        self._database.execute("BEGIN IMMEDIATE")
        for table, row in (
            ("journal", journal),
            ("overlay", overlay),
            ("pending", pending),
            ("print_job", job),
        ):
            places = ",".join("?" * len(row))
            self._database.execute(f"INSERT INTO {table} VALUES ({places})", row)
        self._database.execute("COMMIT")

    def close(self) -> None:
        self._database.close()
