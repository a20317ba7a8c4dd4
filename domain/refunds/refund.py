"""A refund as the journal holds it: what came back, where the money went, what else moved."""

from enum import StrEnum
from typing import Annotated

import msgspec

from domain.configuration import Milliseconds
from domain.identifiers import AccountId, CouponId, MemberId, RefundId, RuleId, SaleId, StoreId
from domain.orders import (
    FEES,
    LARGEST_LINE_NUMBER,
    LARGEST_TENDERS,
    Amount,
    IsoDay,
    LineNumber,
    Name,
    Points,
    Quantity,
    SignedAmount,
    TenderKind,
    is_day,
)

TenderPlace = Annotated[int, msgspec.Meta(ge=1, le=LARGEST_TENDERS)]


class RefundKind(StrEnum):
    """退款, and 反结账/作废: the whole of what is left, on the business day of the sale."""

    REFUND = "refund"
    VOID = "void"


class RefundedLine(msgspec.Struct, frozen=True, kw_only=True):
    """Units of a line that came back, or all fees (line 0), with their part of everything.

    `points_taken` and `growth_taken` were earned by them, `points_given` were spent on them.
    """

    line: Annotated[int, msgspec.Meta(ge=FEES, le=LARGEST_LINE_NUMBER)]
    units: Quantity
    amount_fen: Amount
    points_taken: Points = 0
    growth_taken: Points = 0
    points_given: Points = 0


class ChargeCode(StrEnum):
    """Why a saving is charged: what is left is below its threshold, or only the gift is left."""

    THRESHOLD_LOST = "threshold_lost"
    GIFT_KEPT = "gift_kept"


class Charge(msgspec.Struct, frozen=True, kw_only=True):
    """A rule's saving on what the guest keeps, charged; below zero: an earlier charge comes back.

    `open_fen` is what could not be charged, because the refund is never below nothing.
    """

    rule_id: RuleId
    name: Name
    code: ChargeCode
    amount_fen: SignedAmount
    open_fen: Amount = 0


class RefundTender(msgspec.Struct, frozen=True, kw_only=True):
    """What one tender of the sale, the `place`-th of them, gets back.

    `bonus_fen` is the part of it that goes back as bonus money, `covered` the (line, units) that
    go back to a pass as uses. `in_cash`: it is paid out in cash instead.
    """

    place: TenderPlace
    kind: TenderKind
    amount_fen: Amount
    bonus_fen: Amount = 0
    account_id: AccountId | None = None
    covered: tuple[tuple[LineNumber, Quantity], ...] = ()
    in_cash: bool = False


class CouponReturn(msgspec.Struct, frozen=True, kw_only=True):
    """A coupon may be used again, until `valid_until_ms` where that is later than its own end."""

    coupon_id: CouponId
    valid_until_ms: Milliseconds = 0


class Refund(msgspec.Struct, frozen=True, kw_only=True):
    """Lines, fees and tip, less charges and what is kept back, make `total_fen`; tenders share it.

    `already_paid_fen` had been paid back by a refund that the two did not know of. `withheld_fen`
    pays for `points_paid` points that are not taken; `points_open` are not taken and left to a
    person. `whole`: with these units every unit of the order has come back. What the ledgers need
    of the sale is copied: its store, day, member and expiry key. `kept_fees_fen`, `kept_tip_fen`
    and `kept_coupons` stay although the whole order came back.
    """

    refund_id: Annotated[RefundId, msgspec.Meta(min_length=1, max_length=64)]
    sale_id: SaleId
    sale_store: StoreId
    sale_day: IsoDay
    business_day: IsoDay
    kind: RefundKind
    reason: Name
    lines: Annotated[tuple[RefundedLine, ...], msgspec.Meta(max_length=501)]
    total_fen: Amount
    tenders: Annotated[tuple[RefundTender, ...], msgspec.Meta(max_length=LARGEST_TENDERS)]
    tip_fen: Amount = 0
    charges: Annotated[tuple[Charge, ...], msgspec.Meta(max_length=500)] = ()
    already_paid_fen: Amount = 0
    withheld_fen: Amount = 0
    points_paid: Points = 0
    points_open: Points = 0
    member_id: MemberId | None = None
    points_expiry: int = 0
    whole: bool = False
    coupons: Annotated[tuple[CouponReturn, ...], msgspec.Meta(max_length=20)] = ()
    kept_fees_fen: Amount = 0
    kept_tip_fen: Amount = 0
    kept_coupons: Annotated[tuple[CouponId, ...], msgspec.Meta(max_length=20)] = ()

    @property
    def points_taken(self) -> int:
        """Of the earned points, what leaves the account."""
        earned = sum(line.points_taken for line in self.lines)
        return earned - self.points_paid - self.points_open

    @property
    def points_given(self) -> int:
        return sum(line.points_given for line in self.lines)

    @property
    def growth_taken(self) -> int:
        return sum(line.growth_taken for line in self.lines)

    @property
    def spent_fen(self) -> int:
        """By how much less the guest has spent: lines and fees, without what was charged."""
        charged_fen = sum(charge.amount_fen for charge in self.charges)
        return sum(line.amount_fen for line in self.lines) - charged_fen

    def adds_up(self) -> bool:
        """Whether lines, charges, tenders and points agree exactly, and something came back.

        Both days must be dates: the ledgers are kept by days and months.
        """
        kept_back_fen = self.already_paid_fen + self.withheld_fen
        return (
            bool(self.lines or self.tip_fen)
            and self.spent_fen + self.tip_fen - kept_back_fen == self.total_fen
            and sum(tender.amount_fen for tender in self.tenders) == self.total_fen
            and all(tender.bonus_fen <= tender.amount_fen for tender in self.tenders)
            and self.points_taken >= 0
            and bool(self.withheld_fen) == bool(self.points_paid)
            and _differ([line.line for line in self.lines])
            and _differ([tender.place for tender in self.tenders])
            and _differ([charge.rule_id for charge in self.charges])
            and is_day(self.sale_day)
            and is_day(self.business_day)
        )


def _differ(keys: list[int] | list[RuleId]) -> bool:
    return len(set(keys)) == len(keys)
