"""What holds for every order and every set of item offers."""

from collections import Counter, defaultdict
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from domain.conditions import EVERYTHING, Scope
from domain.offers import (
    Bundle,
    BuyAndGet,
    Combination,
    Exchange,
    Limits,
    Part,
)
from domain.pricing.candidates import Offer
from domain.pricing.state import Working
from tests.domain.pricing.offers_at_work import (
    basket_of,
    coupon_of,
    named,
    offer_of,
    rule_of,
    unused,
    used,
    with_item_offers,
)
from tests.domain.pricing.orders import renumbered
from tests.domain.pricing.units_one_by_one import answer_of, units_of

# Few prices and few dishes: ties and overlaps are where offers could go wrong.
NAMES = ["ta", "tb", "sa", "sb"]
# Two lines alike but for the price are the same dish twice.
dishes = st.lists(
    st.tuples(st.sampled_from(NAMES), st.sampled_from([0, 1, 3, 10, 10, 25]), st.integers(1, 3)),
    max_size=4,
    unique_by=lambda dish: (dish[0], dish[1]),
)
scopes = st.sampled_from(
    [
        EVERYTHING,
        named("ta"),
        named("ta", "tb"),
        named("tb", "sa"),
        Scope(categories=("t",)),
        Scope(categories=("s",), excluded_items=named("sb").items),
    ]
)
rates = st.sampled_from([10_000, 5_000, 3_333])
buy_and_get = st.builds(
    BuyAndGet,
    buy=st.integers(1, 3),
    get=st.integers(1, 2),
    off_basis_points=rates,
    gets=st.none() | scopes,
)
bundles = st.builds(
    Bundle,
    parts=st.lists(
        st.builds(Part, scope=scopes, quantity=st.integers(1, 2)), min_size=1, max_size=3
    ).map(tuple),
    price_fen=st.sampled_from([0, 1, 20, 40]),
)
exchanges = st.builds(Exchange, quantity=st.integers(1, 2), price_fen=st.sampled_from([0, 1, 10]))


class Words(NamedTuple):
    effect: BuyAndGet | Bundle | Exchange
    scope: Scope
    priority: int
    per_order: int
    budget_fen: int | None


words = st.builds(
    Words,
    buy_and_get | bundles | exchanges,
    scopes,
    st.integers(-1, 1),
    st.sampled_from([0, 0, 1, 2]),
    st.sampled_from([None, None, 5, 30]),
)


def _offers(found: list[Words]) -> list[Offer]:
    return [
        offer_of(
            rule_of(
                f"r{place}",
                one.effect,
                one.scope,
                priority=one.priority,
                limits=Limits(per_order=one.per_order),
            ),
            budget_left_fen=one.budget_fen,
        )
        for place, one in enumerate(found)
    ]


offers = st.lists(words, max_size=4).map(_offers)


@given(dishes, offers)
def test_counting_by_line_agrees_with_every_unit_by_itself(
    dishes: list[tuple[str, int, int]], offers: list[Offer]
) -> None:
    basket = basket_of(dishes)
    before = with_item_offers(basket, [])
    expected = answer_of(units_of(before), offers)
    working = with_item_offers(basket, offers)
    assert list(used(working)) == list(expected)
    used_up: Counter[int] = Counter()
    for rule_id, (times, units, savings_fen) in expected.items():
        assert used(working)[rule_id] == (sum(savings_fen.values()), times)
        assert _savings_by_line(working, rule_id) == savings_fen
        used_up.update(units)
    assert [place.quantity - place.free_units for place in working.places] == [
        used_up[line] for line in range(len(working.places))
    ]


def _savings_by_line(working: Working, rule_id: str) -> dict[int, int]:
    line_of = {place.number: line for line, place in enumerate(working.places)}
    return {
        line_of[share.line]: share.saving_fen
        for share in working.shares
        if share.rule_id == rule_id
    }


combinations = st.sampled_from(
    [Combination.NORMAL, Combination.NORMAL, Combination.ALWAYS, Combination.ALONE_IN_STAGE]
)


def _mixed(found: list[tuple[Words, Combination, str, bool]]) -> list[Offer]:
    mixed = []
    for place, (one, combination, group, is_coupon) in enumerate(found):
        rule = rule_of(f"r{place}", one.effect, one.scope, combination=combination, group=group)
        mixed.append(coupon_of(rule) if is_coupon else offer_of(rule))
    return mixed


mixed_offers = st.lists(
    st.tuples(words, combinations, st.sampled_from(["", "", "g"]), st.booleans()), max_size=6
).map(_mixed)
coupon_limits = st.integers(0, 2)


@given(dishes, mixed_offers, coupon_limits)
def test_no_unit_is_used_twice_and_no_line_falls_below_zero(
    dishes: list[tuple[str, int, int]], offers: list[Offer], at_most: int
) -> None:
    working = with_item_offers(basket_of(dishes), offers, at_most_coupons=at_most)
    units: defaultdict[int, int] = defaultdict(int)
    for share in working.shares:
        assert share.units > 0
        assert share.saving_fen > 0
        units[share.line] += share.units
    for place in working.places:
        assert 0 <= place.free_units <= place.quantity - units[place.number]
        assert place.left_fen >= 0


@given(dishes, mixed_offers, coupon_limits)
def test_shares_sum_to_savings_and_every_offer_is_used_or_explained(
    dishes: list[tuple[str, int, int]], offers: list[Offer], at_most: int
) -> None:
    working = with_item_offers(basket_of(dishes), offers, at_most_coupons=at_most)
    for rule in working.used:
        shares = [share for share in working.shares if share.rule_id == rule.rule_id]
        assert sum(share.saving_fen for share in shares) == rule.saving_fen > 0
    assert sorted([*used(working), *unused(working)]) == sorted(
        offer.rule.rule_id for offer in offers
    )


@given(dishes, mixed_offers, coupon_limits)
def test_groups_coupons_and_flags_are_kept(
    dishes: list[tuple[str, int, int]], offers: list[Offer], at_most: int
) -> None:
    working = with_item_offers(basket_of(dishes), offers, at_most_coupons=at_most)
    chosen = [
        offer
        for offer in offers
        if offer.rule.rule_id in used(working) and offer.rule.combination is not Combination.ALWAYS
    ]
    assert sum(offer.coupon_id is not None for offer in chosen) <= at_most
    assert sum(offer.rule.group == "g" for offer in chosen) <= 1
    if any(offer.rule.combination is Combination.ALONE_IN_STAGE for offer in chosen):
        assert len(chosen) == 1


@given(dishes, mixed_offers, coupon_limits, st.randoms(use_true_random=False))
def test_neither_the_order_of_scanning_nor_of_offers_matters(
    dishes: list[tuple[str, int, int]], offers: list[Offer], at_most: int, chance: object
) -> None:
    basket = basket_of(dishes)
    places = list(range(len(basket.lines)))
    chance.shuffle(places)  # type: ignore[attr-defined]
    forwards = with_item_offers(basket, offers, at_most_coupons=at_most)
    backwards = with_item_offers(renumbered(basket, places), offers[::-1], at_most_coupons=at_most)
    assert used(forwards) == used(backwards)
    assert unused(forwards) == unused(backwards)
    assert _by_dish(forwards) == _by_dish(backwards)


def _by_dish(working: Working) -> list[tuple[str, int, int, int]]:
    return [
        (place.item_id, place.line.unit_price_fen, place.left_fen, place.free_units)
        for place in working.places
    ]


@given(dishes, mixed_offers, coupon_limits)
def test_an_offer_that_cannot_be_used_changes_nothing(
    dishes: list[tuple[str, int, int]], offers: list[Offer], at_most: int
) -> None:
    basket = basket_of(dishes)
    for effect in (
        BuyAndGet(buy=1),
        Exchange(),
        Bundle(parts=(Part(scope=named("xx")),), price_fen=0),
    ):
        idle = offer_of(rule_of("a", effect, named("xx"), combination=Combination.ALONE_IN_STAGE))
        alone = with_item_offers(basket, offers, at_most_coupons=at_most)
        beside = with_item_offers(basket, [idle, *offers], at_most_coupons=at_most)
        assert (used(alone), alone.shares) == (used(beside), beside.shares)
        assert unused(beside) == {**unused(alone), "a": "no_item"}


@given(dishes, offers, st.integers(0, 3))
def test_more_of_a_dish_never_saves_less_with_one_offer(
    dishes: list[tuple[str, int, int]], offers: list[Offer], place: int
) -> None:
    basket = basket_of(dishes)
    more = basket_of([*dishes, ("zz", 10, 1)])
    for offer in offers:
        if offer.budget_left_fen is None:
            saving_fen = sum(fen for fen, _ in used(with_item_offers(basket, [offer])).values())
            with_more_fen = sum(fen for fen, _ in used(with_item_offers(more, [offer])).values())
            assert saving_fen <= with_more_fen
