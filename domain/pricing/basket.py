"""What is being sold, before it has a price."""

from typing import Final

import msgspec

from domain.conditions import Channel, OrderType
from domain.configuration import CouponTerms
from domain.errors import ErrorCode, TillfoldError
from domain.fees import StaffDiscount
from domain.identifiers import CouponId, ItemId, RewardId, RuleId
from domain.menu import MenuItem
from domain.money import LARGEST_AMOUNT_FEN
from domain.orders import (
    LARGEST_LINE_NUMBER,
    LARGEST_QUANTITY,
    LARGEST_WEIGHT_GRAMS,
    ChosenOption,
    list_amount_fen,
)

LARGEST_BASKET_LINES: Final = 200
LARGEST_COUPONS: Final = 10
LARGEST_REWARDS: Final = 10


class BasketLine(msgspec.Struct, frozen=True, kw_only=True):
    """`weight_grams` above 0: weighed goods, one unit, priced a kilogram."""

    number: int
    item_id: ItemId
    name: str
    category: str
    unit_price_fen: int
    quantity: int
    weight_grams: int = 0
    options: tuple[ChosenOption, ...] = ()
    tax_basis_points: int = 0

    @property
    def list_fen(self) -> int:
        return list_amount_fen(self.unit_price_fen, self.options, self.quantity, self.weight_grams)


class Basket(msgspec.Struct, frozen=True, kw_only=True):
    """Lines in the order of entry, coupons laid on the order, points the guest wants to use.

    `points_wanted` is the number the guest named; what is taken may be less (step, cap, balance).
    `rewards` are dishes of the catalogue that points pay for; `waived_fees` were let off by hand.
    """

    lines: tuple[BasketLine, ...] = ()
    coupons: tuple[CouponTerms, ...] = ()
    points_wanted: int = 0
    rewards: tuple[RewardId, ...] = ()
    staff_discounts: tuple[StaffDiscount, ...] = ()
    waived_fees: frozenset[RuleId] = frozenset()
    order_type: OrderType = OrderType.DINE_IN
    channel: Channel = Channel.COUNTER
    guest_count: int = 0
    tip_fen: int = 0

    @property
    def item_count(self) -> int:
        return sum(line.quantity for line in self.lines)


def add_item(
    basket: Basket,
    item: MenuItem,
    quantity: int = 1,
    *,
    weight_grams: int = 0,
    options: tuple[ChosenOption, ...] = (),
) -> Basket:
    """The same dish with the same options at the same price adds to its line.

    Weighed goods stand alone: every weighing is a line. `domain.pricing.choosing` makes options
    out of what a guest chose.

    Raises:
        TillfoldError: `quantity_out_of_range`, `weight_out_of_range`, `order_too_large`.
    """
    if item.by_weight:
        _check_weight(weight_grams, quantity)
    else:
        for line in basket.lines:
            if _is_same(line, item, options):
                return set_quantity(basket, line.number, line.quantity + quantity)
    if not 1 <= quantity <= LARGEST_QUANTITY:
        raise TillfoldError(ErrorCode.QUANTITY_OUT_OF_RANGE, largest=LARGEST_QUANTITY)
    if len(basket.lines) >= LARGEST_BASKET_LINES:
        raise TillfoldError(ErrorCode.ORDER_TOO_LARGE)
    new = BasketLine(
        number=_free_number(basket),
        item_id=item.item_id,
        name=item.name,
        category=item.category,
        unit_price_fen=item.unit_price_fen,
        quantity=quantity,
        weight_grams=weight_grams if item.by_weight else 0,
        options=options,
        tax_basis_points=item.tax_basis_points,
    )
    return _within_one_bill(msgspec.structs.replace(basket, lines=(*basket.lines, new)))


def _is_same(line: BasketLine, item: MenuItem, options: tuple[ChosenOption, ...]) -> bool:
    return (
        line.item_id == item.item_id
        and line.unit_price_fen == item.unit_price_fen
        and line.options == options
    )


def _check_weight(weight_grams: int, quantity: int) -> None:
    if not 1 <= weight_grams <= LARGEST_WEIGHT_GRAMS or quantity != 1:
        raise TillfoldError(ErrorCode.WEIGHT_OUT_OF_RANGE, largest=LARGEST_WEIGHT_GRAMS)


def _free_number(basket: Basket) -> int:
    """The next number; after a very long order the lowest that has become free."""
    following = max((line.number for line in basket.lines), default=0) + 1
    if following <= LARGEST_LINE_NUMBER:
        return following
    taken = {line.number for line in basket.lines}
    return next(number for number in range(1, following) if number not in taken)


def _within_one_bill(basket: Basket) -> Basket:
    """A sale beyond the largest amount could be made here but would not be read by the server."""
    if sum(line.list_fen for line in basket.lines) > LARGEST_AMOUNT_FEN:
        raise TillfoldError(ErrorCode.ORDER_TOO_LARGE)
    return basket


def set_quantity(basket: Basket, number: int, quantity: int) -> Basket:
    """Change a line; a quantity of 0 removes it. What was weighed is there once or not at all.

    Raises:
        TillfoldError: `quantity_out_of_range`, `order_too_large`.
    """
    weighed = any(line.number == number and line.weight_grams for line in basket.lines)
    largest = 1 if weighed else LARGEST_QUANTITY
    if not 0 <= quantity <= largest:
        raise TillfoldError(ErrorCode.QUANTITY_OUT_OF_RANGE, largest=largest)
    lines = tuple(
        msgspec.structs.replace(line, quantity=quantity) if line.number == number else line
        for line in basket.lines
        if line.number != number or quantity
    )
    return _within_one_bill(msgspec.structs.replace(basket, lines=lines))


def lay_coupon(basket: Basket, terms: CouponTerms) -> Basket:
    """Lay a coupon on the order; the same one twice changes nothing.

    Raises:
        TillfoldError: `too_many_coupons`.
    """
    if any(held.coupon_id == terms.coupon_id for held in basket.coupons):
        return basket
    if len(basket.coupons) >= LARGEST_COUPONS:
        raise TillfoldError(ErrorCode.TOO_MANY_COUPONS, largest=LARGEST_COUPONS)
    return msgspec.structs.replace(basket, coupons=(*basket.coupons, terms))


def take_coupon_off(basket: Basket, coupon_id: CouponId) -> Basket:
    left = tuple(terms for terms in basket.coupons if terms.coupon_id != coupon_id)
    return msgspec.structs.replace(basket, coupons=left)
