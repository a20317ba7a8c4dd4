"""The points account of a member: pure sums, so that any order of arrival gives the same state.

Nothing here expires: what has expired by a month follows from the sums (`points_standing`).
"""

import msgspec

from domain.loyalty.expiry import NEVER, Expiry
from domain.loyalty.sums import add_row, join_rows
from domain.months import Month


class PointsAccount(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """`credits` are (month of earning, expiry key, points), `debits` (month, points).

    Rows are sorted and none is zero. What is taken back is a negative amount on the row of what it
    takes back, so a sum below zero stands only while the other half has not arrived.
    """

    credits: tuple[tuple[Month, Expiry, int], ...] = ()
    debits: tuple[tuple[Month, int], ...] = ()
    frozen_points: int = 0


NO_POINTS = PointsAccount()


def credit(
    account: PointsAccount, points: int, *, month: Month, expiry: Expiry = NEVER
) -> PointsAccount:
    """Points earned or given in a month. Below zero: taken back from that month's earning."""
    return PointsAccount(
        credits=add_row(account.credits, (month, expiry, points), keys=2),
        debits=account.debits,
        frozen_points=account.frozen_points,
    )


def debit(account: PointsAccount, points: int, *, month: Month) -> PointsAccount:
    """Points spent in a month. Below zero: given back to what was spent in that month."""
    return PointsAccount(
        credits=account.credits,
        debits=add_row(account.debits, (month, points), keys=1),
        frozen_points=account.frozen_points,
    )


def freeze(account: PointsAccount, points: int) -> PointsAccount:
    """Points that may not be spent for now; below zero they are free again."""
    return PointsAccount(
        credits=account.credits,
        debits=account.debits,
        frozen_points=account.frozen_points + points,
    )


def join(one: PointsAccount, other: PointsAccount) -> PointsAccount:
    """The account of a member who was enrolled twice."""
    return PointsAccount(
        credits=join_rows(one.credits, other.credits, keys=2),
        debits=join_rows(one.debits, other.debits, keys=1),
        frozen_points=one.frozen_points + other.frozen_points,
    )


def net_points(account: PointsAccount) -> int:
    """All credits less all debits: the balance if nothing ever expired."""
    return sum(row[2] for row in account.credits) - sum(row[1] for row in account.debits)
