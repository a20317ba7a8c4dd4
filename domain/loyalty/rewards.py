"""The redemption catalogue (积分商城): what points, and perhaps some cash, are exchanged for."""

from typing import Annotated

import msgspec

from domain.conditions import NO_CONDITIONS, Conditions, Guest, Setting, why_not
from domain.identifiers import ItemId, RewardId, RuleId
from domain.loyalty.benefits import BothLanguages
from domain.money import BASIS_POINTS, BasisPoints
from domain.orders import Amount, Name
from domain.reasons import Reason

RewardPoints = Annotated[int, msgspec.Meta(ge=0, le=100_000_000)]
Limit = Annotated[int, msgspec.Meta(ge=1, le=100_000_000)]


class DishReward(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    tag_field="kind",
    tag="dish",
):
    """One unit of a dish on the order; pricing takes its price down to the reward's cash."""

    item_id: ItemId


class CouponReward(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    tag_field="kind",
    tag="coupon",
):
    template_id: Name


class GoodsReward(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    tag_field="kind",
    tag="goods",
):
    """Something from the shelf that is not on the menu."""

    text: BothLanguages


class Reward(msgspec.Struct, frozen=True, kw_only=True):
    """`points` and `cash_fen` for one. Limits count what was exchanged, None: no limit.

    `exchange_discount`: the discount of a tier counts for it.
    """

    reward_id: RewardId
    name: Name
    gives: DishReward | CouponReward | GoodsReward
    points: RewardPoints
    cash_fen: Amount = 0
    conditions: Conditions = NO_CONDITIONS
    exchange_discount: bool = True
    limit_per_member: Limit | None = None
    limit_per_member_a_day: Limit | None = None
    quota: Limit | None = None


def reward_rule_id(reward_id: RewardId) -> RuleId:
    """Under what id a reward stands among the rules of an order, and its uses are counted."""
    return RuleId(f"reward:{reward_id}")


class RewardUse(msgspec.Struct, frozen=True, kw_only=True):
    """How many were exchanged before: by this member, by this member today, by all."""

    by_member: int = 0
    by_member_today: int = 0
    by_all: int = 0


class RewardQuote(msgspec.Struct, frozen=True, kw_only=True):
    """What `quantity` of a reward cost. With a reason they cannot be had, and it says why."""

    points: int
    cash_fen: int
    reason: Reason | None = None
    missing_points: int = 0


NOT_USED = RewardUse()


def quote_reward(
    reward: Reward,
    setting: Setting,
    *,
    off_basis_points: BasisPoints = 0,
    used: RewardUse = NOT_USED,
    quantity: int = 1,
) -> RewardQuote:
    """What the guest of `setting` pays. The tier's discount is rounded down, for each one."""
    discount = off_basis_points if reward.exchange_discount else 0
    points = (reward.points - reward.points * discount // BASIS_POINTS) * quantity
    guest = setting.guest
    available = guest.points_spendable if guest else 0
    reason = _why_not(reward, setting, used, quantity=quantity)
    if reason is None and guest is not None and points > available:
        reason = _short_of(guest, points)
    return RewardQuote(
        points=points,
        cash_fen=reward.cash_fen * quantity,
        reason=reason,
        missing_points=max(0, points - available),
    )


def _why_not(reward: Reward, setting: Setting, used: RewardUse, *, quantity: int) -> Reason | None:
    if setting.guest is None:
        return Reason.MEMBER_NEEDED
    reason = why_not(reward.conditions, setting)
    if reason is not None:
        return reason
    if _over(reward.limit_per_member, used.by_member + quantity):
        return Reason.LIMIT_PER_MEMBER
    if _over(reward.limit_per_member_a_day, used.by_member_today + quantity):
        return Reason.LIMIT_PER_DAY
    return Reason.QUOTA_USED_UP if _over(reward.quota, used.by_all + quantity) else None


def _over(limit: int | None, used: int) -> bool:
    return limit is not None and used > limit


def _short_of(guest: Guest, points: int) -> Reason:
    held_back = guest.offline and guest.points >= points
    return Reason.POINTS_OFFLINE_LIMIT if held_back else Reason.POINTS_NOT_ENOUGH
