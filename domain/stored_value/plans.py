"""What a guest can pay in: top-up plans, free amounts, gift cards. Head office writes them."""

from typing import Annotated

import msgspec

from domain.conditions import NO_CONDITIONS, Conditions
from domain.identifiers import PlanId
from domain.money import LARGEST_AMOUNT_FEN
from domain.orders import Amount, Name, Points

PaidAmount = Annotated[int, msgspec.Meta(ge=1, le=LARGEST_AMOUNT_FEN)]
Months = Annotated[int, msgspec.Meta(ge=0, le=600)]


class PlanCoupon(msgspec.Struct, frozen=True, kw_only=True):
    """So many coupons of one template."""

    template_id: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    count: Annotated[int, msgspec.Meta(ge=1, le=100)] = 1


class TopUpPlan(msgspec.Struct, frozen=True, kw_only=True):
    """Pay `principal_fen`, and have `bonus_fen`, points and coupons besides: 充 1000 送 200.

    `times_per_account` 0: as often as the guest likes. A plan is for member accounts alone, unless
    `unnamed` says that a card without a name may have it too.
    """

    plan_id: Annotated[PlanId, msgspec.Meta(min_length=1, max_length=64)]
    name: Name
    principal_fen: PaidAmount
    bonus_fen: Amount = 0
    points: Points = 0
    coupons: Annotated[tuple[PlanCoupon, ...], msgspec.Meta(max_length=20)] = ()
    conditions: Conditions = NO_CONDITIONS
    times_per_account: Annotated[int, msgspec.Meta(ge=0, le=10_000)] = 0
    unnamed: bool = False


class FreeTopUp(msgspec.Struct, frozen=True, kw_only=True):
    """Any amount from `least_fen` to `most_fen` in whole steps, without a bonus."""

    least_fen: PaidAmount = 10_000
    most_fen: PaidAmount = 500_000
    step_fen: PaidAmount = 100


class GiftCardFace(msgspec.Struct, frozen=True, kw_only=True):
    """A face value and what it costs: the same, or less."""

    face_fen: PaidAmount
    price_fen: PaidAmount


class GiftCardTerms(msgspec.Struct, frozen=True, kw_only=True):
    """`code_prefix` is on every gift card's code, and on no product barcode.

    `valid_months` after the sale, 0: for ever.
    """

    code_prefix: Annotated[str, msgspec.Meta(min_length=2, max_length=6)] = "GC"
    faces: Annotated[tuple[GiftCardFace, ...], msgspec.Meta(max_length=50)] = ()
    valid_months: Months = 0
    conditions: Conditions = NO_CONDITIONS
