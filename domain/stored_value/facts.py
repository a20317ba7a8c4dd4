"""Facts about stored value. Spending and giving back ride inside sales and refunds as tenders."""

from datetime import date
from enum import StrEnum
from typing import Annotated

import msgspec

from domain.identifiers import AccountId, MemberId, PlanId
from domain.orders import Amount, Name, Points, Tender
from domain.stored_value.account import AccountKind, Change
from domain.stored_value.plans import PlanCoupon
from domain.stored_value.refunds import BalanceRefundStep

Tenders = Annotated[tuple[Tender, ...], msgspec.Meta(max_length=20)]


class ToppedUp(msgspec.Struct, frozen=True, kw_only=True):
    """Money came in, and principal and bonus were credited. `plan_id` None: a free amount.

    `points` (with the expiry key `points_expiry`) and `coupons` are what plan and rules bring
    besides. `purchaser_recorded`: the buyer's name, identity document and contact were taken down,
    outside of this fact.
    """

    account_id: AccountId
    kind: AccountKind
    receipt_number: Name
    business_day: date
    principal_fen: Amount
    bonus_fen: Amount = 0
    tenders: Tenders
    member_id: MemberId | None = None
    plan_id: PlanId | None = None
    points: Points = 0
    coupons: Annotated[tuple[PlanCoupon, ...], msgspec.Meta(max_length=20)] = ()
    purchaser_recorded: bool = False
    points_expiry: Annotated[int, msgspec.Meta(ge=-1_000, le=1_000_000)] = 0


class GiftCardSold(msgspec.Struct, frozen=True, kw_only=True):
    """`paid_fen` may be below `face_fen`; the guest holds the face value."""

    account_id: AccountId
    receipt_number: Name
    business_day: date
    face_fen: Amount
    paid_fen: Amount
    tenders: Tenders
    purchaser_recorded: bool = False


class BalanceRefunded(msgspec.Struct, frozen=True, kw_only=True):
    """The remaining balance was paid out as `quote_balance_refund` says, with its steps.

    `principal_fen` and `bonus_fen` leave the account; `used_principal_fen` and `used_bonus_fen` are
    the use that this refund has counted and no later one counts again.
    """

    account_id: AccountId
    receipt_number: Name
    business_day: date
    principal_fen: Change
    bonus_fen: Change
    used_principal_fen: Change
    used_bonus_fen: Change
    paid_out_fen: Amount
    steps: Annotated[tuple[BalanceRefundStep, ...], msgspec.Meta(max_length=10)]
    tenders: Tenders


class AdjustmentReason(StrEnum):
    """Correction and replacement move real money; goodwill and cash back are bonus only."""

    CORRECTION = "correction"
    REPLACEMENT = "replacement"
    GOODWILL = "goodwill"
    CASH_BACK = "cash_back"
    EXPIRED = "expired"


class BalanceAdjusted(msgspec.Struct, frozen=True, kw_only=True):
    """The amounts change the balance as they are: a minus takes away."""

    account_id: AccountId
    reason: AdjustmentReason
    principal_fen: Change = 0
    bonus_fen: Change = 0
    note: Annotated[str, msgspec.Meta(max_length=200)] = ""


class AccountFrozen(msgspec.Struct, frozen=True, kw_only=True):
    """A card was reported lost or is under review; `frozen` False ends it."""

    account_id: AccountId
    frozen: bool


StoredValueFact = ToppedUp | GiftCardSold | BalanceRefunded | BalanceAdjusted | AccountFrozen
