"""What the guest sees follows the order at the counter; the guest does nothing here."""

from collections.abc import Callable
from typing import Protocol

from hardware.displays.content import PoleContent
from pos_client.screens.desk import Desk, Presenter
from pos_client.screens.flow import Flow
from pos_client.screens.guest.drawing import GuestFacts, draw_guest, draw_pole, mode_of
from pos_client.screens.guest.state import GuestCodes, GuestState
from pos_client.screens.order_in_hand import OrderInHand
from pos_client.use_cases.answers import ClosedSale


class Payment(Protocol):
    """What is looked at of the pay sheet."""

    @property
    def closed_sale(self) -> ClosedSale | None: ...

    @property
    def left_fen(self) -> int: ...


class GuestPresenter(Presenter[GuestState]):
    """`on_pole` is told what a pole display is to show; it must not wait."""

    def __init__(
        self,
        desk: Desk,
        order: OrderInHand,
        flow: Flow,
        payment: Payment,
        codes: GuestCodes,
        *,
        on_pole: Callable[[PoleContent], None] = lambda _content: None,
    ) -> None:
        super().__init__(desk)
        self._order = order
        self._flow = flow
        self._payment = payment
        self._codes = codes
        self._on_pole = on_pole
        order.listen(self.redraw)
        flow.listen(self.redraw)

    def redraw(self) -> None:
        super().redraw()
        facts = self._facts()
        mode = mode_of(self._flow, self._order, facts)
        self._on_pole(draw_pole(mode, self._order, facts))

    def _facts(self) -> GuestFacts:
        return GuestFacts(left_fen=self._payment.left_fen, closed=self._payment.closed_sale)

    def _draw(self) -> GuestState:
        facts = self._facts()
        mode = mode_of(self._flow, self._order, facts)
        return draw_guest(mode, self.desk, self._order, facts, self._codes)
