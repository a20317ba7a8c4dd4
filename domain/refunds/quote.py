"""`quote_refund(question, wish)`: what a refund gives back, takes back and charges.

The one function for refunds and voids, on the till. See docs/refunds.md.
"""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import msgspec

from domain.configuration import CouponTerms
from domain.errors import ErrorCode, TillfoldError
from domain.identifiers import CouponId, RefundId, StoreId
from domain.orders import FEES, LONGEST_NAME, Sale
from domain.refunds.charges import Kept, charges_due
from domain.refunds.holdings import Holding, holdings_of, refunded_line
from domain.refunds.points import PointsAtHand, points_beyond
from domain.refunds.refund import (
    Charge,
    CouponReturn,
    Refund,
    RefundedLine,
    RefundKind,
    RefundTender,
)
from domain.refunds.refunded import NOT_REFUNDED, Refunded
from domain.refunds.tenders import money_tenders, pass_tenders, purse_of
from domain.refunds.terms import BeyondPointsLimit, RefundTerms

_MS_A_DAY: Final = 24 * 60 * 60 * 1000
_LATEST_MS: Final = (1 << 47) - 1


class RefundQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """A closed sale, what its refunds gave back so far, and what is known beside it.

    `coupons` are the terms of those coupons of the sale that are known here.
    """

    sale: Sale
    sale_store: StoreId
    refunded: Refunded = NOT_REFUNDED
    terms: RefundTerms = RefundTerms()
    points: PointsAtHand = PointsAtHand()
    coupons: tuple[CouponTerms, ...] = ()


class RefundWish(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody at the counter wants back: units by line; a void takes all that is left.

    `with_fees`: the fees too, although dishes are kept. `in_cash`: what was paid by card or app is
    paid out in cash.
    """

    refund_id: RefundId
    business_day: str
    reason: str
    lines: Mapping[int, int] = {}
    kind: RefundKind = RefundKind.REFUND
    with_fees: bool = False
    in_cash: bool = False


class _Taken(NamedTuple):
    """The units that come back and what follows from them.

    `complete`: no unit is left; `whole`: and it was this refund that took the last.
    """

    lines: tuple[RefundedLine, ...]
    tip_fen: int
    complete: bool
    whole: bool
    done: Mapping[int, int]


class _Paid(NamedTuple):
    """What goes to the tenders, and what is kept back on the way."""

    tenders: tuple[RefundTender, ...]
    charges: tuple[Charge, ...]
    already_paid_fen: int
    withheld_fen: int
    points_paid: int
    points_open: int


def quote_refund(question: RefundQuestion, wish: RefundWish) -> Refund:
    """The refund that the wish comes to.

    Raises:
        TillfoldError: `reason_missing`, `refund_empty`, `refund_line_unknown`,
            `refund_exceeds_left`, `refund_nothing_left`, `refund_not_in_cash`, `void_day_over`.
    """
    sale, void = question.sale, wish.kind is RefundKind.VOID
    if not 1 <= len(wish.reason) <= LONGEST_NAME:
        raise TillfoldError(ErrorCode.REASON_MISSING, longest=LONGEST_NAME)
    if void and wish.business_day != sale.business_day:
        raise TillfoldError(ErrorCode.VOID_DAY_OVER)
    if wish.in_cash and not question.terms.to_cash:
        raise TillfoldError(ErrorCode.REFUND_NOT_IN_CASH)
    holdings = holdings_of(sale)
    taken = _taken(question, wish, holdings)
    if not taken.lines and not taken.tip_fen:
        raise TillfoldError(ErrorCode.REFUND_NOTHING_LEFT)
    paid = _paid(question, wish, holdings, taken)
    coupons, kept_coupons = _coupons(question, void=void) if taken.complete else ((), ())
    fees_back = any(line.line == FEES for line in taken.lines)
    fees_kept = taken.whole and not fees_back and bool(_fees_left(holdings, question.refunded))
    return Refund(
        refund_id=wish.refund_id,
        sale_id=sale.sale_id,
        sale_store=question.sale_store,
        sale_day=sale.business_day,
        business_day=wish.business_day,
        kind=wish.kind,
        reason=wish.reason,
        lines=taken.lines,
        tip_fen=taken.tip_fen,
        total_fen=sum(tender.amount_fen for tender in paid.tenders),
        tenders=paid.tenders,
        charges=paid.charges,
        already_paid_fen=paid.already_paid_fen,
        withheld_fen=paid.withheld_fen,
        points_paid=paid.points_paid,
        points_open=paid.points_open,
        member_id=sale.member_id,
        points_expiry=sale.points_expiry,
        whole=taken.whole,
        coupons=coupons,
        kept_fees_fen=sale.fees_fen if fees_kept else 0,
        kept_tip_fen=sale.tip_fen - taken.tip_fen if taken.whole else 0,
        kept_coupons=kept_coupons,
    )


def _taken(question: RefundQuestion, wish: RefundWish, holdings: dict[int, Holding]) -> _Taken:
    sale, refunded, void = question.sale, question.refunded, wish.kind is RefundKind.VOID
    dishes = {number: held for number, held in holdings.items() if number != FEES}
    left = {number: held.left(refunded) for number, held in dishes.items()}
    wanted = {number: units for number, units in left.items() if units}
    if not void:
        _check(wish, left)
        wanted = {number: wish.lines[number] for number in sorted(wish.lines)}
    after = {number: units - wanted.get(number, 0) for number, units in left.items()}
    complete = not any(after.values())
    whole = complete and bool(wanted)
    lines = [refunded_line(dishes[number], refunded, units) for number, units in wanted.items()]
    with_fees = void or (question.terms.fees_refunded and (whole or wish.with_fees))
    if with_fees and _fees_left(holdings, refunded):
        lines.append(refunded_line(holdings[FEES], refunded, 1))
    with_tip = void or (question.terms.tip_refunded and whole)
    return _Taken(
        lines=tuple(lines),
        tip_fen=max(0, sale.tip_fen - refunded.tip_fen) if with_tip else 0,
        complete=complete,
        whole=whole,
        done={number: dishes[number].quantity - units for number, units in after.items()},
    )


def _fees_left(holdings: dict[int, Holding], refunded: Refunded) -> int:
    return holdings[FEES].left(refunded) if FEES in holdings else 0


def _check(wish: RefundWish, left: dict[int, int]) -> None:
    if not wish.lines and not wish.with_fees:
        raise TillfoldError(ErrorCode.REFUND_EMPTY)
    for number, units in wish.lines.items():
        if number not in left:
            raise TillfoldError(ErrorCode.REFUND_LINE_UNKNOWN, line=number)
        if not any(left.values()):
            raise TillfoldError(ErrorCode.REFUND_NOTHING_LEFT)
        if not 1 <= units <= left[number]:
            raise TillfoldError(ErrorCode.REFUND_EXCEEDS_LEFT, line=number, left=left[number])


def _paid(
    question: RefundQuestion, wish: RefundWish, holdings: dict[int, Holding], taken: _Taken
) -> _Paid:
    """Passes first; then charges, what points cost, and the rest in proportion."""
    sale, refunded = question.sale, question.refunded
    passes = pass_tenders(sale, holdings, refunded, taken.lines)
    purse = purse_of(sale, refunded)
    back_fen = sum(line.amount_fen for line in taken.lines) + taken.tip_fen
    money_fen = back_fen - sum(tender.amount_fen for tender in passes)
    dishes = {number: held for number, held in holdings.items() if number != FEES}
    due = charges_due(
        sale,
        Kept(sale, dishes, taken.done),
        refunded,
        gifts_charged=question.terms.charge_kept_gifts,
    )
    money_fen -= sum(charge.amount_fen for charge in due if charge.amount_fen < 0)
    already_fen = max(0, money_fen - purse.held_fen)
    charges, left_fen = _charged(due, money_fen - already_fen)
    points_paid, points_open = _points_not_taken(question, wish, taken.lines, left_fen=left_fen)
    withheld_fen = points_paid * question.points.value_fen
    money = money_tenders(purse, left_fen - withheld_fen, in_cash=wish.in_cash)
    return _Paid(
        tenders=tuple(sorted((*passes, *money), key=lambda tender: tender.place)),
        charges=charges,
        already_paid_fen=already_fen,
        withheld_fen=withheld_fen,
        points_paid=points_paid,
        points_open=points_open,
    )


def _charged(due: Sequence[Charge], left_fen: int) -> tuple[tuple[Charge, ...], int]:
    """Charges as far as the money goes, and what is left of it; what is not covered is stated."""
    charges = []
    for charge in due:
        if charge.amount_fen > 0:
            charged_fen = min(charge.amount_fen, left_fen)
            left_fen -= charged_fen
            open_fen = charge.amount_fen - charged_fen
            charges.append(
                msgspec.structs.replace(charge, amount_fen=charged_fen, open_fen=open_fen)
            )
        else:
            charges.append(charge)
    return tuple(charges), left_fen


def _points_not_taken(
    question: RefundQuestion, wish: RefundWish, lines: Sequence[RefundedLine], *, left_fen: int
) -> tuple[int, int]:
    """Points beyond the limit: those that money pays for, and those that a person decides on."""
    taken = sum(line.points_taken for line in lines)
    given = sum(line.points_given for line in lines)
    beyond = points_beyond(question.points, taken, given)
    withhold = question.terms.beyond_points_limit is BeyondPointsLimit.WITHHOLD_MONEY
    if not withhold or wish.kind is RefundKind.VOID:
        return 0, beyond
    paid = min(beyond, left_fen // question.points.value_fen)
    return paid, beyond - paid


def _coupons(
    question: RefundQuestion, *, void: bool
) -> tuple[tuple[CouponReturn, ...], tuple[CouponId, ...]]:
    """The coupons of an order that came back whole: those that are good again, those that are not.

    A coupon whose terms are not known here comes back in a void alone, with its own end.
    """
    known = {terms.coupon_id: terms for terms in question.coupons}
    back, kept = [], []
    for coupon_id in dict.fromkeys(question.sale.coupon_ids):
        if coupon_id in question.refunded.coupons:
            continue
        terms = known.get(coupon_id)
        if terms is not None and (void or terms.returned_on_refund):
            until_ms = terms.valid_until_ms + terms.return_grace_days * _MS_A_DAY
            back.append(CouponReturn(coupon_id=coupon_id, valid_until_ms=min(until_ms, _LATEST_MS)))
        elif void:
            back.append(CouponReturn(coupon_id=coupon_id))
        else:
            kept.append(coupon_id)
    return tuple(back), tuple(kept)
