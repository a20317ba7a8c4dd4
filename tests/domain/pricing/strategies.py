"""Whole rule books and baskets for the laws of pricing.

What is drawn is what head office could publish and what a till could build.
"""

from collections.abc import Sequence
from itertools import product
from typing import Final

import msgspec
from hypothesis import settings
from hypothesis import strategies as st

from domain.conditions import (
    EVERYTHING,
    NO_CONDITIONS,
    Guest,
    Scope,
    moment_at,
)
from domain.configuration import PointsRule
from domain.fees import (
    FeeMeasure,
    FeeRule,
    Rounding,
    RoundingMode,
    RoundingStep,
    StaffDiscount,
    StaffDiscountKind,
)
from domain.identifiers import CouponId, ItemId, RewardId, RuleId, TierId
from domain.loyalty.benefits import TierDiscount
from domain.loyalty.rewards import DishReward, Reward
from domain.loyalty.terms import DEFAULT_LOYALTY, LoyaltyTerms
from domain.loyalty.tiers import Tier, TierTerms
from domain.menu import MenuItem
from domain.offers import (
    Basis,
    FeeKind,
    Rule,
)
from domain.orders import ChosenOption
from domain.pricing.basket import Basket, add_item, lay_coupon
from domain.pricing.question import Question
from domain.rulebook import RuleBook
from tests.domain.pricing.drawn_rules import (
    CONDITIONS,
    DISHES,
    GUEST,
    HERE,
    LARGER_FEN,
    NOW_MS,
    OPTIONS,
    RULE,
    SCOPES,
    USES,
    any_coupon,
    any_rule,
)


def _named(rules: Sequence[Rule]) -> tuple[Rule, ...]:
    return tuple(
        msgspec.structs.replace(rule, rule_id=RuleId(f"r{number}"))
        for number, rule in enumerate(rules)
    )


_FEES: Final = [
    FeeRule(
        rule_id=RULE,
        name="fee",
        kind=kind,
        amount_fen=amount_fen,
        measure=measure,
        rate_basis_points=rate,
        basis=basis,
        free_from_fen=free_from_fen,
        scope=scope,
        conditions=conditions,
        tax_basis_points=tax,
    )
    for kind, (amount_fen, rate), measure, basis, free_from_fen, scope, (
        conditions,
        tax,
    ) in product(
        FeeKind,
        ((200, 0), (7, 500), (0, 1_000)),
        FeeMeasure,
        Basis,
        (None, 1_010),
        (EVERYTHING, SCOPES[4]),
        ((NO_CONDITIONS, 0), (NO_CONDITIONS, 600), (CONDITIONS[-1], 0)),
    )
]
fees = st.lists(st.sampled_from(_FEES), max_size=3).map(
    lambda drawn: tuple(
        msgspec.structs.replace(fee, rule_id=RuleId(f"fee{number}"))
        for number, fee in enumerate(drawn)
    )
)
_ROUNDINGS: Final = [
    None,
    *(Rounding(step_fen=step, mode=mode) for step, mode in product(RoundingStep, RoundingMode)),
]
_POINTS_RULES: Final = [
    PointsRule(value_fen=value, step=step, cap_basis_points=cap, scope=scope)
    for value, step, cap, scope in product(
        (1, 3), (100, 1, 7), (3_000, 10_000, 0), (EVERYTHING, SCOPES[6])
    )
]
WITH_TIERS: Final = LoyaltyTerms(
    tiers=TierTerms(
        tiers=(
            Tier(
                tier_id=TierId("gold"),
                name="gold",
                rank=1,
                by_hand_only=True,
                benefits=(
                    TierDiscount(off_basis_points=500, scope=Scope(list_price_only=True)),
                    TierDiscount(off_basis_points=1_000, scope=Scope(categories=("drink",))),
                ),
            ),
        )
    ),
    rewards=(
        Reward(
            reward_id=RewardId("tea"),
            name="tea",
            gives=DishReward(item_id=ItemId("tea")),
            points=100,
        ),
        Reward(
            reward_id=RewardId("fish"),
            name="fish",
            gives=DishReward(item_id=ItemId("fish")),
            points=30,
            cash_fen=8_880,
        ),
    ),
)
_COUNTER: Final = list(product(range(4), _ROUNDINGS, (DEFAULT_LOYALTY, WITH_TIERS)))


def _book(
    rules: tuple[Rule, ...],
    fees: tuple[FeeRule, ...],
    points: PointsRule,
    rest: tuple[int, Rounding | None, LoyaltyTerms],
) -> RuleBook:
    coupons_per_order, rounding, loyalty = rest
    return RuleBook(
        rules=rules,
        coupons_per_order=coupons_per_order,
        points=points,
        fees=fees,
        rounding=rounding,
        loyalty=loyalty,
    )


books = st.builds(
    _book,
    st.lists(any_rule, max_size=7).map(_named),
    fees,
    st.sampled_from(_POINTS_RULES),
    st.sampled_from(_COUNTER),
)
_GUESTS: Final = [
    Guest(
        member_id=GUEST,
        points_spendable=spendable,
        points=points,
        offline=offline,
        tier_id=tier,
        tags=tags,
        birthday=birthday,
        first_order=bool(tags),
    )
    for (spendable, points, offline), tier, (tags, birthday) in product(
        ((5_000, 5_000, False), (150, 150, False), (-50, -50, False), (60, 5_000, True)),
        (None, TierId("gold"), TierId("gone")),
        (
            (frozenset[str](), ""),
            (frozenset({"student"}), "1990-09-12"),
            (frozenset({"student"}), "2000-02-29"),
        ),
    )
]
questions = st.builds(
    Question,
    book=books,
    moment=st.sampled_from([moment_at(NOW_MS, 0), moment_at(NOW_MS, 14 * 60)]),
    store=st.just(HERE),
    guest=st.sampled_from([*_GUESTS, None]),
    redeemed=st.sampled_from([frozenset(), frozenset(), frozenset({CouponId("c0")})]),
    uses=st.lists(st.sampled_from(USES), max_size=5).map(
        lambda drawn: {RuleId(f"r{number}"): uses for number, uses in enumerate(drawn)}
    ),
)
_STAFF: Final = [
    (),
    (),
    *(
        (StaffDiscount(kind=kind, value=value, line=line, reason="cold"),)
        for kind, value, line in product(StaffDiscountKind, (0, 1, 500, 20_000), (0, 1, 2))
    ),
    (
        StaffDiscount(kind=StaffDiscountKind.PERCENT, value=3_333, line=2, reason="cold"),
        StaffDiscount(kind=StaffDiscountKind.AMOUNT, value=99, line=2, reason="cold"),
        StaffDiscount(kind=StaffDiscountKind.PERCENT, value=1_000, reason="sorry"),
    ),
]
_SCANS: Final = [
    (dish, quantity, grams, options)
    for dish in DISHES
    for quantity, grams in (
        ((1, 50), (1, 333), (1, 1)) if dish.by_weight else ((1, 0), (2, 0), (3, 0), (4, 0))
    )
    for options in ((), *OPTIONS.get(dish.item_id, ()))
    for _ in range(1 if dish.unit_price_fen < LARGER_FEN else 2)
]
_WISHES: Final = list(
    product(
        (0, 0, -1, 7, 150, 5_000),
        ((), (), (), (), ("tea",), ("tea", "fish"), ("fish", "tea", "tea"), ("gone",)),
        (frozenset[RuleId](), frozenset({RuleId("fee0")})),
        (0, 2, 3),
        (0, 55),
    )
)


def _scanned(scans: Sequence[tuple[MenuItem, int, int, tuple[ChosenOption, ...]]]) -> Basket:
    basket = Basket()
    for dish, quantity, grams, options in scans:
        basket = add_item(basket, dish, quantity, weight_grams=grams, options=options)
    return basket


# Dishes as a till puts them on an order, and with all that is asked for at the counter.
scanned = st.lists(st.sampled_from(_SCANS), min_size=1, max_size=6).map(_scanned)


@st.composite
def baskets(draw: st.DrawFn) -> Basket:
    points, rewards, waived, guests, tip_fen = draw(st.sampled_from(_WISHES))
    basket = msgspec.structs.replace(
        draw(scanned),
        points_wanted=points,
        rewards=tuple(RewardId(reward) for reward in rewards),
        staff_discounts=draw(st.sampled_from(_STAFF)),
        waived_fees=waived,
        guest_count=guests,
        tip_fen=tip_fen,
    )
    for number, terms in enumerate(draw(st.lists(any_coupon, max_size=4))):
        coupon_id = CouponId(f"c{number}")
        basket = lay_coupon(basket, msgspec.structs.replace(terms, coupon_id=coupon_id))
    return basket


Order = tuple[Basket, Question]
orders = st.tuples(baskets(), questions)
examples = settings(max_examples=min(60, settings().max_examples))
