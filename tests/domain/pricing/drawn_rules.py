"""Dishes, rules and coupons for the laws of pricing.

Few dishes, few prices, few groups and small numbers: ties, equal fractions and rules that meet each
other are where pricing could go wrong. Everything is drawn out of ready lists, one draw each:
drawing costs more time than pricing does.
"""

from collections.abc import Sequence
from datetime import date
from itertools import product
from typing import Final

import msgspec
from hypothesis import strategies as st

from domain.conditions import (
    EVERYTHING,
    NO_CONDITIONS,
    BirthdaySpan,
    Channel,
    Conditions,
    OrderType,
    Scope,
    TimeWindow,
)
from domain.configuration import CouponTerms
from domain.identifiers import CouponId, ItemId, MemberId, RuleId, StoreId, TierId
from domain.menu import MenuItem
from domain.offers import (
    NO_LIMITS,
    AmountOff,
    Basis,
    Bundle,
    BuyAndGet,
    Combination,
    Effect,
    Exchange,
    FeeKind,
    FeeOff,
    Gift,
    Limits,
    NewPrice,
    Part,
    PercentOff,
    RateStep,
    Rule,
    RuleUses,
    Step,
)
from domain.orders import ChosenOption, Stage

HERE: Final = StoreId("here")
NOW_MS: Final = 1_000_000_000_000
GUEST: Final = MemberId("guest")


def _dish(
    name: str, category: str, price_fen: int, rate: int = 0, *, weighed: bool = False
) -> MenuItem:
    return MenuItem(
        item_id=ItemId(name),
        name=name,
        category=category,
        unit_price_fen=price_fen,
        by_weight=weighed,
        tax_basis_points=rate,
    )


DISHES: Final = (
    _dish("fish", "hot", 8888, 600),
    _dish("noodle", "hot", 1000, 600),
    _dish("tea", "drink", 1000),
    _dish("juice", "drink", 333, 1300),
    _dish("candy", "sweet", 1),
    _dish("bun", "sweet", 10, 600),
    _dish("water", "drink", 0),
    _dish("crab", "hot", 9990, 600, weighed=True),
)
# Dishes from here on are drawn twice as often, so that thresholds are reached.
LARGER_FEN: Final = 1_000
# No unit costs less than nothing (docs/pricing-items.md): choosing would refuse more off.
OPTIONS: Final[dict[str, tuple[tuple[ChosenOption, ...], ...]]] = {
    "tea": (
        (ChosenOption(name="pearl", price_fen=200),),
        (ChosenOption(name="small", price_fen=-150),),
        (ChosenOption(name="refill", price_fen=-500, quantity=2),),
    ),
    "crab": ((ChosenOption(name="cooked", price_fen=50),),),
    "bun": ((ChosenOption(name="plain", price_fen=-10),),),
}

SCOPES: Final = (
    EVERYTHING,
    EVERYTHING,
    EVERYTHING,
    Scope(categories=("hot",)),
    Scope(categories=("drink",), items=(ItemId("bun"),)),
    Scope(items=(ItemId("tea"), ItemId("noodle"))),
    Scope(excluded_categories=("drink",)),
    Scope(excluded_items=(ItemId("fish"),), list_price_only=True),
    Scope(list_price_only=True),
)
# Most of what is drawn asks for nothing, else hardly a rule would hold.
CONDITIONS: Final = (
    *[NO_CONDITIONS] * 9,
    Conditions(member=True),
    Conditions(tiers=(TierId("gold"),)),
    Conditions(stores=(HERE,), channels=(Channel.COUNTER,)),
    Conditions(order_types=(OrderType.DINE_IN,), guests_from=2),
    Conditions(birthday=BirthdaySpan.WEEK),
    Conditions(windows=(TimeWindow(start_minute=60, until_minute=720),)),
    Conditions(from_day=date(2001, 9, 10), tags=("student",)),
)
LIMITS: Final = (
    *[NO_LIMITS] * 6,
    Limits(per_order=1),
    Limits(per_order=2, quota=5),
    Limits(per_member=2),
    Limits(per_member_a_day=1),
    Limits(per_day=3),
    Limits(budget_fen=20_000),
)
USES: Final = (
    RuleUses(total=1, total_fen=17_000, today=1, by_member=1),
    RuleUses(total=4, total_fen=19_999, today=2, by_member=1, by_member_today=1),
    RuleUses(total=5, total_fen=20_000, today=3, by_member=2, by_member_today=1),
)


def _steps(*steps: tuple[int, int]) -> tuple[Step, ...]:
    return tuple(Step(from_fen=from_fen, saving_fen=saving_fen) for from_fen, saving_fen in steps)


def _rates(*steps: tuple[int, int]) -> tuple[RateStep, ...]:
    return tuple(RateStep(from_fen=from_fen, off_basis_points=rate) for from_fen, rate in steps)


NEW_PRICES: Final = (
    NewPrice(prices={ItemId("tea"): 300, ItemId("noodle"): 999, ItemId("crab"): 5}),
    NewPrice(prices={ItemId("tea"): 300, ItemId("fish"): 1}),
    NewPrice(prices={ItemId("tea"): 0, ItemId("bun"): 9}),
    NewPrice(off_basis_points=5_000),
    NewPrice(off_basis_points=333),
    NewPrice(off_basis_points=10_000),
)
UNIT_OFFERS: Final = (
    BuyAndGet(buy=2),
    BuyAndGet(buy=1, off_basis_points=5_000),
    BuyAndGet(buy=1, get=2, off_basis_points=3_333),
    BuyAndGet(buy=1, gets=Scope(items=(ItemId("tea"),))),
    BuyAndGet(buy=2, get=2, gets=Scope(categories=("drink", "sweet"))),
    Bundle(parts=(Part(scope=EVERYTHING, quantity=3),), price_fen=999),
    Bundle(
        parts=(Part(scope=Scope(categories=("hot",))), Part(scope=Scope(categories=("drink",)))),
        price_fen=1_500,
    ),
    Bundle(
        parts=(Part(scope=Scope(items=(ItemId("tea"),))), Part(scope=EVERYTHING, quantity=2)),
        price_fen=10,
    ),
    Exchange(),
    Exchange(quantity=3, price_fen=500),
    Exchange(quantity=2, price_fen=9),
)
PERCENTS_OFF: Final = (
    PercentOff(steps=_rates((0, 500))),
    PercentOff(steps=_rates((0, 1_000))),
    PercentOff(steps=_rates((0, 3_333))),
    PercentOff(steps=_rates((0, 10_000))),
    PercentOff(
        steps=_rates(
            (0, 1),
        )
    ),
    PercentOff(steps=_rates((1_000, 500), (8_888, 2_000))),
    PercentOff(steps=_rates((0, 5_000)), cap_fen=99),
)
AMOUNTS_OFF: Final = (
    AmountOff(steps=_steps((0, 1))),
    AmountOff(steps=_steps((0, 3))),
    AmountOff(steps=_steps((0, 1_000))),
    AmountOff(steps=_steps((0, 100_000))),
    AmountOff(steps=_steps((1_010, 1_010))),
    AmountOff(steps=_steps((8_000, 800))),
    AmountOff(steps=_steps((1_000, 99), (2_500, 500), (10_000, 1_500))),
    AmountOff(steps=_steps((1_000, 100)), every=True),
    AmountOff(steps=_steps((333, 10)), every=True),
)
GIFTS: Final = (
    Gift(from_fen=1_000, gifts=Scope(items=(ItemId("tea"),))),
    Gift(from_fen=1_010, gifts=Scope(categories=("sweet",)), quantity=3),
    Gift(from_fen=2_500, gifts=Scope(categories=("hot", "drink")), quantity=2),
)
FEES_OFF: Final = (
    FeeOff(fees=(FeeKind.DELIVERY,)),
    FeeOff(fees=(FeeKind.PACKING,)),
    FeeOff(fees=(FeeKind.PACKING, FeeKind.COVER), off_basis_points=5_000),
    FeeOff(fees=tuple(FeeKind), off_basis_points=333),
)
RULE: Final = RuleId("rule")
MINIMUMS: Final = ((0, 0), (0, 0), (0, 0), (1, 0), (3, 0), (0, 1_000), (0, 5_000), (2, 1_010))
_OF_STAGE: Final[dict[Stage, tuple[Effect, ...]]] = {
    Stage.PRICE_REPLACEMENT: NEW_PRICES,
    Stage.ITEM_OFFER: UNIT_OFFERS,
    Stage.TIER_DISCOUNT: PERCENTS_OFF,
    Stage.ORDER_OFFER: (*AMOUNTS_OFF, *PERCENTS_OFF, *GIFTS),
    Stage.COUPON: (*AMOUNTS_OFF, *PERCENTS_OFF),
    Stage.FEE: FEES_OFF,
}


def _whats(*stages: Stage) -> list[Rule]:
    """Every effect of a stage on every scope: what a rule gives."""
    return [
        Rule(
            rule_id=RULE,
            name="rule",
            stage=stage,
            effect=effect,
            scope=EVERYTHING if stage is Stage.FEE else scope,
        )
        for stage in stages
        for effect in _OF_STAGE[stage]
        for scope in SCOPES
    ]


_HOW: Final = list(
    product(
        (0, 0, -1, 1),
        ("", "", "a", "b"),
        (*[Combination.NORMAL] * 6, *Combination),
        (True, True, False),
    )
)
_WHEN: Final = list(product(CONDITIONS, LIMITS))
_MEASURED: Final = list(product((Basis.REMAINING, Basis.REMAINING, Basis.LIST), MINIMUMS))
# Rules of a stage: each effect on each scope, again and again with other circumstances.
RULES_A_STAGE: Final = 1_500
_STRIDES: Final = (7, 11, 13)


def _rules(*stages: Stage) -> st.SearchStrategy[Rule]:
    """Out of a ready list: the simplest first, so that a counterexample shrinks towards it."""
    whats = _whats(*stages)
    return st.sampled_from([_rule(whats, number) for number in range(RULES_A_STAGE)])


def _rule(whats: Sequence[Rule], number: int) -> Rule:
    """Rules for fees look at fees and at no dish; they come too late to keep points out."""
    rule = whats[number % len(whats)]
    turn = number // len(whats) + number % len(whats)
    how, when, measure = (turn * stride for stride in _STRIDES)
    priority, group, combination, points = _HOW[how % len(_HOW)]
    conditions, limits = _WHEN[when % len(_WHEN)]
    basis, (units, fen) = _MEASURED[measure % len(_MEASURED)]
    of_fees = rule.stage is Stage.FEE
    return msgspec.structs.replace(
        rule,
        priority=priority,
        group=group,
        combination=combination,
        points_allowed=points or of_fees,
        conditions=conditions,
        limits=limits,
        basis=Basis.REMAINING if of_fees else basis,
        minimum_quantity=0 if of_fees else units,
        minimum_fen=0 if of_fees else fen,
    )


# A stage each, so that stages with many effects do not crowd the others out.
order_offers = _rules(Stage.ORDER_OFFER)
any_rule = st.one_of(
    _rules(Stage.PRICE_REPLACEMENT),
    _rules(Stage.ITEM_OFFER),
    _rules(Stage.TIER_DISCOUNT),
    order_offers,
    _rules(Stage.FEE),
)
_COUPON_FRAMES: Final = list(
    product(
        (*[(0, NOW_MS)] * 6, (NOW_MS, NOW_MS + 1), (NOW_MS + 1, NOW_MS + 2)),
        (*[None] * 5, GUEST, MemberId("other")),
    )
)


def a_coupon(
    coupon_id: CouponId, rule: Rule, window: tuple[int, int], member_id: MemberId | None = None
) -> CouponTerms:
    """A coupon is used once: only its limit for one order means anything."""
    return CouponTerms(
        coupon_id=coupon_id,
        code="CODE",
        rule=msgspec.structs.replace(rule, limits=Limits(per_order=rule.limits.per_order)),
        valid_from_ms=window[0],
        valid_until_ms=window[1],
        member_id=member_id,
    )


def _coupons(stage: Stage) -> st.SearchStrategy[CouponTerms]:
    whats = _whats(stage)
    return st.sampled_from(
        [
            a_coupon(
                CouponId("coupon"),
                _rule(whats, number),
                *_COUPON_FRAMES[number % len(_COUPON_FRAMES)],
            )
            for number in range(RULES_A_STAGE)
        ]
    )


order_coupons = _coupons(Stage.COUPON)
any_coupon = st.one_of(_coupons(Stage.ITEM_OFFER), order_coupons, _coupons(Stage.FEE))
