"""What head office decides about refunds."""

from enum import StrEnum

import msgspec


class BeyondPointsLimit(StrEnum):
    """What happens to earned points that would take the balance below its limit.

    REVIEW: they stay, for a person to decide on. WITHHOLD_MONEY: they stay, and their value is
    kept back from the money, as far as that goes; the rest is for a person.
    """

    REVIEW = "review"
    WITHHOLD_MONEY = "withhold_money"


class RefundTerms(msgspec.Struct, frozen=True, kw_only=True):
    """`fees_refunded` and `tip_refunded`: they come back with the last unit of the order.

    `charge_kept_gifts`: a gift that is kept alone is charged. `to_cash`: what was paid by card or
    app may be paid out in cash. The limit of negative points is `LoyaltyTerms.negative`, what
    becomes of a coupon stands on its terms, and a void gives everything back in any case.
    """

    fees_refunded: bool = True
    tip_refunded: bool = False
    charge_kept_gifts: bool = True
    to_cash: bool = False
    beyond_points_limit: BeyondPointsLimit = BeyondPointsLimit.REVIEW
