"""A closed sale priced again: an honest one never differs, a wrong one does."""

import msgspec
import pytest
from hypothesis import given

from domain.cases.repriced import PriceDifference
from domain.conditions import Conditions
from domain.identifiers import CouponId, ItemId, StoreId
from domain.menu import MenuItem, Modifier, ModifierGroup
from domain.offers import amount_off
from domain.orders import ChosenOption, Sale
from domain.pricing.basket import Basket, add_item
from domain.pricing.price import price
from domain.pricing.question import Question
from domain.pricing.recheck import Published, differences_of
from domain.rulebook import RuleBook
from tests.domain.pricing.sales import closed
from tests.domain.pricing.sheets import Case
from tests.domain.pricing.strategies import Order, examples, orders
from tests.domain.pricing.test_carts import EVERY_CASE


def menu_of(basket: Basket) -> dict[ItemId, MenuItem]:
    """A menu with these dishes and their options; of two prices of a dish the first."""
    dishes: dict[ItemId, MenuItem] = {}
    for line in basket.lines:
        options = tuple(
            Modifier(
                modifier_id=option.modifier_id or option.name,
                name=option.name,
                price_fen=option.price_fen,
            )
            for option in line.options
        )
        groups = (ModifierGroup(name="加料", options=options),) if options else ()
        held = dishes.get(line.item_id)
        dishes[line.item_id] = MenuItem(
            item_id=line.item_id,
            name=line.name,
            category=line.category,
            unit_price_fen=line.unit_price_fen,
            by_weight=bool(line.weight_grams),
            tax_basis_points=line.tax_basis_points,
            modifier_groups=(*(held.modifier_groups if held else ()), *groups),
        )
    return dishes


def with_named_options(basket: Basket) -> Basket:
    """Options of the tests have no id; those of a menu do."""
    lines = tuple(
        msgspec.structs.replace(
            line,
            options=tuple(
                msgspec.structs.replace(option, modifier_id=option.modifier_id or option.name)
                for option in line.options
            ),
        )
        for line in basket.lines
    )
    return msgspec.structs.replace(basket, lines=lines)


def found_in(basket: Basket, question: Question) -> tuple[PriceDifference, ...]:
    basket = with_named_options(basket)
    sale = closed(price(basket, question), basket, question)
    published = Published(
        dishes=menu_of(basket),
        book=question.book,
        coupons={terms.coupon_id: terms for terms in basket.coupons},
    )
    return differences_of(sale, published, store=question.store)[0]


@examples
@given(orders)
def test_an_honest_sale_never_differs(asked: Order) -> None:
    assert found_in(*asked) == ()


@pytest.mark.parametrize("case", EVERY_CASE)
def test_no_cart_of_the_sheets_differs(case: Case) -> None:
    assert found_in(case.basket, case.question) == ()


DISH = MenuItem(
    item_id=ItemId("tea"),
    name="奶茶",
    category="饮品",
    unit_price_fen=1_500,
    tax_basis_points=600,
    modifier_groups=(
        ModifierGroup(
            name="加料", options=(Modifier(modifier_id="pearl", name="珍珠", price_fen=200),)
        ),
    ),
)
PEARL = ChosenOption(name="珍珠", price_fen=200, modifier_id="pearl")
BOOK = RuleBook(rules=(amount_off("o1", "满30减5", from_fen=3_000, saving_fen=500),))


def sold(dish: MenuItem = DISH, book: RuleBook = BOOK, pearl: ChosenOption = PEARL) -> Sale:
    """Two cups of tea with pearls, at 3,400 less the offer."""
    basket, question = add_item(Basket(), dish, 2, options=(pearl,)), Question(book=book)
    return closed(price(basket, question), basket, question)


def differences(sale: Sale, book: RuleBook = BOOK) -> tuple[list[tuple[str, int, int]], int]:
    published = Published(dishes={DISH.item_id: DISH}, book=book, coupons={})
    found, right_fen = differences_of(sale, published, store=StoreId("A"))
    return [(one.what, one.said, one.expected) for one in found], right_fen


def test_what_is_priced_as_published_does_not_differ() -> None:
    assert differences(sold()) == ([], 2_900)


def test_another_price_of_a_dish_is_told_with_the_total_it_should_have_been() -> None:
    cheap = msgspec.structs.replace(DISH, unit_price_fen=1_400)
    assert differences(sold(cheap)) == (
        [("unit_price", 1_400, 1_500), ("total", 2_700, 2_900)],
        2_900,
    )


def test_another_price_of_an_option_is_told() -> None:
    free = msgspec.structs.replace(PEARL, price_fen=0)
    found, _ = differences(sold(pearl=free))
    assert found == [("option_price", 0, 200), ("total", 2_500, 2_900)]


def test_another_tax_rate_is_told_without_another_total() -> None:
    taxed = msgspec.structs.replace(DISH, tax_basis_points=900)
    assert differences(sold(taxed)) == ([("tax_rate", 900, 600)], 2_900)


def test_a_rule_that_saved_more_than_it_says_is_told() -> None:
    generous = RuleBook(rules=(amount_off("o1", "满30减5", from_fen=3_000, saving_fen=800),))
    assert differences(sold(book=generous)) == ([("total", 2_600, 2_900)], 2_900)


def test_a_rule_that_nobody_published_is_told() -> None:
    invented = RuleBook(rules=(amount_off("o9", "无中生有", from_fen=0, saving_fen=800),))
    assert differences(sold(book=invented)) == (
        [("rule_unknown", 800, 0), ("total", 2_600, 3_400)],
        3_400,
    )


def test_a_rule_of_another_store_or_for_members_alone_gives_no_saving() -> None:
    (rule,) = BOOK.rules
    for conditions in (Conditions(stores=(StoreId("B"),)), Conditions(member=True)):
        narrow = msgspec.structs.replace(rule, conditions=conditions)
        assert differences(sold(), RuleBook(rules=(narrow,)))[0] == [("total", 2_900, 3_400)]


def test_a_dish_that_is_not_on_the_menu_is_told_and_its_total_left_alone() -> None:
    other = msgspec.structs.replace(DISH, item_id=ItemId("cola"))
    assert differences(sold(other)) == ([("dish_unknown", 1_500, 0)], 2_900)


def test_a_total_with_a_coupon_whose_terms_are_unknown_is_left_alone() -> None:
    sale = msgspec.structs.replace(sold(), coupon_ids=(CouponId("c1"),), total_fen=1)
    assert differences(sale) == ([], 1)
