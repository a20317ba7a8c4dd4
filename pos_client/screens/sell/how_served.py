"""How the order is served: eaten here or taken away, and by how many guests."""

from collections.abc import Callable

import msgspec

from domain.conditions import OrderType
from pos_client.screens.order_in_hand import OrderInHand


class HowServed:
    """`take_entry` answers what stands on the number pad, and empties it."""

    def __init__(self, order: OrderInHand, take_entry: Callable[[], int]) -> None:
        self._order = order
        self._take_entry = take_entry

    def change_order_type(self) -> None:
        basket = self._order.basket
        here = basket.order_type is OrderType.DINE_IN
        order_type = OrderType.TAKEAWAY if here else OrderType.DINE_IN
        self._order.change(msgspec.structs.replace(basket, order_type=order_type))

    def set_guests(self) -> None:
        """As many as were typed; without a number none are counted."""
        count = self._take_entry()
        self._order.change(msgspec.structs.replace(self._order.basket, guest_count=count))
