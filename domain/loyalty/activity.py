"""What a member did, month by month: what tiers are reached by. Pure sums, as in the account."""

import msgspec

from domain.loyalty.sums import add_row, join_rows
from domain.months import Month


class Activity(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """Rows of (month, spend in fen, visits, growth value), sorted, none all zero.

    A refund adds negative amounts to the month of its sale, so it may arrive before the sale.
    """

    months: tuple[tuple[Month, int, int, int], ...] = ()


NO_ACTIVITY = Activity()


def record(
    activity: Activity, month: Month, *, spend_fen: int = 0, visits: int = 0, growth: int = 0
) -> Activity:
    row = (month, spend_fen, visits, growth)
    return Activity(months=add_row(activity.months, row, keys=1))


def join_activity(one: Activity, other: Activity) -> Activity:
    """The activity of a member who was enrolled twice."""
    return Activity(months=join_rows(one.months, other.months, keys=1))
