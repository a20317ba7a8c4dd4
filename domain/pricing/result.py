"""What pricing answers: amounts, each rule's shares, and for every rule not used one reason."""

import msgspec

from domain.identifiers import CouponId, RewardId, RuleId
from domain.loyalty.earned import NOTHING_EARNED, Earned
from domain.orders import FeeLine, LineLoyalty, SaleLine, Share, Stage, TaxLine, UsedRule
from domain.reasons import Reason


class UnusedRule(msgspec.Struct, frozen=True, kw_only=True):
    """`missing_fen` and `missing_units` are what the order lacks, where that is the reason."""

    rule_id: RuleId
    stage: Stage
    name: str
    reason: Reason
    missing_fen: int = 0
    missing_units: int = 0


class PricedOrder(msgspec.Struct, frozen=True, kw_only=True):
    """`total_fen` = `list_fen` less all shares plus the fees = the lines' `net_fen` and the fees.

    The guest pays `due_fen`: the total and the tip. `points_possible` is the most that points could
    pay. `loyalty` says by line what is earned and what was spent, under the assumption that nothing
    is paid with bonus money.
    """

    lines: tuple[SaleLine, ...]
    shares: tuple[Share, ...]
    used_rules: tuple[UsedRule, ...]
    unused_rules: tuple[UnusedRule, ...]
    list_fen: int
    total_fen: int
    points_redeemed: int = 0
    points_possible: int = 0
    points_earned: int = 0
    coupon_ids: tuple[CouponId, ...] = ()
    fees: tuple[FeeLine, ...] = ()
    taxes: tuple[TaxLine, ...] = ()
    tip_fen: int = 0
    growth_earned: int = 0
    earned: Earned = NOTHING_EARNED
    loyalty: tuple[LineLoyalty, ...] = ()
    reward_ids: tuple[RewardId, ...] = ()

    @property
    def fees_fen(self) -> int:
        return sum(fee.amount_fen for fee in self.fees)

    @property
    def saving_fen(self) -> int:
        return self.list_fen + self.fees_fen - self.total_fen

    @property
    def due_fen(self) -> int:
        return self.total_fen + self.tip_fen
