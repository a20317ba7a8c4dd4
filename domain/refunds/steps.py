"""A refund explains itself: coded steps with their figures, in the order of reading."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Final

import msgspec

from domain.orders import FEES, Sale, TenderKind
from domain.refunds.refund import ChargeCode, Refund, RefundTender


class RefundStepCode(StrEnum):
    """What a figure stands for. Steps of SUM add up to `total`, those of SHARED share it out."""

    LINE = "line"
    FEES = "fees"
    TIP = "tip"
    THRESHOLD_LOST = "threshold_lost"
    GIFT_KEPT = "gift_kept"
    CHARGE_RETURNED = "charge_returned"
    ALREADY_PAID = "already_paid"
    POINTS_IN_MONEY = "points_in_money"
    TOTAL = "total"
    TO_TENDER = "to_tender"
    IN_CASH = "in_cash"
    TO_BONUS = "to_bonus"
    TO_PASS = "to_pass"  # noqa: S105 - a means of payment, not a password
    CHARGE_OPEN = "charge_open"
    POINTS_TAKEN = "points_taken"
    POINTS_OPEN = "points_open"
    POINTS_GIVEN = "points_given"
    GROWTH_TAKEN = "growth_taken"
    COUPON_RETURNED = "coupon_returned"
    COUPON_KEPT = "coupon_kept"
    FEES_KEPT = "fees_kept"
    TIP_KEPT = "tip_kept"


SUM: Final = frozenset(
    {
        RefundStepCode.LINE,
        RefundStepCode.FEES,
        RefundStepCode.TIP,
        RefundStepCode.THRESHOLD_LOST,
        RefundStepCode.GIFT_KEPT,
        RefundStepCode.CHARGE_RETURNED,
        RefundStepCode.ALREADY_PAID,
        RefundStepCode.POINTS_IN_MONEY,
    }
)
SHARED: Final = frozenset(
    {
        RefundStepCode.TO_TENDER,
        RefundStepCode.IN_CASH,
        RefundStepCode.TO_BONUS,
        RefundStepCode.TO_PASS,
    }
)

_CHARGED: Final = {
    ChargeCode.THRESHOLD_LOST: RefundStepCode.THRESHOLD_LOST,
    ChargeCode.GIFT_KEPT: RefundStepCode.GIFT_KEPT,
}


class RefundStep(msgspec.Struct, frozen=True, kw_only=True):
    """`subject` is the name of a dish or rule, or the id of a coupon; `count` units or points."""

    code: RefundStepCode
    amount_fen: int = 0
    count: int = 0
    subject: str = ""
    tender: TenderKind | None = None


def explain(sale: Sale, refund: Refund) -> tuple[RefundStep, ...]:
    """Everything that a refund does, step by step; a step that does nothing is left out."""
    return (
        *_lines(sale, refund),
        *_kept_back(refund),
        RefundStep(code=RefundStepCode.TOTAL, amount_fen=refund.total_fen),
        *(step for tender in refund.tenders for step in _to_tender(tender)),
        *_beside(refund),
    )


def _lines(sale: Sale, refund: Refund) -> Iterator[RefundStep]:
    names = {line.number: line.name for line in sale.lines}
    for line in refund.lines:
        code = RefundStepCode.FEES if line.line == FEES else RefundStepCode.LINE
        yield RefundStep(
            code=code,
            amount_fen=line.amount_fen,
            count=line.units,
            subject=names.get(line.line, ""),
        )
    if refund.tip_fen:
        yield RefundStep(code=RefundStepCode.TIP, amount_fen=refund.tip_fen)


def _kept_back(refund: Refund) -> Iterator[RefundStep]:
    for charge in refund.charges:
        code = _CHARGED[charge.code]
        if charge.amount_fen < 0:
            code = RefundStepCode.CHARGE_RETURNED
        if charge.amount_fen:
            yield RefundStep(code=code, amount_fen=-charge.amount_fen, subject=charge.name)
    if refund.already_paid_fen:
        yield RefundStep(code=RefundStepCode.ALREADY_PAID, amount_fen=-refund.already_paid_fen)
    if refund.withheld_fen:
        yield RefundStep(
            code=RefundStepCode.POINTS_IN_MONEY,
            amount_fen=-refund.withheld_fen,
            count=refund.points_paid,
        )


def _to_tender(tender: RefundTender) -> Iterator[RefundStep]:
    if tender.kind is TenderKind.PASS:
        uses = sum(units for _, units in tender.covered)
        yield RefundStep(
            code=RefundStepCode.TO_PASS,
            amount_fen=tender.amount_fen,
            count=uses,
            tender=tender.kind,
        )
        return
    principal_fen = tender.amount_fen - tender.bonus_fen
    if principal_fen:
        code = RefundStepCode.IN_CASH if tender.in_cash else RefundStepCode.TO_TENDER
        yield RefundStep(code=code, amount_fen=principal_fen, tender=tender.kind)
    if tender.bonus_fen:
        yield RefundStep(
            code=RefundStepCode.TO_BONUS, amount_fen=tender.bonus_fen, tender=tender.kind
        )


def _beside(refund: Refund) -> Iterator[RefundStep]:
    for charge in refund.charges:
        if charge.open_fen:
            yield RefundStep(
                code=RefundStepCode.CHARGE_OPEN, amount_fen=charge.open_fen, subject=charge.name
            )
    counts = (
        (RefundStepCode.POINTS_TAKEN, refund.points_taken),
        (RefundStepCode.POINTS_OPEN, refund.points_open),
        (RefundStepCode.POINTS_GIVEN, refund.points_given),
        (RefundStepCode.GROWTH_TAKEN, refund.growth_taken),
    )
    yield from (RefundStep(code=code, count=count) for code, count in counts if count)
    for back in refund.coupons:
        yield RefundStep(code=RefundStepCode.COUPON_RETURNED, subject=back.coupon_id)
    for coupon_id in refund.kept_coupons:
        yield RefundStep(code=RefundStepCode.COUPON_KEPT, subject=coupon_id)
    amounts = (
        (RefundStepCode.FEES_KEPT, refund.kept_fees_fen),
        (RefundStepCode.TIP_KEPT, refund.kept_tip_fen),
    )
    yield from (RefundStep(code=code, amount_fen=fen) for code, fen in amounts if fen)
