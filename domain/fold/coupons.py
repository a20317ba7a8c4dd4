"""Coupons: an exclusive claim, settled in the order in which the server took the entries in."""

import msgspec

from domain.facts import CouponIssued, SaleClosed
from domain.fold.aggregates import Coupon, Redemption
from domain.identifiers import CouponId, RuleId
from domain.origins import Origin


def fold_coupon(
    coupon: Coupon | None, coupon_id: CouponId, origin: Origin, fact: CouponIssued | SaleClosed
) -> Coupon:
    """A redemption is added behind those already there, so a settled claim never flips."""
    known = coupon or Coupon(coupon_id=coupon_id)
    if isinstance(fact, CouponIssued):
        return msgspec.structs.replace(known, terms=fact.terms)
    if any(held.sale_id == fact.sale.sale_id for held in known.redemptions):
        return known
    rule_id = RuleId(coupon_id)
    new = Redemption(
        origin,
        fact.sale.sale_id,
        sum(share.saving_fen for share in fact.sale.shares if share.rule_id == rule_id),
    )
    return msgspec.structs.replace(known, redemptions=(*known.redemptions, new))
