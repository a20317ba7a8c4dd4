"""S1 by itself: what it does to the lines, and what of it holds for every order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.conditions import Scope
from domain.fees import StaffDiscount, StaffDiscountKind
from domain.identifiers import ItemId
from domain.menu import MenuItem
from domain.money import BASIS_POINTS, divide_half_up
from domain.offers import BuyAndGet, Combination, Limits, NewPrice, Rule
from domain.orders import Stage
from domain.pricing.basket import Basket, add_item
from domain.pricing.candidates import Offer
from domain.pricing.price_replacement import price_replacement_stage
from domain.pricing.question import Question
from domain.pricing.staff_discounts import staff_line_stage
from domain.pricing.state import Working
from domain.reasons import Reason
from tests.domain.pricing.offers_at_work import (
    at_new_prices,
    basket_of,
    named,
    offer_of,
    rule_of,
    unused,
    used,
)

TEA_AT_9 = rule_of("tea9", NewPrice(prices={ItemId("tea"): 900}))


def test_a_line_with_a_new_price_is_marked_and_has_a_share_without_units() -> None:
    working = at_new_prices(basket_of([("tea", 1000, 2), ("rice", 300, 1)]), [offer_of(TEA_AT_9)])
    assert [(place.item_id, place.replaced) for place in working.places] == [
        ("rice", False),
        ("tea", True),
    ]
    (share,) = working.shares
    assert (share.line, share.stage, share.base_fen, share.saving_fen, share.units) == (
        1,
        Stage.PRICE_REPLACEMENT,
        2000,
        200,
        0,
    )
    assert all(place.free_units == place.quantity for place in working.places)


@pytest.mark.parametrize("allowed", [True, False])
def test_a_price_rule_without_points_bars_them_only_when_it_is_used(allowed: bool) -> None:
    rule = rule_of("tea9", NewPrice(prices={ItemId("tea"): 900}), points_allowed=allowed)
    assert (
        at_new_prices(basket_of([("tea", 1000, 1)]), [offer_of(rule)]).points_barred is not allowed
    )
    assert not at_new_prices(basket_of([("tea", 900, 1)]), [offer_of(rule)]).points_barred


def test_no_rules_change_nothing() -> None:
    working = at_new_prices(basket_of([("tea", 1000, 1)]), [])
    assert (working.used, working.unused, working.total_fen) == ([], [], 1000)


def test_a_rule_whose_effect_the_stage_does_not_know_does_nothing() -> None:
    strange = rule_of("strange", BuyAndGet(buy=1), stage=Stage.PRICE_REPLACEMENT)
    working = at_new_prices(basket_of([("tea", 1000, 2)]), [offer_of(strange)])
    assert unused(working) == {"strange": "no_item"}


def test_used_rules_stand_in_their_turn() -> None:
    rules = [
        rule_of("b", NewPrice(prices={ItemId("tea"): 900})),
        rule_of("c", NewPrice(prices={ItemId("rice"): 200}), priority=-1),
        rule_of("a", NewPrice(prices={ItemId("soup"): 200})),
    ]
    basket = basket_of([("tea", 1000, 1), ("rice", 300, 1), ("soup", 300, 1)])
    assert list(used(at_new_prices(basket, [offer_of(rule) for rule in rules]))) == ["c", "a", "b"]


def test_the_best_of_a_group_ties_by_priority_then_id() -> None:
    basket = basket_of([("tea", 1000, 1), ("rice", 1000, 1)])

    def rule(rule_id: str, dish: str, priority: int = 0) -> Rule:
        effect = NewPrice(prices={ItemId(dish): 900})
        return rule_of(rule_id, effect, group="g", priority=priority)

    first = [offer_of(rule("a", "tea")), offer_of(rule("b", "rice"))]
    assert used(at_new_prices(basket, first)) == {"a": (100, 1)}
    second = [offer_of(rule("a", "tea")), offer_of(rule("b", "rice", -1))]
    assert used(at_new_prices(basket, second)) == {"b": (100, 1)}


def test_two_groups_do_not_exclude_each_other() -> None:
    basket = basket_of([("tea", 1000, 1), ("rice", 1000, 1)])
    rules = [
        rule_of("a", NewPrice(prices={ItemId("tea"): 900}), group="one"),
        rule_of("b", NewPrice(prices={ItemId("rice"): 900}), group="two"),
    ]
    assert set(used(at_new_prices(basket, [offer_of(rule) for rule in rules]))) == {"a", "b"}


def test_of_two_that_go_alone_the_better_one_is_used() -> None:
    basket = basket_of([("tea", 1000, 1)])
    rules = [
        rule_of(
            f"at{fen}",
            NewPrice(prices={ItemId("tea"): fen}),
            combination=Combination.ALONE_IN_STAGE,
        )
        for fen in (900, 800)
    ]
    working = at_new_prices(basket, [offer_of(rule) for rule in rules])
    assert (used(working), unused(working)) == ({"at800": (200, 1)}, {"at900": "outweighed"})


def test_a_rule_that_goes_alone_in_the_order_is_ordinary_here() -> None:
    rule = rule_of(
        "x", NewPrice(prices={ItemId("tea"): 900}), combination=Combination.ALONE_IN_ORDER
    )
    assert used(at_new_prices(basket_of([("tea", 1000, 1)]), [offer_of(rule)])) == {"x": (100, 1)}


def test_a_rule_that_loses_some_lines_has_shares_of_the_others_only() -> None:
    rules = [
        rule_of("all", NewPrice(off_basis_points=1000)),
        rule_of("tea", NewPrice(prices={ItemId("tea"): 500})),
    ]
    basket = basket_of([("tea", 1000, 1), ("rice", 300, 2)])
    working = at_new_prices(basket, [offer_of(rule) for rule in rules])
    assert used(working) == {"all": (60, 1), "tea": (500, 1)}
    assert [place.left_fen for place in working.places] == [540, 500]


def test_the_budget_is_measured_on_all_lines_that_would_cost_less() -> None:
    rules = [
        rule_of("all", NewPrice(off_basis_points=1000), limits=Limits(budget_fen=159)),
        rule_of("tea", NewPrice(prices={ItemId("tea"): 500})),
    ]
    basket = basket_of([("tea", 1000, 1), ("rice", 300, 2)])
    offers = [offer_of(rules[0], budget_left_fen=159), offer_of(rules[1])]
    assert unused(at_new_prices(basket, offers)) == {"all": Reason.BUDGET_USED_UP}


def test_lines_under_a_staff_discount_keep_their_list_price() -> None:
    basket = Basket(
        lines=basket_of([("tea", 1000, 1), ("tea2", 1000, 1)]).lines,
        staff_discounts=(
            StaffDiscount(kind=StaffDiscountKind.AMOUNT, value=10, line=1, reason="friend"),
        ),
    )
    working = Working(basket, Question())
    staff_line_stage(working)
    price_replacement_stage(working, [offer_of(rule_of("half", NewPrice(off_basis_points=5000)))])
    assert [place.left_fen for place in working.places] == [990, 500]


@pytest.mark.parametrize(
    ("scope", "reason"), [(named("tea", "rice"), "replaced_by_staff"), (named("rice"), "no_item")]
)
def test_a_price_for_a_line_with_a_staff_discount_is_replaced_only_inside_the_scope(
    scope: Scope, reason: str
) -> None:
    basket = Basket(
        lines=basket_of([("tea", 1000, 1), ("rice", 300, 1)]).lines,
        staff_discounts=(
            StaffDiscount(kind=StaffDiscountKind.AMOUNT, value=10, line=1, reason="friend"),
        ),
    )
    working = Working(basket, Question())
    staff_line_stage(working)
    rule = rule_of("tea9", NewPrice(prices={ItemId("tea"): 900}), scope)
    price_replacement_stage(working, [offer_of(rule)])
    assert unused(working) == {"tea9": reason}


def test_one_rule_without_points_is_enough_to_bar_them() -> None:
    rules = [
        rule_of("a", NewPrice(prices={ItemId("tea"): 900}), points_allowed=False),
        rule_of("b", NewPrice(prices={ItemId("rice"): 200})),
    ]
    basket = basket_of([("tea", 1000, 1), ("rice", 300, 1)])
    assert at_new_prices(basket, [offer_of(rule) for rule in rules]).points_barred


dishes = st.lists(
    st.tuples(
        st.sampled_from(["tea", "toast", "rice"]),
        st.sampled_from([0, 1, 3, 333, 1000]),
        st.integers(1, 5),
    ),
    max_size=4,
    unique_by=lambda dish: (dish[0], dish[1]),
)
prices = st.dictionaries(
    st.sampled_from(["tea", "toast", "rice"]).map(ItemId),
    st.sampled_from([0, 1, 2, 300, 500, 2000]),
)
effects = st.builds(NewPrice, prices=prices, off_basis_points=st.sampled_from([0, 1, 5000, 10000]))
rules = st.lists(
    st.builds(
        lambda effect, scope, priority: (effect, scope, priority),
        effects,
        st.sampled_from([named(), named("tea"), named("tea", "rice")]),
        st.integers(-1, 1),
    ),
    max_size=5,
).map(
    lambda found: [
        rule_of(f"r{place}", effect, scope, priority=priority)
        for place, (effect, scope, priority) in enumerate(found)
    ]
)


def _lowest_fen(rules: list[Rule], item_id: ItemId, unit_price_fen: int) -> int:
    """The lowest price that any rule has for a dish, looked up the long way."""
    found = [unit_price_fen]
    for rule in rules:
        effect = rule.effect
        assert isinstance(effect, NewPrice)
        if rule.scope.holds(item_id, item_id[0]):
            kept = BASIS_POINTS - effect.off_basis_points
            rated = divide_half_up(unit_price_fen * kept, BASIS_POINTS)
            found.append(effect.prices.get(item_id, rated))
    return min(found)


@given(dishes, rules)
def test_every_unit_costs_the_lowest_price_and_every_rule_is_explained_once(
    dishes: list[tuple[str, int, int]], rules: list[Rule]
) -> None:
    working = at_new_prices(basket_of(dishes), [offer_of(rule) for rule in rules])
    for place in working.places:
        lowest_fen = _lowest_fen(rules, place.item_id, place.line.unit_price_fen)
        assert place.left_fen == lowest_fen * place.quantity
        assert place.replaced is (lowest_fen < place.line.unit_price_fen)
    assert sum(rule.saving_fen for rule in working.used) == sum(
        share.saving_fen for share in working.shares
    )
    assert all(rule.saving_fen > 0 for rule in working.used)
    assert sorted([*used(working), *unused(working)]) == sorted(rule.rule_id for rule in rules)


@given(dishes, rules)
def test_the_order_of_rules_changes_nothing(
    dishes: list[tuple[str, int, int]], rules: list[Rule]
) -> None:
    def priced(offers: list[Offer]) -> tuple[object, ...]:
        working = at_new_prices(basket_of(dishes), offers)
        return working.used, working.shares, unused(working)

    offers = [offer_of(rule) for rule in rules]
    assert priced(offers) == priced(offers[::-1])


@given(st.integers(1, 2000), st.integers(0, 12_800), st.integers(0, 12_800))
def test_a_weighing_costs_what_it_would_cost_at_the_lower_price_a_kilogram(
    grams: int, list_fen: int, new_fen: int
) -> None:
    def weighed(price_fen: int) -> Basket:
        item = MenuItem(
            item_id=ItemId("crab"),
            name="crab",
            category="c",
            unit_price_fen=price_fen,
            by_weight=True,
        )
        return add_item(Basket(), item, weight_grams=grams)

    offer = offer_of(rule_of("new", NewPrice(prices={ItemId("crab"): new_fen})))
    working = at_new_prices(weighed(list_fen), [offer])
    cheapest = min(weighed(price_fen).lines[0].list_fen for price_fen in (list_fen, new_fen))
    assert working.total_fen == cheapest
