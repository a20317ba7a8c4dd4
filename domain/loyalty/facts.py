"""Facts about points, tiers and rewards beside sales and refunds, and the lines they make."""

from datetime import date
from typing import Annotated

import msgspec

from domain.identifiers import CouponId, MemberId, RewardId, TierId
from domain.loyalty.earning_terms import Ledger
from domain.loyalty.expiry import NEVER, Expiry
from domain.loyalty.lines import PointsLine, Side
from domain.loyalty.rewards import CouponReward, DishReward, GoodsReward
from domain.months import month_of
from domain.orders import Amount, Name, Points, Quantity, Rights
from domain.reasons import LedgerReason

SignedPoints = Annotated[int, msgspec.Meta(ge=-100_000_000, le=100_000_000)]
ReasonText = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
ExpiryKey = Annotated[Expiry, msgspec.Meta(ge=-1_000, le=1_000_000)]
Key = Annotated[str, msgspec.Meta(min_length=1, max_length=80)]


class PointsAdjusted(msgspec.Struct, frozen=True, kw_only=True):
    """A person added points or growth value, or took some (below zero). `expiry` as for earning."""

    member_id: MemberId
    points: SignedPoints
    day: date
    reason: ReasonText
    ledger: Ledger = Ledger.POINTS
    expiry: ExpiryKey = NEVER


class PointsFrozen(msgspec.Struct, frozen=True, kw_only=True):
    """A person froze points; below zero they are free again. The balance stays as it is."""

    member_id: MemberId
    points: SignedPoints
    day: date
    reason: ReasonText


class RewardExchanged(msgspec.Struct, frozen=True, kw_only=True):
    """Points paid for a reward that is handed over without an order, or as coupons."""

    exchange_id: Key
    member_id: MemberId
    reward_id: RewardId
    name: Name
    gives: DishReward | CouponReward | GoodsReward
    points: Points
    day: date
    quantity: Quantity = 1
    cash_fen: Amount = 0
    coupon_ids: Annotated[tuple[CouponId, ...], msgspec.Meta(max_length=1_000)] = ()
    rights: Rights = ()


class TierGranted(msgspec.Struct, frozen=True, kw_only=True):
    """A tier by hand up to and including `until`; no tier: the one earned counts again."""

    member_id: MemberId
    tier_id: TierId | None
    until: date | None
    reason: ReasonText


class BenefitHandedOut(msgspec.Struct, frozen=True, kw_only=True):
    """`key` is the claim key of `domain.loyalty.benefits`; with it a benefit counts once."""

    member_id: MemberId
    key: Key
    name: Name
    coupon_ids: Annotated[tuple[CouponId, ...], msgspec.Meta(max_length=100)] = ()


LoyaltyFact = PointsAdjusted | PointsFrozen | RewardExchanged | TierGranted | BenefitHandedOut


def lines_of(fact: LoyaltyFact) -> tuple[PointsLine, ...]:
    """The ledger lines of a fact; none where it moves no points."""
    match fact:
        case PointsAdjusted(ledger=Ledger.POINTS):
            return (_adjusted(fact),)
        case PointsFrozen():
            reason = LedgerReason.FROZEN if fact.points > 0 else LedgerReason.UNFROZEN
            month = month_of(fact.day)
            return (PointsLine(side=Side.FROZEN, reason=reason, month=month, points=fact.points),)
        case RewardExchanged():
            return (
                PointsLine(
                    side=Side.DEBIT,
                    reason=LedgerReason.EXCHANGED,
                    month=month_of(fact.day),
                    points=fact.points,
                ),
            )
        case PointsAdjusted() | TierGranted() | BenefitHandedOut():
            return ()


def _adjusted(fact: PointsAdjusted) -> PointsLine:
    """What is added can be spent as what is earned; what is taken goes as what is spent does."""
    given = fact.points > 0
    return PointsLine(
        side=Side.CREDIT if given else Side.DEBIT,
        reason=LedgerReason.ADJUSTED,
        month=month_of(fact.day),
        points=abs(fact.points),
        expiry=fact.expiry if given else NEVER,
    )
