"""What a scale's label adds to the order: so many grams of a dish, or one at the price it says."""

from typing import Final

import msgspec

from domain.menu import MenuItem
from domain.orders import grams_at_price

NOT_WEIGHED: Final = "scan.not_weighed"
PRICE_DIFFERS: Final = "scan.price_differs"


class Portion(msgspec.Struct, frozen=True):
    """`grams` is 0 for a dish that is sold by the piece."""

    grams: int = 0


def by_weight(dish: MenuItem, grams: int) -> Portion | str:
    """So many grams; else the key of the text that says why not."""
    return Portion(grams) if dish.by_weight else NOT_WEIGHED


def by_price(dish: MenuItem, price_fen: int) -> Portion | str:
    """What costs exactly the price on the label; else the key of the text that says why not.

    An order keeps to the menu's prices, so a label is taken only where the menu gives its price.
    """
    if not dish.by_weight:
        return Portion() if dish.unit_price_fen == price_fen else PRICE_DIFFERS
    grams = grams_at_price(dish.unit_price_fen, price_fen)
    return PRICE_DIFFERS if grams is None else Portion(grams)
