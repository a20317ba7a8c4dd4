"""What pricing answers: amounts, each rule's shares, and for every rule not used one reason."""

import msgspec

from domain.identifiers import CouponId, RuleId
from domain.orders import SaleLine, Share, Stage, UsedRule
from domain.reasons import Reason


class UnusedRule(msgspec.Struct, frozen=True, kw_only=True):
    """`missing_fen` is what the order lacks for a threshold, where that is the reason."""

    rule_id: RuleId
    stage: Stage
    name: str
    reason: Reason
    missing_fen: int = 0


class PricedOrder(msgspec.Struct, frozen=True, kw_only=True):
    """`total_fen` = `list_fen` less all shares = sum of the lines' `net_fen`.

    `points_earned_shares` are (line number, points); they add up to `points_earned`.
    """

    lines: tuple[SaleLine, ...]
    shares: tuple[Share, ...]
    used_rules: tuple[UsedRule, ...]
    unused_rules: tuple[UnusedRule, ...]
    list_fen: int
    total_fen: int
    points_redeemed: int = 0
    points_earned: int = 0
    points_earned_shares: tuple[tuple[int, int], ...] = ()
    coupon_ids: tuple[CouponId, ...] = ()

    @property
    def saving_fen(self) -> int:
        return self.list_fen - self.total_fen
