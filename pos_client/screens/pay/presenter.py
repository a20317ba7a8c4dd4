"""Taking payment: tenders until nothing is left, then one confirmation closes the sale."""

from collections.abc import Callable
from typing import Final

from domain.errors import ErrorCode, TillfoldError
from domain.orders import Tender, TenderKind
from domain.wording import Wording
from hardware.scanners.classify import Scan
from pos_client.screens.desk import Desk, SheetPresenter
from pos_client.screens.flow import Flow
from pos_client.screens.notices import Notices
from pos_client.screens.order_in_hand import OrderInHand
from pos_client.screens.pay.cash import amount_typed, type_amount
from pos_client.screens.pay.drawing import PayFacts, draw_pay
from pos_client.screens.pay.state import PayState
from pos_client.use_cases.answers import ClosedSale

_EDITING: Final = frozenset({"backspace", "."})


class PayPresenter(SheetPresenter[PayState]):
    """`on_next` starts the next order; `on_stale` reads again what orders are priced with."""

    def __init__(
        self,
        desk: Desk,
        order: OrderInHand,
        flow: Flow,
        notices: Notices,
        *,
        on_next: Callable[[], None],
        on_stale: Callable[[], None],
    ) -> None:
        super().__init__(desk, flow, notices)
        self._order = order
        self._on_next = on_next
        self._on_stale = on_stale
        self._entry = ""
        self._tenders: tuple[Tender, ...] = ()
        self._busy = False
        self._closed: ClosedSale | None = None
        order.listen(self._order_changed)

    @property
    def closed(self) -> bool:
        return self._closed is not None

    @property
    def closed_sale(self) -> ClosedSale | None:
        """The sale whose change is being given."""
        return self._closed

    @property
    def left_fen(self) -> int:
        """What is still to be paid."""
        return self._left_fen()

    @property
    def busy(self) -> bool:
        return self._busy

    def press(self, key: str) -> None:
        """A key of the number pad, from the screen or the keyboard."""
        if key == "enter":
            self.confirm()
        elif not self._busy and self._closed is None and (key.isdigit() or key in _EDITING):
            self._entry = type_amount(self._entry, key)
            self.redraw()

    def take_cash(self, received_fen: int) -> None:
        """A quick cash key: this much was handed over."""
        self._take(TenderKind.CASH, received_fen)

    def take(self, kind: TenderKind) -> None:
        """A tender key: what was typed, or all that is left."""
        self._take(kind, self._typed() or self._left_fen())

    def scanned_payment_code(self, _scan: Scan) -> None:
        """A guest's payment code was scanned: it pays what is left, where this till can do that."""
        self.notices.warn(_no_code_payment)

    def remove_tender(self, place: int) -> None:
        if not self._busy and self._closed is None:
            self._tenders = self._tenders[:place] + self._tenders[place + 1 :]
            self.redraw()

    def confirm(self) -> None:
        """Enter: the amount typed is cash; without one, what is left is paid in exact cash."""
        if self._closed is not None:
            self.next_order()
            return
        if self._busy:
            return
        if self._left_fen():
            self._take(TenderKind.CASH, self._typed() or self._left_fen())
        if not self._left_fen():
            self._close()

    def escape(self) -> None:
        """Leave the sheet; what was entered is not kept."""
        if self._closed is not None:
            self.next_order()
        elif self._entry:
            self._entry = ""
            self.redraw()
        elif not self._busy:
            self._forget()
            self.flow.close_sheet()

    def next_order(self) -> None:
        self._forget()
        self.flow.release()
        self.flow.close_sheet()
        self._on_next()

    def begin(self) -> None:
        """The sheet was opened."""
        if self._closed is None and not self._busy:
            self._forget()
        self._order.price_again()

    def _order_changed(self) -> None:
        """Tenders that are more than the new amount due are entered anew."""
        paid_fen = sum(tender.amount_fen for tender in self._tenders)
        if not self._order.frozen and paid_fen > self._order.priced.due_fen:
            self._tenders = ()
        self.redraw()

    def _forget(self) -> None:
        self._entry, self._tenders, self._closed = "", (), None

    def _typed(self) -> int:
        return amount_typed(self._entry)

    def _left_fen(self) -> int:
        paid_fen = sum(tender.amount_fen for tender in self._tenders)
        return max(0, self._order.priced.due_fen - paid_fen)

    def _take(self, kind: TenderKind, received_fen: int) -> None:
        left_fen = self._left_fen()
        if self._busy or self._closed is not None or not left_fen or not received_fen:
            return
        if kind is not TenderKind.CASH and received_fen > left_fen:
            self.notices.error(TillfoldError(ErrorCode.TENDER_EXCEEDS_DUE))
            return
        amount_fen = min(received_fen, left_fen)
        tender = Tender(
            kind=kind,
            amount_fen=amount_fen,
            received_fen=received_fen,
            change_fen=received_fen - amount_fen,
        )
        self._tenders, self._entry = (*self._tenders, tender), ""
        self.notices.fade()
        self.redraw()

    def _close(self) -> None:
        self._busy = True
        self._order.freeze()
        self.flow.hold()
        self.redraw()
        home = self.desk.home
        order = self._order.to_close(
            self._tenders,
            self._order.priced.total_fen,
            menu_version=home.menu.version if home is not None else "",
        )
        counter, actor = self.desk.counter, self.desk.actor
        self.desk.background.run(
            lambda: counter.close_sale(actor, order), self._accepted, self._refused
        )

    def _accepted(self, closed: ClosedSale) -> None:
        self._busy, self._closed = False, closed
        if any(rule.counted for rule in closed.sale.used_rules):
            self._on_stale()
        self.redraw()

    def _refused(self, error: TillfoldError) -> None:
        self._busy = False
        self._tenders = ()
        self._order.thaw()
        self.flow.release()
        self.notices.error(error)
        if error.code is ErrorCode.PRICE_CHANGED:
            self._on_stale()
        self.redraw()

    def _draw(self) -> PayState:
        facts = PayFacts(
            entry=self._entry, tenders=self._tenders, busy=self._busy, closed=self._closed
        )
        return draw_pay(facts, self.desk, self._order)


def _no_code_payment(wording: Wording) -> str:
    return wording.text("scan.payment_code")
