"""Priced, paid and closed orders of every kind, for the laws of refunds."""

from hypothesis import strategies as st

from domain.conditions import Guest, Scope, moment_at
from domain.configuration import CouponTerms, PointsRule
from domain.fees import FeeRule, Rounding, RoundingMode, RoundingStep, StaffDiscount
from domain.fees import StaffDiscountKind as Kind
from domain.identifiers import AccountId, CouponId, ItemId, MemberId, RuleId, SaleId
from domain.menu import MenuItem
from domain.offers import AmountOff, BuyAndGet, FeeKind, Gift, PercentOff, RateStep, Rule, Step
from domain.orders import Sale, Stage, Tender, TenderKind
from domain.passes.cover import covered_fen
from domain.pricing.basket import Basket, add_item, lay_coupon
from domain.pricing.price import price
from domain.pricing.question import Question
from domain.pricing.result import PricedOrder
from domain.rulebook import RuleBook

NOW_MS = 1_500
DISHES = "abcdef"
PRICES = (0, 1, 10, 333, 1000, 8888)
CASH = (TenderKind.CASH, TenderKind.WECHAT_PAY, TenderKind.GIFT_CARD, TenderKind.STORED_VALUE)


def coupon_of(name: str, *, returned: bool = True, grace_days: int = 3) -> CouponTerms:
    step = Step(from_fen=0, saving_fen=321)
    rule = Rule(
        rule_id=RuleId(name), name=name, stage=Stage.COUPON, effect=AmountOff(steps=(step,))
    )
    return CouponTerms(
        coupon_id=CouponId(name),
        code="CODE",
        rule=rule,
        valid_from_ms=0,
        valid_until_ms=2 * NOW_MS,
        returned_on_refund=returned,
        return_grace_days=grace_days,
    )


def _rule(name: str, stage: Stage, effect: object, **fields: object) -> Rule:
    return Rule(rule_id=RuleId(name), name=name, stage=stage, effect=effect, **fields)  # type: ignore[arg-type]  # fields of a rule


def _steps(draw: st.DrawFn) -> tuple[Step, ...]:
    from_fen = draw(st.sampled_from([0, 500, 3_000, 9_999, 10_000]))
    return (Step(from_fen=from_fen, saving_fen=draw(st.sampled_from([1, 7, 1_500]))),)


@st.composite
def rule_books(draw: st.DrawFn) -> RuleBook:
    retest = draw(st.booleans())
    possible = [
        _rule("s2", Stage.ITEM_OFFER, BuyAndGet(buy=1, off_basis_points=5_000)),
        _rule("s3", Stage.TIER_DISCOUNT, PercentOff(steps=(RateStep(off_basis_points=500),))),
        _rule(
            "s4",
            Stage.ORDER_OFFER,
            AmountOff(steps=_steps(draw)),
            retest_on_refund=retest,
            group="one",
        ),
        _rule(
            "s4b",
            Stage.ORDER_OFFER,
            PercentOff(steps=(RateStep(from_fen=1_000, off_basis_points=1_111),)),
            retest_on_refund=True,
            group="two",
            scope=Scope(items=(ItemId("a"), ItemId("b"), ItemId("c"))),
        ),
        _rule(
            "gift",
            Stage.ORDER_OFFER,
            Gift(from_fen=500, gifts=Scope(items=(ItemId("d"), ItemId("e"))), quantity=2),
            group="three",
        ),
    ]
    fee = FeeRule(rule_id=RuleId("fee"), name="打包费", kind=FeeKind.PACKING, amount_fen=77)
    return RuleBook(
        rules=tuple(draw(st.lists(st.sampled_from(possible), unique=True, max_size=5))),
        coupons_per_order=2,
        points=PointsRule(step=7, cap_basis_points=5_000),
        fees=(fee,) if draw(st.booleans()) else (),
        rounding=draw(
            st.none()
            | st.builds(
                Rounding, step_fen=st.sampled_from(RoundingStep), mode=st.sampled_from(RoundingMode)
            )
        ),
    )


@st.composite
def baskets(draw: st.DrawFn) -> Basket:
    basket = Basket(
        points_wanted=draw(st.sampled_from([0, 35, 700])),
        tip_fen=draw(st.sampled_from([0, 0, 500])),
    )
    for name in draw(st.lists(st.sampled_from(DISHES), min_size=1, max_size=5, unique=True)):
        by_weight = draw(st.booleans()) and name == "f"
        item = MenuItem(
            item_id=ItemId(name),
            name=name,
            category="菜",
            unit_price_fen=draw(st.sampled_from(PRICES)),
            by_weight=by_weight,
        )
        quantity = 1 if by_weight else draw(st.integers(1, 7))
        basket = add_item(basket, item, quantity, weight_grams=735 if by_weight else 0)
    for name in draw(st.lists(st.sampled_from(["c1", "c2"]), unique=True, max_size=2)):
        basket = lay_coupon(basket, coupon_of(name))
    if draw(st.booleans()):
        comp = StaffDiscount(kind=Kind.COMP, line=1, reason="老板请客")
        basket = Basket(
            lines=basket.lines,
            coupons=basket.coupons,
            points_wanted=basket.points_wanted,
            tip_fen=basket.tip_fen,
            staff_discounts=(comp,),
        )
    return basket


@st.composite
def sales(draw: st.DrawFn) -> Sale:
    """Closed, with a pass that may cover units, and up to three tenders for the rest."""
    guest = Guest(member_id=MemberId("m1"), points=2_000, points_spendable=2_000)
    member = draw(st.booleans())
    question = Question(
        book=draw(rule_books()), moment=moment_at(NOW_MS, 0), guest=guest if member else None
    )
    order = price(draw(baskets()), question)
    covering = _pass_tender(draw, order)
    left_fen = order.due_fen - sum(tender.amount_fen for tender in covering)
    sale = Sale(
        sale_id=SaleId("s1"),
        receipt_number="A1-1",
        business_day="2026-11-21",
        lines=order.lines,
        shares=order.shares,
        used_rules=order.used_rules,
        list_fen=order.list_fen,
        total_fen=order.total_fen,
        tenders=(*covering, *_money_tenders(draw, left_fen)),
        member_id=MemberId("m1") if member else None,
        points_earned=order.points_earned,
        points_redeemed=order.points_redeemed,
        growth_earned=order.growth_earned,
        coupon_ids=order.coupon_ids,
        fees=order.fees,
        tip_fen=order.tip_fen,
        taxes=order.taxes,
        loyalty=order.loyalty,
        points_expiry=draw(st.sampled_from([0, -12, 24_335])) if member else 0,
    )
    assert sale.balances()
    return sale


def _pass_tender(draw: st.DrawFn, order: PricedOrder) -> list[Tender]:
    line = draw(st.sampled_from(order.lines))
    units = draw(st.integers(0, line.quantity))
    amount_fen = covered_fen(line.net_fen, line.quantity, before=0, units=units)
    if not amount_fen:
        return []
    tender = Tender(
        kind=TenderKind.PASS,
        amount_fen=amount_fen,
        received_fen=amount_fen,
        account_id=AccountId("pass"),
        covered=((line.number, units),),
    )
    return [tender]


def _money_tenders(draw: st.DrawFn, left_fen: int) -> list[Tender]:
    tenders = []
    kinds = draw(st.lists(st.sampled_from(CASH), unique=True, min_size=1, max_size=3))
    for place, kind in enumerate(kinds, start=1):
        amount_fen = left_fen if place == len(kinds) else draw(st.integers(0, left_fen))
        left_fen -= amount_fen
        stored = kind is TenderKind.STORED_VALUE
        tenders.append(
            Tender(
                kind=kind,
                amount_fen=amount_fen,
                received_fen=amount_fen,
                bonus_fen=draw(st.integers(0, amount_fen)) if stored else 0,
                account_id=AccountId(kind.value) if stored else None,
            )
        )
    return tenders
