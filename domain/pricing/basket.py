"""What is being sold, before it has a price."""

from typing import Final

import msgspec

from domain.configuration import CouponTerms, MenuItem
from domain.errors import ErrorCode, TillfoldError
from domain.identifiers import CouponId, ItemId
from domain.money import LARGEST_AMOUNT_FEN
from domain.orders import LARGEST_LINE_NUMBER, LARGEST_QUANTITY

LARGEST_BASKET_LINES: Final = 200


class BasketLine(msgspec.Struct, frozen=True, kw_only=True):
    number: int
    item_id: ItemId
    name: str
    category: str
    unit_price_fen: int
    quantity: int

    @property
    def list_fen(self) -> int:
        return self.unit_price_fen * self.quantity


class Basket(msgspec.Struct, frozen=True, kw_only=True):
    """Lines in the order of entry, coupons laid on the order, points the guest wants to use.

    `points_wanted` is the number the guest named; what is taken may be less (step, cap, balance).
    """

    lines: tuple[BasketLine, ...] = ()
    coupons: tuple[CouponTerms, ...] = ()
    points_wanted: int = 0

    @property
    def item_count(self) -> int:
        return sum(line.quantity for line in self.lines)


def add_item(basket: Basket, item: MenuItem, quantity: int = 1) -> Basket:
    """The same dish at the same price adds to its line.

    Raises:
        TillfoldError: `quantity_out_of_range`, `order_too_large`.
    """
    for line in basket.lines:
        if line.item_id == item.item_id and line.unit_price_fen == item.unit_price_fen:
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
    )
    return _within_one_bill(msgspec.structs.replace(basket, lines=(*basket.lines, new)))


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
    """Change a line; a quantity of 0 removes it.

    Raises:
        TillfoldError: `quantity_out_of_range`, `order_too_large`.
    """
    if not 0 <= quantity <= LARGEST_QUANTITY:
        raise TillfoldError(ErrorCode.QUANTITY_OUT_OF_RANGE, largest=LARGEST_QUANTITY)
    lines = tuple(
        msgspec.structs.replace(line, quantity=quantity) if line.number == number else line
        for line in basket.lines
        if line.number != number or quantity
    )
    return _within_one_bill(msgspec.structs.replace(basket, lines=lines))


def lay_coupon(basket: Basket, terms: CouponTerms) -> Basket:
    """Lay a coupon on the order; the same one twice changes nothing."""
    if any(held.coupon_id == terms.coupon_id for held in basket.coupons):
        return basket
    return msgspec.structs.replace(basket, coupons=(*basket.coupons, terms))


def take_coupon_off(basket: Basket, coupon_id: CouponId) -> Basket:
    left = tuple(terms for terms in basket.coupons if terms.coupon_id != coupon_id)
    return msgspec.structs.replace(basket, coupons=left)
