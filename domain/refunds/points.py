"""Earned points that a refund takes back, spent ones that it gives back, and where the limit is."""

import msgspec

from domain.loyalty.expiry import Expiry
from domain.loyalty.lines import PointsLine, earned_line, redeemed_line, reversed_line
from domain.loyalty.negative_points import NegativePoints, withheld_points
from domain.months import month_of_text
from domain.refunds.refund import Refund


class PointsAtHand(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of the member's points. `balance` None: nothing, so no limit is looked at.

    One point is worth `value_fen` where money is kept back for it.
    """

    balance: int | None = None
    negative: NegativePoints = NegativePoints()
    value_fen: int = 1


def points_beyond(at_hand: PointsAtHand, taken: int, given: int) -> int:
    """How many of the points that go back to the shop would pass the limit of negative points.

    What is given back goes into the balance first.
    """
    if at_hand.balance is None:
        return 0
    return withheld_points(at_hand.balance + given, taken, at_hand.negative)


def points_lines_of(refund: Refund) -> tuple[PointsLine, ...]:
    """What a refund moves on the points account, on the rows of its sale."""
    month = month_of_text(refund.sale_day)
    moved = (
        (earned_line(0, month=month, expiry=Expiry(refund.points_expiry)), refund.points_taken),
        (redeemed_line(0, month=month), refund.points_given),
    )
    return tuple(reversed_line(line, points) for line, points in moved if points)
