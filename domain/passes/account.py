"""A pass as its lines and facts make it: sums, maxima and minima, so that any order will do."""

from datetime import date, timedelta
from typing import Annotated, Final

import msgspec

from domain.cases.decided import Decisions
from domain.identifiers import MemberId, PassId, StoreId, TerminalId
from domain.orders import LARGEST_QUANTITY
from domain.origins import Origin
from domain.passes.terms import PassTerms, ValidFrom

# The latest days with a use that are kept for the limit a day. Today's is all that it asks for;
# the others are there for tills whose clock or day is off.
DAYS_KEPT: Final = 8
USES_KEPT: Final = 8

Units = Annotated[int, msgspec.Meta(ge=-LARGEST_QUANTITY, le=LARGEST_QUANTITY)]


class PassLine(msgspec.Struct, frozen=True, kw_only=True):
    """Uses taken by a sale, or with a minus given back by its refund.

    `day` is the business day of the use itself: a use that is given back frees its own day. `at`
    is the entry that it came with.
    """

    pass_id: PassId
    store: StoreId
    day: date
    units: Units
    at: Origin | None = None


class PassSale(msgspec.Struct, frozen=True, array_like=True):
    """The earliest sale of a pass holds, by stamp and terminal."""

    stamp: int
    terminal: TerminalId
    store: StoreId
    day: date
    terms: PassTerms
    member_id: MemberId | None = None

    @property
    def order(self) -> tuple[int, TerminalId]:
        return self.stamp, self.terminal


class PassAccount(msgspec.Struct, frozen=True, kw_only=True):
    """`used` is the sum of all lines; `refunds` tells how often the rest was paid out.

    `refunded_uses` are the uses that went with it. `first_day` is the earliest day with a line.
    `used_by_day` holds the latest DAYS_KEPT days, in their order; `uses` the latest USES_KEPT sales
    that it paid for, oldest first.
    """

    pass_id: PassId
    sale: PassSale | None = None
    paid_fen: int = 0
    bought: int = 0
    used: int = 0
    refunds: int = 0
    refunded_uses: int = 0
    paid_out_fen: int = 0
    first_day: date | None = None
    used_by_day: tuple[tuple[date, int], ...] = ()
    uses: tuple[Origin, ...] = ()
    decided: Decisions = ()

    @property
    def uses_left(self) -> int:
        """Of a punch card; below zero where tills that did not know of each other took more."""
        return self.bought - self.used - self.refunded_uses

    def used_on(self, day: date) -> int:
        return dict(self.used_by_day).get(day, 0)

    @property
    def overused(self) -> int:
        """Uses beyond those bought: for a person to see. A period pass has none."""
        limited = self.sale is not None and bool(self.sale.terms.uses)
        return max(0, -self.uses_left) if limited else 0


def days_of(account: PassAccount) -> tuple[date, date] | None:
    """The first and the last day of a pass; None: it has no end, or its days have not begun.

    A pass whose days count from its first use begins on the earliest day with a use, and keeps
    that day as long as any use stands. `until_day` ends it in any case.
    """
    sale = account.sale
    if sale is None:
        return None
    first = sale.day if sale.terms.valid_from is ValidFrom.SALE else _first_use(account)
    last = sale.terms.until_day
    if first is None or (last is None and not sale.terms.valid_days):
        return None
    if sale.terms.valid_days:
        more = min(sale.terms.valid_days - 1, (date.max - first).days)
        counted = first + timedelta(days=more)
        last = counted if last is None else min(counted, last)
    return None if last is None else (first, last)


def _first_use(account: PassAccount) -> date | None:
    return account.first_day if account.used > 0 else None


def valid_until(account: PassAccount) -> date | None:
    """The last day of a pass; None: it has no end as yet."""
    span = days_of(account)
    if span is not None:
        return span[1]
    return account.sale.terms.until_day if account.sale else None
