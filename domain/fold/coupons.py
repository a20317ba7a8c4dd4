"""Coupons: an exclusive claim, settled in the order in which the server took the entries in.

What head office changes later (revoked, transferred) and when the coupon ends are registers with
their stamps: which use they flag follows from the state, whatever the order of arrival.
"""

import msgspec

from domain.configuration import CouponTerms
from domain.facts import CouponIssued, CouponRevoked, CouponTransferred, SaleClosed
from domain.fold.aggregates import Coupon, Redemption
from domain.identifiers import CouponId, RuleId
from domain.origins import Origin
from domain.refunds.facts import RefundMade
from domain.refunds.refund import Refund
from domain.stamps import milliseconds_of

CouponFact = CouponIssued | CouponRevoked | CouponTransferred | SaleClosed | RefundMade


def fold_coupon(
    coupon: Coupon | None, coupon_id: CouponId, origin: Origin, fact: CouponFact
) -> Coupon:
    """A redemption is added behind those already there, so a settled claim never flips.

    One that was given back holds nothing, also where its refund came first.
    """
    known = coupon or Coupon(coupon_id=coupon_id)
    replace = msgspec.structs.replace
    match fact:
        case CouponIssued():
            return _with_terms(known, fact.terms)
        case CouponRevoked():
            revoked = replace(known, revoked=min(origin, known.revoked or origin))
            return _with_terms(revoked, revoked.terms)
        case CouponTransferred():
            owners = tuple(sorted({*known.transferred, (origin, fact.to)}))
            return _with_terms(replace(known, transferred=owners), known.terms)
        case RefundMade():
            return _given_back(known, coupon_id, fact.refund)
        case SaleClosed():
            return _redeemed(known, coupon_id, origin, fact)


def _redeemed(coupon: Coupon, coupon_id: CouponId, origin: Origin, fact: SaleClosed) -> Coupon:
    sale = fact.sale
    if sale.sale_id in coupon.returned:
        return coupon
    if any(held.sale_id == sale.sale_id for held in coupon.redemptions):
        return coupon
    rule_id = RuleId(coupon_id)
    new = Redemption(
        origin,
        sale.sale_id,
        sum(share.saving_fen for share in sale.shares if share.rule_id == rule_id),
        sale.member_id,
    )
    return msgspec.structs.replace(coupon, redemptions=(*coupon.redemptions, new))


def _with_terms(coupon: Coupon, terms: CouponTerms | None) -> Coupon:
    """The terms that hold now: longer where a refund made them so, ended where it was revoked."""
    if terms is not None:
        until_ms = max(terms.valid_until_ms, coupon.extended_until_ms)
        if coupon.revoked is not None:
            until_ms = min(until_ms, milliseconds_of(coupon.revoked.stamp))
        owner = coupon.transferred[-1][1] if coupon.transferred else terms.member_id
        terms = msgspec.structs.replace(terms, valid_until_ms=until_ms, member_id=owner)
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
