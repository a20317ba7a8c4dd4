"""Ledger lines folded a second: points, growth value and stored value of many members."""

import time
from datetime import date

from domain.entries import GENESIS, Entry
from domain.facts import SaleClosed
from domain.fold import fold, touched
from domain.fold.aggregates import Aggregate, AggregateKey, AggregateKind
from domain.identifiers import (
    AccountId,
    BrandId,
    ItemId,
    MemberId,
    SaleId,
    StaffId,
    StoreId,
    TerminalId,
)
from domain.loyalty.expiry import Expiry
from domain.months import month_of
from domain.orders import LineLoyalty, Sale, SaleLine, Tender, TenderKind
from domain.stamps import Stamp
from tests.benchmarks.measure import Measured, judged

MEMBERS = 1_000
SALES = 20_000
# Points spent and earned, growth value, and what was paid from stored value.
LINES_A_SALE = 4
BUDGET_LINES_A_SECOND = 100_000
LEDGERS = frozenset({AggregateKind.MEMBER, AggregateKind.STORED_VALUE})


def measure() -> list[Measured]:
    facts = [(_entry(number), _sale(number)) for number in range(SALES)]
    rate = max(_lines_a_second(facts) for _ in range(3))
    name = "ledger lines folded a second, one core"
    return [judged(name, rate, "lines/s", budget=BUDGET_LINES_A_SECOND, at_least=True)]


def _lines_a_second(facts: list[tuple[Entry, SaleClosed]]) -> float:
    state: dict[AggregateKey, Aggregate] = {}
    began = time.thread_time()
    for entry, fact in facts:
        for key in touched(fact):
            if key.kind in LEDGERS:
                state[key] = fold(key, state.get(key), entry, fact)
    spent_s = time.thread_time() - began
    assert len(state) == 2 * MEMBERS
    return SALES * LINES_A_SALE / spent_s


def _entry(number: int) -> Entry:
    return Entry(
        brand=BrandId("brand"),
        store=StoreId("store"),
        terminal=TerminalId("till"),
        epoch=1,
        number=number + 1,
        stamp=Stamp(number),
        actor=StaffId("staff"),
        approver=None,
        kind="sale_closed",
        schema=1,
        body=b"",
        prev_hash=GENESIS,
    )


def _sale(number: int) -> SaleClosed:
    """A sale of some day of two years, paid from stored value, with points both ways."""
    day = date.fromordinal(date(2025, 1, 1).toordinal() + number * 730 // SALES)
    member = f"m{number % MEMBERS}"
    line = SaleLine(
        number=1,
        item_id=ItemId("D1"),
        name="米饭",
        quantity=1,
        unit_price_fen=8_000,
        list_fen=8_000,
        net_fen=8_000,
    )
    tender = Tender(
        kind=TenderKind.STORED_VALUE,
        amount_fen=8_000,
        received_fen=8_000,
        bonus_fen=1_000,
        account_id=AccountId(member),
    )
    return SaleClosed(
        sale=Sale(
            sale_id=SaleId(str(number)),
            receipt_number=str(number),
            business_day=day.isoformat(),
            lines=(line,),
            shares=(),
            used_rules=(),
            list_fen=8_000,
            total_fen=8_000,
            tenders=(tender,),
            member_id=MemberId(member),
            points_earned=80,
            growth_earned=80,
            points_redeemed=10,
            points_expiry=Expiry(month_of(day) + 12),
            loyalty=(LineLoyalty(line=1, points_earned=80, growth_earned=80, points_redeemed=10),),
        )
    )
