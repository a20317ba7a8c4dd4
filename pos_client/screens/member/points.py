"""How many points the guest pays with, a step at a time."""

from pos_client.screens.order_in_hand import OrderInHand


class PointsSteps:
    def __init__(self, order: OrderInHand) -> None:
        self._order = order

    def add(self) -> None:
        self._order.want_points(min(self._used + self._step, self._order.most_points))

    def take(self) -> None:
        self._order.want_points(self._used - self._step)

    def use_most(self) -> None:
        self._order.want_points(self._order.most_points)

    def use_none(self) -> None:
        self._order.want_points(0)

    @property
    def _step(self) -> int:
        return self._order.rules.book.points.step

    @property
    def _used(self) -> int:
        """What the order really uses now: less than wanted where the order has become smaller."""
        return self._order.priced.points_redeemed
