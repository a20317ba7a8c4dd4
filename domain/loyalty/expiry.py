"""When points expire: always at the end of a month. Terms in, the expiry key of a credit out.

The key says in one integer how long a credit lives: 0 for ever; above 0 the last month in which
it can be used; below 0 the number of months without activity that it survives.
"""

from typing import Annotated, Final, NewType

import msgspec

from domain.months import MONTHS_A_YEAR, Month, months_later

Expiry = NewType("Expiry", int)

NEVER: Final = Expiry(0)
LONGEST_MONTHS: Final = 240

Months = Annotated[int, msgspec.Meta(ge=1, le=LONGEST_MONTHS)]


class Never(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    tag_field="kind",
    tag="never",
):
    pass


class FixedMonth(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    tag_field="kind",
    tag="fixed_month",
):
    """All points of a year go together, at the end of `month` (12: on 31 December).

    It is the first such month from earning on, and `years` later.
    """

    month: Annotated[int, msgspec.Meta(ge=1, le=MONTHS_A_YEAR)] = MONTHS_A_YEAR
    years: Annotated[int, msgspec.Meta(ge=0, le=20)] = 1


class RollingMonths(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    tag_field="kind",
    tag="rolling_months",
):
    """Points live `months` from the month in which they were earned, to the end of that month."""

    months: Months


class InactiveMonths(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    tag_field="kind",
    tag="inactive_months",
):
    """Points live until the end of the `months`-th month in which nothing was earned or spent."""

    months: Months


PointsExpiry = Never | FixedMonth | RollingMonths | InactiveMonths


def expiry_of(terms: PointsExpiry, earned: Month) -> Expiry:
    """The expiry key of what is earned in a month."""
    match terms:
        case FixedMonth(month=month, years=years):
            wait = (month - 1 - earned) % MONTHS_A_YEAR
            return Expiry(months_later(earned, wait + years * MONTHS_A_YEAR))
        case RollingMonths(months=months):
            return Expiry(months_later(earned, months))
        case InactiveMonths(months=months):
            return Expiry(-months)
        case Never():
            return NEVER
