"""Lines of the points ledger and how they are posted to an account."""

from collections.abc import Iterable
from enum import StrEnum
from functools import reduce
from typing import Final

import msgspec

from domain.loyalty.expiry import NEVER, Expiry
from domain.loyalty.points_account import PointsAccount, credit, debit, freeze
from domain.months import Month
from domain.reasons import LedgerReason


class Side(StrEnum):
    CREDIT = "credit"
    DEBIT = "debit"
    FROZEN = "frozen"


_TAKEN_BACK: Final = {
    Side.CREDIT: LedgerReason.REVERSED,
    Side.DEBIT: LedgerReason.RETURNED,
    Side.FROZEN: LedgerReason.UNFROZEN,
}


class PointsLine(msgspec.Struct, frozen=True, kw_only=True):
    """One movement: `points` are added to a side of the account, to its row of `month`.

    Points below zero take back: a credit what was earned, a debit what was spent. `expiry` belongs
    to credits alone.
    """

    side: Side
    reason: LedgerReason
    month: Month
    points: int
    expiry: Expiry = NEVER

    @property
    def change(self) -> int:
        """By how much the balance moves; freezing does not move it."""
        match self.side:
            case Side.CREDIT:
                return self.points
            case Side.DEBIT:
                return -self.points
            case Side.FROZEN:
                return 0


def earned_line(points: int, *, month: Month, expiry: Expiry) -> PointsLine:
    return PointsLine(
        side=Side.CREDIT, reason=LedgerReason.EARNED, month=month, points=points, expiry=expiry
    )


def redeemed_line(points: int, *, month: Month) -> PointsLine:
    return PointsLine(side=Side.DEBIT, reason=LedgerReason.REDEEMED, month=month, points=points)


def reversed_line(line: PointsLine, points: int) -> PointsLine:
    """So many points of a line taken back, on its own row: it may arrive before the line."""
    return msgspec.structs.replace(line, reason=_TAKEN_BACK[line.side], points=-points)


def post(account: PointsAccount, line: PointsLine) -> PointsAccount:
    match line.side:
        case Side.CREDIT:
            return credit(account, line.points, month=line.month, expiry=line.expiry)
        case Side.DEBIT:
            return debit(account, line.points, month=line.month)
        case Side.FROZEN:
            return freeze(account, line.points)


def post_all(account: PointsAccount, lines: Iterable[PointsLine]) -> PointsAccount:
    return reduce(post, lines, account)
