"""A member's statement: the lines of the ledger, and the expiry that follows from them."""

from collections.abc import Iterable
from datetime import date

import msgspec

from domain.loyalty.lines import PointsLine, Side
from domain.loyalty.points_standing import PointsStanding
from domain.months import last_day
from domain.reasons import LedgerReason


class StatementLine(msgspec.Struct, frozen=True, kw_only=True):
    """`points` moved the balance, to `balance`; `frozen` moved what is frozen instead."""

    day: date
    reason: LedgerReason
    points: int
    frozen: int
    balance: int


def statement(
    standing: PointsStanding,
    lines: Iterable[tuple[date, PointsLine]],
    *,
    from_day: date = date.min,
) -> tuple[StatementLine, ...]:
    """Lines with their days, and what expired, in the order of days from `from_day` on.

    Balances are counted back from the standing, so the last one is the balance of today even where
    earlier lines are not at hand. Points expire after everything else of their day.
    """
    moved = [
        (day, False, line.reason, line.change, line.points if line.side is Side.FROZEN else 0)
        for day, line in lines
    ]
    moved += [
        (last_day(month), True, LedgerReason.EXPIRED, -points, 0)
        for month, points in standing.expired
    ]
    shown = sorted((row for row in moved if row[0] >= from_day), key=lambda row: row[:2])
    balance = standing.balance - sum(row[3] for row in shown)
    written = []
    for day, _, reason, points, frozen in shown:
        balance += points
        written.append(
            StatementLine(day=day, reason=reason, points=points, frozen=frozen, balance=balance)
        )
    return tuple(written)
