"""Everything that head office decides about points, tiers and rewards, as one piece."""

from typing import Annotated, Final

import msgspec

from domain.loyalty.earning_terms import DEFAULT_EARNING, EarningTerms
from domain.loyalty.expiry import FixedMonth, InactiveMonths, Never, RollingMonths
from domain.loyalty.negative_points import NegativePoints
from domain.loyalty.rewards import Reward
from domain.loyalty.tiers import TierTerms

LARGEST_REWARDS: Final = 500


class LoyaltyTerms(msgspec.Struct, frozen=True, kw_only=True):
    """`pending_may_be_spent`: points count at once, before the server has confirmed their sale."""

    earning: EarningTerms = DEFAULT_EARNING
    expiry: Never | FixedMonth | RollingMonths | InactiveMonths = Never()
    negative: NegativePoints = NegativePoints()
    pending_may_be_spent: bool = False
    tiers: TierTerms = TierTerms()
    rewards: Annotated[tuple[Reward, ...], msgspec.Meta(max_length=LARGEST_REWARDS)] = ()


DEFAULT_LOYALTY: Final = LoyaltyTerms()
