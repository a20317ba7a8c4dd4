"""Facts that a test needs, valid as they are; a test names only what it is about."""

from typing import Final

from domain.configuration import CouponTerms
from domain.facts import CouponIssued, SaleClosed
from domain.identifiers import CouponId, ItemId, MemberId, RuleId, SaleId
from domain.members.facts import MemberEnrolled
from domain.offers import amount_off
from domain.orders import Sale, SaleLine, Share, Stage, Tender, TenderKind, UsedRule

YEAR_MS: Final = 365 * 24 * 60 * 60 * 1000


def enrolled(
    member: str = "member-1", *, phone: str = "+8613800138000", name: str = "李雷"
) -> MemberEnrolled:
    return MemberEnrolled(member_id=MemberId(member), phone=phone, name=name)


def coupon_terms(
    coupon: str = "coupon-1", *, code: str = "TESTCODE", saving_fen: int = 1_000
) -> CouponTerms:
    return CouponTerms(
        coupon_id=CouponId(coupon),
        code=code,
        rule=amount_off(coupon, "满减券", from_fen=0, saving_fen=saving_fen, stage=Stage.COUPON),
        valid_from_ms=0,
        valid_until_ms=100 * YEAR_MS,
    )


def coupon_issued(coupon: str = "coupon-1") -> CouponIssued:
    return CouponIssued(terms=coupon_terms(coupon))


def sale(
    sale_id: str = "sale-1",
    *,
    total_fen: int = 5_000,
    member: str | None = None,
    earned: int = 0,
    redeemed: int = 0,
    coupon: str | None = None,
    coupon_saving_fen: int = 1_000,
    tender: TenderKind = TenderKind.CASH,
) -> SaleClosed:
    """A sale of one dish that costs `total_fen` after the coupon and is paid to the fen."""
    saving_fen = coupon_saving_fen if coupon else 0
    list_fen = total_fen + saving_fen
    line = SaleLine(
        number=1,
        item_id=ItemId("dish-1"),
        name="酸梅汤",
        quantity=1,
        unit_price_fen=list_fen,
        list_fen=list_fen,
        net_fen=total_fen,
    )
    return SaleClosed(
        sale=Sale(
            sale_id=SaleId(sale_id),
            receipt_number=f"A1-{sale_id}"[:120],
            business_day="2026-11-21",
            lines=(line,),
            shares=_coupon_shares(coupon, list_fen, saving_fen),
            used_rules=_coupon_rules(coupon, saving_fen),
            list_fen=list_fen,
            total_fen=total_fen,
            tenders=(Tender(kind=tender, amount_fen=total_fen, received_fen=total_fen),),
            member_id=MemberId(member) if member else None,
            points_earned=earned,
            points_redeemed=redeemed,
            coupon_ids=(CouponId(coupon),) if coupon else (),
        )
    )


def _coupon_shares(coupon: str | None, base_fen: int, saving_fen: int) -> tuple[Share, ...]:
    if not coupon:
        return ()
    return (
        Share(
            line=1,
            rule_id=RuleId(coupon),
            stage=Stage.COUPON,
            base_fen=base_fen,
            saving_fen=saving_fen,
        ),
    )


def _coupon_rules(coupon: str | None, saving_fen: int) -> tuple[UsedRule, ...]:
    if not coupon:
        return ()
    rule = UsedRule(
        rule_id=RuleId(coupon), stage=Stage.COUPON, name="满减券", saving_fen=saving_fen
    )
    return (rule,)
