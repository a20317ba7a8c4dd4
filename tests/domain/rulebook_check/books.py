"""Books that head office could write, sensible or not, and baskets that a till could build."""

from datetime import date

import msgspec
from hypothesis import strategies as st

from domain.conditions import (
    BirthdaySpan,
    Channel,
    Conditions,
    Guest,
    OrderType,
    Scope,
    TimeWindow,
    Weekday,
    moment_at,
)
from domain.configuration import CouponTerms, PointsRule
from domain.errors import TillfoldError
from domain.fees import (
    FeeMeasure,
    FeeRule,
    Rounding,
    RoundingMode,
    RoundingStep,
    StaffDiscount,
    StaffDiscountKind,
)
from domain.identifiers import CouponId, ItemId, MemberId, RewardId, RuleId, StoreId, TierId
from domain.loyalty.rewards import DishReward, Reward
from domain.loyalty.terms import LoyaltyTerms
from domain.loyalty.tiers import Tier, TierTerms
from domain.menu import MenuItem
from domain.money import LARGEST_AMOUNT_FEN
from domain.offers import (
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
from domain.pricing.basket import Basket, add_item
from domain.pricing.question import Question
from domain.rulebook import RuleBook

MENU = (
    MenuItem(item_id=ItemId("fish"), name="鱼", category="热菜", unit_price_fen=8_888),
    MenuItem(item_id=ItemId("juice"), name="汁", category="饮品", unit_price_fen=1_250),
    MenuItem(item_id=ItemId("tea"), name="茶", category="饮品", unit_price_fen=1),
    MenuItem(item_id=ItemId("water"), name="水", category="饮品", unit_price_fen=0),
    MenuItem(
        item_id=ItemId("crab"),
        name="蟹",
        category="海鲜",
        unit_price_fen=12_800,
        by_weight=True,
        tax_basis_points=600,
    ),
)
LESS = ChosenOption(name="少", price_fen=-1)
MORE = ChosenOption(name="加", price_fen=200, quantity=2)

ITEMS = st.sampled_from([*(dish.item_id for dish in MENU), ItemId("nowhere")])
CATEGORIES = st.sampled_from(["热菜", "饮品", "海鲜", "没有"])
AMOUNTS = st.one_of(
    st.sampled_from([0, 1, 99, 100, 1_250, 8_888, 10_000, LARGEST_AMOUNT_FEN]),
    st.integers(0, 20_000),
)
RATES = st.one_of(st.sampled_from([0, 1, 3_333, 5_000, 10_000]), st.integers(0, 10_000))
UNITS = st.one_of(st.integers(1, 3), st.integers(1, 100))
TIMES = st.sampled_from([0, 0, 0, 1, 2, 1_000_000_000])


def tuples(of: st.SearchStrategy[object], most: int) -> st.SearchStrategy[tuple[object, ...]]:
    return st.lists(of, max_size=most).map(tuple)


SCOPES = st.one_of(
    st.just(Scope()),
    st.builds(
        Scope,
        items=tuples(ITEMS, 2),
        categories=tuples(CATEGORIES, 1),
        excluded_items=tuples(ITEMS, 1),
        excluded_categories=tuples(CATEGORIES, 1),
        list_price_only=st.booleans(),
    ),
)
NAMED_SCOPES = st.builds(Scope, items=st.lists(ITEMS, min_size=1, max_size=2).map(tuple))
DAYS = st.sampled_from([None, date(2026, 11, 20), date(2026, 11, 21)])
MINUTES = st.sampled_from([0, 1, 600, 1_439, 1_440])
CONDITIONS = st.one_of(
    st.just(Conditions()),
    st.builds(
        Conditions,
        channels=tuples(st.sampled_from(Channel), 1),
        order_types=tuples(st.sampled_from(OrderType), 2),
        from_day=DAYS,
        until_day=DAYS,
        weekdays=tuples(st.sampled_from(Weekday), 2),
        windows=tuples(st.builds(TimeWindow, start_minute=MINUTES, until_minute=MINUTES), 2),
        guests_from=st.integers(0, 3),
        member=st.booleans(),
        tiers=tuples(st.sampled_from([TierId("gold"), TierId("lead")]), 1),
        birthday=st.sampled_from([None, *BirthdaySpan]),
        first_order=st.booleans(),
    ),
)
STEPS = st.lists(st.builds(Step, from_fen=AMOUNTS, saving_fen=AMOUNTS), min_size=1, max_size=3)
RATE_STEPS = st.lists(
    st.builds(RateStep, from_fen=AMOUNTS, off_basis_points=RATES), min_size=1, max_size=3
)
EFFECTS = st.one_of(
    st.builds(NewPrice, prices=st.dictionaries(ITEMS, AMOUNTS, max_size=2), off_basis_points=RATES),
    st.builds(NewPrice, off_basis_points=RATES),
    st.builds(
        BuyAndGet,
        buy=UNITS,
        get=UNITS,
        off_basis_points=RATES,
        gets=st.one_of(st.none(), NAMED_SCOPES),
    ),
    st.builds(
        Bundle,
        parts=st.lists(st.builds(Part, scope=SCOPES, quantity=UNITS), min_size=1, max_size=3).map(
            tuple
        ),
        price_fen=AMOUNTS,
    ),
    st.builds(Exchange, quantity=UNITS, price_fen=AMOUNTS),
    st.builds(AmountOff, steps=STEPS.map(tuple), every=st.booleans()),
    st.builds(AmountOff, steps=STEPS.map(lambda steps: tuple(steps[:1])), every=st.booleans()),
    st.builds(PercentOff, steps=RATE_STEPS.map(tuple), cap_fen=st.one_of(st.none(), AMOUNTS)),
    st.builds(Gift, from_fen=AMOUNTS, gifts=NAMED_SCOPES, quantity=UNITS),
    st.builds(FeeOff, fees=st.just((FeeKind.PACKING, FeeKind.DELIVERY)), off_basis_points=RATES),
)
FITTING: dict[type[Effect], Stage] = {
    NewPrice: Stage.PRICE_REPLACEMENT,
    BuyAndGet: Stage.ITEM_OFFER,
    Bundle: Stage.ITEM_OFFER,
    Exchange: Stage.ITEM_OFFER,
    AmountOff: Stage.ORDER_OFFER,
    PercentOff: Stage.ORDER_OFFER,
    Gift: Stage.ORDER_OFFER,
    FeeOff: Stage.FEE,
}
LIMITS = st.one_of(
    st.just(Limits()),
    st.builds(
        Limits,
        per_order=TIMES,
        per_member=TIMES,
        per_member_a_day=TIMES,
        per_day=TIMES,
        quota=TIMES,
        budget_fen=AMOUNTS,
    ),
)


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    """Mostly in a stage that knows the effect."""
    effect = draw(EFFECTS)
    fitting = FITTING[type(effect)]
    return Rule(
        rule_id=RuleId(draw(st.sampled_from(["a", "b", "c", "d", "staff:x", "points"]))),
        name="规则",
        stage=draw(st.sampled_from([fitting] * 9 + [Stage.TIER_DISCOUNT, Stage.TENDER])),
        effect=effect,
        scope=draw(SCOPES),
        conditions=draw(CONDITIONS),
        basis=draw(st.sampled_from(Basis)),
        minimum_quantity=draw(st.sampled_from([0, 0, 1, 200_000])),
        minimum_fen=draw(st.sampled_from([0, 0, 1_000])),
        priority=draw(st.integers(-1, 1)),
        group=draw(st.sampled_from(["", "", "g"])),
        combination=draw(st.sampled_from(Combination)),
        limits=draw(LIMITS),
        points_allowed=draw(st.booleans()),
        retest_on_refund=draw(st.booleans()),
    )


FEES = st.builds(
    FeeRule,
    rule_id=st.sampled_from([RuleId("f"), RuleId("g")]),
    name=st.just("费"),
    kind=st.sampled_from(FeeKind),
    amount_fen=AMOUNTS,
    measure=st.sampled_from(FeeMeasure),
    rate_basis_points=RATES,
    basis=st.sampled_from(Basis),
    free_from_fen=st.one_of(st.none(), AMOUNTS),
    scope=SCOPES,
    conditions=CONDITIONS,
    tax_basis_points=RATES,
)
POINTS = st.builds(
    PointsRule,
    value_fen=st.sampled_from([1, 10_000]),
    step=st.sampled_from([1, 100, 100_000]),
    cap_basis_points=RATES,
    scope=SCOPES,
)
REWARD = Reward(
    reward_id=RewardId("fish"), name="鱼", gives=DishReward(item_id=ItemId("fish")), points=10
)
LOYALTY = LoyaltyTerms(
    tiers=TierTerms(tiers=(Tier(tier_id=TierId("gold"), name="金卡", rank=1),)), rewards=(REWARD,)
)
BOOKS = st.builds(
    RuleBook,
    rules=st.lists(rules(), max_size=3).map(tuple),
    coupons_per_order=st.integers(0, 2),
    points=POINTS,
    fees=st.lists(FEES, max_size=2).map(tuple),
    rounding=st.one_of(
        st.none(),
        st.builds(
            Rounding,
            step_fen=st.sampled_from(RoundingStep),
            mode=st.sampled_from(RoundingMode),
            conditions=CONDITIONS,
        ),
    ),
    loyalty=st.just(LOYALTY),
)

SCANS = st.tuples(
    st.sampled_from(MENU),
    st.sampled_from([1, 1, 2, 7, 999]),
    st.sampled_from([1, 333, 1_000_000]),
    st.sampled_from([(), (MORE,), (LESS, MORE)]),
)
STAFF = st.builds(
    StaffDiscount,
    kind=st.sampled_from(StaffDiscountKind),
    value=st.sampled_from([0, 1, 5_000, 20_000]),
    line=st.integers(0, 3),
    reason=st.just("理由"),
)


@st.composite
def baskets(draw: st.DrawFn) -> Basket:
    """What a till lets in: dishes with options and weights, coupons of any rule, discounts."""
    coupons = draw(st.lists(rules(), max_size=2))
    basket = Basket(
        coupons=tuple(_coupon(rule, number) for number, rule in enumerate(coupons)),
        points_wanted=draw(st.sampled_from([-1, 0, 1, 550, LARGEST_AMOUNT_FEN])),
        rewards=(REWARD.reward_id,) if draw(st.booleans()) else (),
        staff_discounts=tuple(draw(st.lists(STAFF, max_size=2))),
        waived_fees=frozenset(draw(st.sets(st.sampled_from([RuleId("f"), RuleId("g")])))),
        order_type=draw(st.sampled_from(OrderType)),
        channel=draw(st.sampled_from(Channel)),
        guest_count=draw(st.sampled_from([0, 2, 1_000])),
        tip_fen=draw(st.sampled_from([0, 500])),
    )
    for dish, quantity, grams, options in draw(st.lists(SCANS, max_size=5)):
        try:
            basket = add_item(
                basket,
                dish,
                1 if dish.by_weight else quantity,
                weight_grams=grams if dish.by_weight else 0,
                options=options,
            )
        except TillfoldError:  # one line holds 999 of a dish
            continue
    return basket


def _coupon(rule: Rule, number: int) -> CouponTerms:
    return CouponTerms(
        coupon_id=CouponId(f"coupon-{number}"),
        code=f"CODE{number}",
        rule=msgspec.structs.replace(rule, name="券"),
        valid_from_ms=0,
        valid_until_ms=1 << 46,
    )


GUESTS = st.one_of(
    st.none(),
    st.builds(
        Guest,
        member_id=st.just(MemberId("m")),
        points_spendable=st.sampled_from([-5, 0, 99, 100, 1_000_000]),
        points=st.sampled_from([0, 1_000_000]),
        tier_id=st.sampled_from([None, TierId("gold")]),
        birthday=st.sampled_from(["", "1992-02-29", "1990-11-21"]),
        first_order=st.booleans(),
    ),
)
USES = st.builds(RuleUses, total=st.integers(0, 3), total_fen=AMOUNTS, today=st.integers(0, 3))


@st.composite
def questions(draw: st.DrawFn, book: RuleBook) -> Question:
    return Question(
        book=book,
        moment=moment_at(draw(st.integers(1_795_190_400_000, 1_795_363_200_000)), 480),
        store=StoreId("A"),
        guest=draw(GUESTS),
        uses={RuleId("a"): draw(USES), RuleId("b"): draw(USES)},
    )
