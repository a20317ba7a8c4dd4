"""Coupons: an exclusive claim, settled in the order in which the server took the entries in."""

import msgspec

from domain.configuration import CouponTerms
from domain.facts import CouponIssued, SaleClosed
from domain.fold.aggregates import Coupon, Redemption
from domain.identifiers import CouponId, RuleId
from domain.origins import Origin
from domain.refunds.facts import RefundMade
from domain.refunds.refund import Refund


def fold_coupon(
    coupon: Coupon | None,
    coupon_id: CouponId,
    origin: Origin,
    fact: CouponIssued | SaleClosed | RefundMade,
) -> Coupon:
    """A redemption is added behind those already there, so a settled claim never flips.

    One that was given back holds nothing, also where its refund came first.
    """
    known = coupon or Coupon(coupon_id=coupon_id)
    if isinstance(fact, CouponIssued):
        return _with_terms(known, fact.terms)
    if isinstance(fact, RefundMade):
        return _given_back(known, coupon_id, fact.refund)
    if fact.sale.sale_id in known.returned:
        return known
    if any(held.sale_id == fact.sale.sale_id for held in known.redemptions):
        return known
    rule_id = RuleId(coupon_id)
    new = Redemption(
        origin,
        fact.sale.sale_id,
        sum(share.saving_fen for share in fact.sale.shares if share.rule_id == rule_id),
    )
    return msgspec.structs.replace(known, redemptions=(*known.redemptions, new))


def _with_terms(coupon: Coupon, terms: CouponTerms | None) -> Coupon:
    """The terms, longer where a refund made them so."""
    if terms is not None:
        until_ms = max(terms.valid_until_ms, coupon.extended_until_ms)
        terms = msgspec.structs.replace(terms, valid_until_ms=until_ms)
    return msgspec.structs.replace(coupon, terms=terms)


def _given_back(coupon: Coupon, coupon_id: CouponId, refund: Refund) -> Coupon:
    until_ms = max(back.valid_until_ms for back in refund.coupons if back.coupon_id == coupon_id)
    held = (each for each in coupon.redemptions if each.sale_id != refund.sale_id)
    longer = msgspec.structs.replace(
        coupon,
        redemptions=tuple(held),
        returned=tuple(sorted({*coupon.returned, refund.sale_id})),
        extended_until_ms=max(until_ms, coupon.extended_until_ms),
    )
    return _with_terms(longer, longer.terms)
