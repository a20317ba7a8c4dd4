"""S2 by itself: what it does to lines, units and coupons. Amounts: carts/item_offers.toml."""

import pytest

from domain.conditions import Scope
from domain.menu import MenuItem
from domain.offers import Bundle, BuyAndGet, Combination, Exchange, Limits, NewPrice, Part, Rule
from domain.orders import LARGEST_TIMES, Share, Stage
from domain.pricing.basket import Basket, add_item
from domain.pricing.item_offers import item_offer_stage
from domain.pricing.price_replacement import price_replacement_stage
from domain.pricing.question import Question
from domain.pricing.state import Label, Saving, Taken, Working
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

TEA = ("tea", 1000, 3)
SOUP = ("soup", 800, 2)


def free_units(working: Working) -> dict[str, int]:
    return {place.item_id: place.free_units for place in working.places}


def test_bought_units_are_used_up_but_carry_no_share() -> None:
    rule = rule_of("soup brings tea", BuyAndGet(buy=2, gets=named("tea")), named("soup"))
    working = with_item_offers(basket_of([TEA, SOUP]), [offer_of(rule)])
    assert working.shares == [
        Share(
            line=1,
            rule_id=rule.rule_id,
            stage=Stage.ITEM_OFFER,
            base_fen=3000,
            saving_fen=1000,
            units=1,
        )
    ]
    assert free_units(working) == {"soup": 0, "tea": 2}


def test_bought_and_got_units_of_one_line_stand_in_one_share() -> None:
    working = with_item_offers(
        basket_of([TEA]), [offer_of(rule_of("third", BuyAndGet(buy=2), named("tea")))]
    )
    assert [(share.saving_fen, share.units) for share in working.shares] == [(1000, 3)]
    assert free_units(working) == {"tea": 0}


def test_no_offers_use_no_coupon() -> None:
    working = Working(basket_of([TEA]), Question())
    assert item_offer_stage(working, [], at_most_coupons=1) == 0
    assert (working.total_fen, working.used, working.unused) == (3000, [], [])


@pytest.mark.parametrize("allowed", [True, False])
def test_an_offer_without_points_bars_them_only_when_it_is_used(allowed: bool) -> None:
    rule = rule_of("third", BuyAndGet(buy=2), named("tea"), points_allowed=allowed)
    assert with_item_offers(basket_of([TEA]), [offer_of(rule)]).points_barred is not allowed
    assert not with_item_offers(basket_of([SOUP]), [offer_of(rule)]).points_barred


def coupon(rule_id: str, dish: str, **fields: object) -> Rule:
    return rule_of(rule_id, Exchange(), named(dish), **fields)


def test_the_coupons_used_are_named_and_counted() -> None:
    working = Working(basket_of([TEA, SOUP]), Question())
    offers = [coupon_of(coupon("t", "tea")), coupon_of(coupon("s", "soup"))]
    assert item_offer_stage(working, offers, at_most_coupons=2) == 2
    assert working.coupon_ids == ["t", "s"]


def test_a_coupon_that_is_used_always_takes_none_of_those_allowed() -> None:
    working = Working(basket_of([TEA, SOUP]), Question())
    offers = [
        coupon_of(coupon("t", "tea", combination=Combination.ALWAYS)),
        coupon_of(coupon("s", "soup")),
    ]
    assert item_offer_stage(working, offers, at_most_coupons=1) == 1
    assert working.coupon_ids == ["t", "s"]


def test_where_no_coupon_is_allowed_only_rules_are_used() -> None:
    alone = coupon_of(coupon("a", "tea", combination=Combination.ALONE_IN_STAGE))
    offers = [coupon_of(coupon("t", "tea")), alone, offer_of(coupon("rule", "tea"))]
    working = with_item_offers(basket_of([TEA]), offers, at_most_coupons=0)
    assert used(working) == {"rule": (1000, 1)}
    assert unused(working) == {"a": "coupon_limit_reached", "t": "coupon_limit_reached"}


def test_a_coupon_whose_units_are_gone_says_so_before_the_limit() -> None:
    offers = [coupon_of(coupon("t", "tea")), offer_of(coupon("rule", "tea", priority=-1))]
    working = with_item_offers(basket_of([("tea", 1000, 1)]), offers, at_most_coupons=1)
    assert unused(working) == {"t": "units_used_up"}


def test_an_offer_whose_units_went_to_one_that_is_used_always_says_so() -> None:
    always = offer_of(coupon("always", "tea", combination=Combination.ALWAYS))
    alone = offer_of(coupon("alone", "tea", combination=Combination.ALONE_IN_STAGE))
    coupon_offer = coupon_of(coupon("c", "tea"))
    basket = basket_of([("tea", 1000, 1)])
    working = with_item_offers(basket, [always, alone, coupon_offer], at_most_coupons=0)
    assert unused(working) == {"alone": "units_used_up", "c": "units_used_up"}


def test_groups_do_not_touch_what_is_used_always() -> None:
    always = [
        offer_of(coupon(dish, dish, combination=Combination.ALWAYS, group="g"))
        for dish in ("tea", "soup")
    ]
    ordinary = offer_of(rule_of("two", BuyAndGet(buy=1), named("tea"), group="g"))
    working = with_item_offers(basket_of([TEA, SOUP]), [*always, ordinary])
    assert used(working) == {"tea": (1000, 1), "soup": (800, 1), "two": (1000, 1)}


def test_two_groups_do_not_exclude_each_other() -> None:
    offers = [offer_of(coupon(dish, dish, group=dish)) for dish in ("tea", "soup")]
    assert set(used(with_item_offers(basket_of([TEA, SOUP]), offers))) == {"tea", "soup"}


def test_the_next_of_a_group_is_used_where_the_best_saves_nothing() -> None:
    offers = [
        offer_of(
            rule_of(
                "bundle",
                Bundle(parts=(Part(scope=named("tea"), quantity=3),), price_fen=3000),
                group="g",
            )
        ),
        offer_of(coupon("tea", "tea", group="g")),
    ]
    working = with_item_offers(basket_of([TEA]), offers)
    assert (used(working), unused(working)) == ({"tea": (1000, 1)}, {"bundle": "not_cheaper"})


def test_a_budget_is_planned_anew_when_dear_units_are_gone() -> None:
    """Alone it takes the unit at 10 and has no room for the next; without that it takes 8 and 7."""
    limits = Limits(per_order=9)
    offers = [
        offer_of(
            rule_of("budget", Exchange(), Scope(categories=("s",)), limits=limits),
            budget_left_fen=15,
        ),
        offer_of(
            rule_of(
                "first",
                Bundle(parts=(Part(scope=named("sa")), Part(scope=named("ta"))), price_fen=0),
            )
        ),
        offer_of(
            rule_of(
                "third",
                Bundle(parts=(Part(scope=named("sb")), Part(scope=named("tb"))), price_fen=0),
            )
        ),
    ]
    basket = basket_of([("sa", 10, 1), ("sb", 8, 1), ("sc", 7, 1), ("ta", 2, 1), ("tb", 3, 1)])
    working = with_item_offers(basket, offers)
    assert used(working) == {"first": (12, 1), "budget": (15, 2)}
    assert unused(working) == {"third": "units_used_up"}


def test_a_unit_costs_what_the_new_price_left_also_where_points_pay_for_others() -> None:
    working = Working(basket_of([("tea", 1000, 4)]), Question())
    new_price = rule_of("new", NewPrice(off_basis_points=1000))
    price_replacement_stage(working, [offer_of(new_price)])
    (place,) = working.places
    by_points = Label(rule_of("points", Exchange()).rule_id, "points", Stage.ITEM_OFFER)
    working.use(by_points, Saving(900, [Taken(place, 900, 1)]))
    third = offer_of(rule_of("third", BuyAndGet(buy=2), named("tea")))
    assert item_offer_stage(working, [third], at_most_coupons=0) == 0
    assert used(working)["third"] == (900, 1)
    assert (place.left_fen, place.free_units) == (1800, 0)


def test_a_coupon_rule_with_a_limit_for_the_order_is_used_so_often() -> None:
    rule = coupon("t", "tea", limits=Limits(per_order=2))
    assert used(with_item_offers(basket_of([TEA]), [coupon_of(rule)])) == {"t": (2000, 2)}


def test_an_effect_that_the_stage_does_not_know_does_nothing() -> None:
    strange = rule_of("strange", NewPrice(off_basis_points=1), stage=Stage.ITEM_OFFER)
    assert unused(with_item_offers(basket_of([TEA]), [offer_of(strange)])) == {"strange": "no_item"}


def test_offers_on_an_empty_order_lack_everything() -> None:
    offers = [
        offer_of(rule_of("third", BuyAndGet(buy=2))),
        offer_of(rule_of("gets", BuyAndGet(buy=2, gets=Scope()))),
        offer_of(rule_of("bundle", Bundle(parts=(Part(scope=Scope(), quantity=2),), price_fen=0))),
        offer_of(rule_of("exchange", Exchange())),
    ]
    working = with_item_offers(Basket(), offers)
    assert {str(one.rule_id): (str(one.reason), one.missing_units) for one in working.unused} == {
        "third": ("quantity_not_met", 3),
        "gets": ("quantity_not_met", 3),
        "bundle": ("no_item", 0),
        "exchange": ("no_item", 0),
    }


@pytest.mark.parametrize(
    ("dishes", "answer"),
    [
        ([("sa", 10, 1)], ("quantity_not_met", 2)),
        ([("sa", 10, 2)], ("gift_not_on_order", 0)),
        ([("sb", 10, 1)], ("quantity_not_met", 2)),
        ([("sb", 10, 2)], ("quantity_not_met", 1)),
        ([("sa", 10, 1), ("sb", 10, 1)], ("quantity_not_met", 1)),
        ([("sb", 10, 1), ("tc", 10, 1)], ("quantity_not_met", 1)),
        ([("tc", 10, 5)], ("no_item", 0)),
    ],
)
def test_what_lacks_to_buy_two_and_get_one_where_scopes_overlap(
    dishes: list[tuple[str, int, int]], answer: tuple[str, int]
) -> None:
    """To buy: sa and sb; to get: sb and tc."""
    rule = rule_of("r", BuyAndGet(buy=2, gets=named("sb", "tc")), named("sa", "sb"))
    (found,) = with_item_offers(basket_of(dishes), [offer_of(rule)]).unused
    assert (found.reason, found.missing_units) == answer


def test_as_often_as_a_sale_can_say_and_not_more() -> None:
    dishes = [(f"d{number}", 2, 999) for number in range(101)]
    rule = rule_of("each", Bundle(parts=(Part(scope=Scope()),), price_fen=1))
    working = with_item_offers(basket_of(dishes), [offer_of(rule)])
    assert used(working) == {"each": (LARGEST_TIMES, LARGEST_TIMES)}


def test_a_hundred_units_in_a_bundle_of_overlapping_parts_move_until_all_sit() -> None:
    """Dear units that fit both parts come first and have to make room for those that fit one."""
    parts = (
        Part(scope=named("sa", "sb"), quantity=50),
        Part(scope=named("sb", "sc"), quantity=50),
    )
    rule = rule_of("all", Bundle(parts=parts, price_fen=0))
    dishes = [("sa", 5, 20), ("sb", 10, 60), ("sc", 1, 20)]
    working = with_item_offers(basket_of(dishes), [offer_of(rule)])
    assert used(working) == {"all": (720, 1)}


def test_one_unit_moves_another_that_moves_a_third() -> None:
    """sb sits where sa could, sc where sb could: for sa both of them move on."""
    parts = tuple(
        Part(scope=named(*names), quantity=2)
        for names in (("sa", "sb"), ("sb", "sc"), ("sc", "sd"))
    )
    rule = rule_of("all", Bundle(parts=parts, price_fen=0))
    dishes = [("sa", 1, 3), ("sb", 10, 2), ("sc", 9, 2)]
    working = with_item_offers(basket_of(dishes), [offer_of(rule)])
    assert used(working) == {"all": (40, 1)}
    assert free_units(working) == {"sa": 1, "sb": 0, "sc": 0}
    (lacking,) = with_item_offers(basket_of(dishes[1:]), [offer_of(rule)]).unused
    assert lacking.missing_units == 2


def bundle_of(*parts: tuple[tuple[str, ...], int]) -> Rule:
    taken = tuple(Part(scope=named(*names), quantity=quantity) for names, quantity in parts)
    return rule_of("all", Bundle(parts=taken, price_fen=0))


def test_a_unit_that_moved_moves_again_and_stands_nowhere_twice() -> None:
    """sb moves on for sa, then for sc; for a second sc there is nobody left to move."""
    parts = ((("sa", "sb"), 1), (("sb", "sc"), 1), (("sb", "sd"), 1))
    one_each = [("sa", 5, 1), ("sb", 10, 1), ("sc", 3, 1)]
    assert used(with_item_offers(basket_of(one_each), [offer_of(bundle_of(*parts))])) == {
        "all": (18, 1)
    }
    larger = bundle_of(*parts[:2], (("sb", "sd"), 2))
    two_sc = [*one_each[:2], ("sc", 3, 2)]
    (lacking,) = with_item_offers(basket_of(two_sc), [offer_of(larger)]).unused
    assert lacking.missing_units == 1


def test_a_unit_moves_on_only_once() -> None:
    rule = bundle_of((("sa", "sb"), 1), (("sb", "sc"), 2))
    working = with_item_offers(basket_of([("sa", 5, 2), ("sb", 10, 1)]), [offer_of(rule)])
    (lacking,) = working.unused
    assert lacking.missing_units == 1


def test_a_unit_that_finds_no_seat_is_left_out_of_the_bundle() -> None:
    rule = bundle_of((("sa", "sb"), 1), (("sb",), 1))
    working = with_item_offers(basket_of([("sa", 10, 2), ("sb", 1, 1)]), [offer_of(rule)])
    assert used(working) == {"all": (11, 1)}
    assert free_units(working) == {"sa": 1, "sb": 0}


def test_one_offer_without_points_is_enough_to_bar_them() -> None:
    offers = [
        offer_of(rule_of("a", Exchange(), named("tea"), points_allowed=False)),
        offer_of(rule_of("b", Exchange(), named("soup"))),
    ]
    assert with_item_offers(basket_of([TEA, SOUP]), offers).points_barred


def test_weighings_fill_the_parts_of_a_bundle_one_each() -> None:
    crab = MenuItem(
        item_id=named("crab").items[0],
        name="crab",
        category="c",
        unit_price_fen=10_000,
        by_weight=True,
    )
    basket = Basket()
    for grams in (100, 300, 200):
        basket = add_item(basket, crab, weight_grams=grams)
    two = Bundle(parts=(Part(scope=named("crab"), quantity=2),), price_fen=4000)
    working = with_item_offers(basket, [offer_of(rule_of("two", two))])
    assert used(working) == {"two": (1000, 1)}
    assert [share.saving_fen for share in working.shares] == [400, 600]
