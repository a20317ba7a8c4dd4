from collections.abc import Callable

import msgspec
import pytest

from domain.errors import ErrorCode, TillfoldError
from domain.identifiers import CouponId, ItemId
from domain.menu import MenuItem
from domain.money import LARGEST_AMOUNT_FEN
from domain.orders import LARGEST_LINE_NUMBER
from domain.pricing.basket import (
    LARGEST_BASKET_LINES,
    Basket,
    add_item,
    lay_coupon,
    set_quantity,
    take_coupon_off,
)
from tests.domain.builders import coupon_terms


def dish(name: str, price_fen: int = 300) -> MenuItem:
    return MenuItem(item_id=ItemId(name), name=name, category="主食", unit_price_fen=price_fen)


def refused(
    action: Callable[[], Basket], code: ErrorCode = ErrorCode.QUANTITY_OUT_OF_RANGE
) -> bool:
    with pytest.raises(TillfoldError) as caught:
        action()
    return caught.value.code is code


def test_the_same_dish_at_the_same_price_adds_to_its_line() -> None:
    basket = add_item(add_item(add_item(Basket(), dish("a")), dish("b")), dish("a"), 2)
    assert [(line.number, line.item_id, line.quantity) for line in basket.lines] == [
        (1, "a", 3),
        (2, "b", 1),
    ]
    assert basket.item_count == 4


def test_the_same_dish_at_a_new_price_is_a_new_line() -> None:
    basket = add_item(add_item(Basket(), dish("a", 300)), dish("a", 350))
    assert [line.list_fen for line in basket.lines] == [300, 350]


def test_a_quantity_of_zero_takes_the_line_off() -> None:
    basket = add_item(add_item(Basket(), dish("a")), dish("b"))
    assert [line.item_id for line in set_quantity(basket, 1, 0).lines] == ["b"]
    assert [line.quantity for line in set_quantity(basket, 2, 999).lines] == [1, 999]
    assert set_quantity(basket, 7, 5) == basket


@pytest.mark.parametrize("quantity", [-1, 1000])
def test_a_quantity_out_of_range_changes_nothing(quantity: int) -> None:
    basket = add_item(Basket(), dish("a"))
    assert refused(lambda: set_quantity(basket, 1, quantity))


@pytest.mark.parametrize("quantity", [-1, 0, 1000])
def test_a_dish_is_added_at_least_once_and_at_most_999_times(quantity: int) -> None:
    assert refused(lambda: add_item(Basket(), dish("a"), quantity))


def test_a_line_that_would_become_too_long_is_refused() -> None:
    basket = add_item(Basket(), dish("a"), 999)
    assert refused(lambda: add_item(basket, dish("a")))


def test_a_basket_has_at_most_200_lines() -> None:
    basket = Basket()
    for number in range(LARGEST_BASKET_LINES):
        basket = add_item(basket, dish(f"d{number}"))
    assert refused(lambda: add_item(basket, dish("one more")), ErrorCode.ORDER_TOO_LARGE)
    assert add_item(basket, dish("d0")).lines[0].quantity == 2


def test_a_bill_beyond_the_largest_amount_is_refused_at_the_counter() -> None:
    basket = add_item(Basket(), dish("a", LARGEST_AMOUNT_FEN))
    assert refused(lambda: add_item(basket, dish("b", 1)), ErrorCode.ORDER_TOO_LARGE)
    assert refused(lambda: set_quantity(basket, 1, 2), ErrorCode.ORDER_TOO_LARGE)


def test_line_numbers_stay_unique_and_within_what_a_sale_can_hold() -> None:
    basket = add_item(Basket(), dish("first"))
    for number in range(2, 2 * LARGEST_LINE_NUMBER):
        basket = add_item(basket, dish(f"d{number}"))
        if len(basket.lines) > 2:
            basket = set_quantity(basket, basket.lines[1].number, 0)
        numbers = [line.number for line in basket.lines]
        assert len(numbers) == len(set(numbers))
        assert max(numbers) <= LARGEST_LINE_NUMBER


def test_a_coupon_lies_on_the_order_once_and_can_be_taken_off() -> None:
    terms = coupon_terms("c1")
    basket = lay_coupon(lay_coupon(Basket(), terms), msgspec.structs.replace(terms, code="CODE-X"))
    assert basket.coupons == (terms,)
    assert take_coupon_off(basket, CouponId("c2")) == basket
    assert take_coupon_off(basket, CouponId("c1")) == Basket()
