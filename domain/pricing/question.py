"""Everything that pricing depends on beside the basket."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

import msgspec

from domain.conditions import Guest, Moment, Setting
from domain.identifiers import CouponId, RuleId, StoreId
from domain.loyalty.earning import NOTHING_TODAY
from domain.offers import RuleUses
from domain.pricing.basket import Basket
from domain.rulebook import RuleBook

NO_USES: Final[Mapping[RuleId, RuleUses]] = MappingProxyType({})
LONG_AGO: Final = Moment(now_ms=0, day=date(1970, 1, 1), minute=0)


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """The rules, the place, the time and the guest.

    `redeemed` are coupons on the order that were already used, and `uses` how often rules with
    limits were, both as far as is known here; `earned_today` is what earning rules gave the guest.
    """

    book: RuleBook = RuleBook()
    moment: Moment = LONG_AGO
    store: StoreId = StoreId("")
    guest: Guest | None = None
    redeemed: frozenset[CouponId] = frozenset()
    uses: Mapping[RuleId, RuleUses] = NO_USES
    earned_today: Mapping[RuleId, int] = NOTHING_TODAY

    def setting(self, basket: Basket) -> Setting:
        return Setting(
            moment=self.moment,
            store=self.store,
            channel=basket.channel,
            order_type=basket.order_type,
            guest_count=basket.guest_count,
            guest=self.guest,
        )
