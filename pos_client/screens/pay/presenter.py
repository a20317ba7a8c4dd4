"""Taking payment: tenders until nothing is left, then one confirmation closes the sale."""

from collections.abc import Callable

from domain.errors import ErrorCode, TillfoldError
from domain.orders import TenderKind
from domain.wording import Wording
from hardware.scanners.classify import Scan
from pos_client.screens.desk import Desk
from pos_client.screens.flow import Flow, Page, Sheet
from pos_client.screens.notices import Notices
from pos_client.screens.order_in_hand import OrderInHand
from pos_client.screens.pay.code_drawing import draw_code
from pos_client.screens.pay.drawing import PayFacts, draw_pay
from pos_client.screens.pay.state import PayState
from pos_client.screens.pay.taking import TakingPresenter
from pos_client.use_cases.answers import ClosedSale, MemberCard, OrderToClose


class PayPresenter(TakingPresenter):
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
        super().__init__(desk, order, flow, notices)
        self._on_next = on_next
        self._on_stale = self.code.on_stale = on_stale
        order.listen(self._order_changed)

    def scanned_payment_code(self, scan: Scan) -> None:
        """A guest's payment code was scanned: it pays what was typed, or all that is left."""
        amount_fen = self._typed() or self._left_fen()
        if self._closed is not None or self._busy or not self._left_fen():
            return
        refusal = self.code.refusal(scan)
        if amount_fen > self._left_fen():
            refusal = refusal or ErrorCode.TENDER_EXCEEDS_DUE
        if refusal is not None:
            self.notices.error(TillfoldError(refusal))
            return
        self._entry = ""
        self._order.freeze()
        self.notices.fade()
        self.code.begin(self._order_to_close(), scan, amount_fen)

    def ask_for_code(self) -> None:
        """The key for payment by code: the guest's code is scanned next."""
        if self._takes_no_more() or not self._left_fen():
            return
        self.code.scanning = True
        self.redraw()

    def next_guest(self) -> None:
        """Put the bill aside whose payment has no result; it goes on by itself."""
        self.code.park()
        self.code.forget()
        self._forget()
        self._order.thaw()
        self.flow.close_sheet()
        self._on_next()

    def open_bill(self, bill_id: str) -> None:
        """A bill that had been put aside, unless another order is in hand."""
        if self._order.basket.lines or self._busy:
            self.notices.warn(_order_in_hand)
            return
        counter, viewer = self.desk.counter, self.desk.viewer

        def read() -> tuple[OrderToClose, MemberCard | None]:
            order = counter.payments.open_bill(bill_id)
            member_id = order.member_id
            card = counter.open_member(member_id, viewer=viewer) if member_id else None
            return order, card

        self.desk.background.run(read, self._opened, self.notices.error)

    def _opened(self, found: tuple[OrderToClose, MemberCard | None]) -> None:
        order, card = found
        self._forget()
        self._order.load(order.basket, card)
        self._tenders = tuple(tender for tender in order.tenders if not tender.payment_id)
        self.code.watch(order.bill_id)
        self.flow.open(Sheet.PAY)
        self.redraw()

    def confirm(self) -> None:
        """Enter: the amount typed is cash; without one, what is left is paid in exact cash."""
        if self._closed is not None:
            self.next_order()
            return
        if self._takes_no_more():
            return
        if self._left_fen():
            self._take(TenderKind.CASH, self._typed() or self._left_fen())
        if not self._left_fen():
            self._close()

    def escape(self) -> None:
        """Leave the sheet; what was entered is not kept."""
        if self._closed is not None:
            self.next_order()
        elif self.code.scanning or self.code.confirming:
            self.code.dismiss()
        elif self._entry:
            self._entry = ""
            self.redraw()
        elif self.code.bill_id and (self.code.open or self.code.tenders):
            # The payment goes on, and the bill stays in hand with what is paid of it.
            self.flow.close_sheet()
        elif not self._busy:
            self._forget()
            self.code.forget()
            self.flow.close_sheet()

    def next_order(self) -> None:
        self._forget()
        self.code.forget()
        self.flow.release()
        self.flow.close_sheet()
        self._on_next()

    def begin(self) -> None:
        """The sheet was opened."""
        if self._closed is None and not self._busy and not self.code.bill_id:
            self._forget()
        self._order.price_again()
        self.code.refresh()

    def _order_changed(self) -> None:
        """Tenders that are more than the new amount due are entered anew."""
        paid_fen = sum(tender.amount_fen for tender in self._paid)
        if not self._order.frozen and paid_fen > self._order.priced.due_fen:
            self._tenders = ()
        self.redraw()

    def _close(self) -> None:
        self._busy = True
        self._order.freeze()
        self.flow.hold()
        self.redraw()
        order = self._order_to_close()
        counter, actor = self.desk.counter, self.desk.actor
        self.desk.background.run(
            lambda: counter.close_sale(actor, order), self._accepted, self._refused
        )

    def _code_changed(self) -> None:
        """The order stays as it is while somebody may pay for it, or has in part."""
        if not self._busy and self._closed is None and self.code.bill_id:
            if self.code.open or self.code.tenders:
                self._order.freeze()
            else:
                self._order.thaw()
        self.redraw()

    def _closed_by_itself(self, closed: ClosedSale) -> None:
        """The money of the whole bill came in, and its sale is closed."""
        if self._closed is not None:
            return
        self._order.freeze()
        if self.flow.page is Page.SELL:
            self.flow.open(Sheet.PAY)
            self.flow.hold()
        self._accepted(closed)

    def _accepted(self, closed: ClosedSale) -> None:
        self._busy, self._closed = False, closed
        if any(rule.counted for rule in closed.sale.used_rules):
            self._on_stale()
        self.redraw()

    def _refused(self, error: TillfoldError) -> None:
        self._busy = False
        self._tenders = ()
        self.flow.release()
        if not self.code.tenders:
            self._order.thaw()
        self.code.refresh()
        self.notices.error(error)
        if error.code is ErrorCode.PRICE_CHANGED:
            self._on_stale()
        self.redraw()

    def _draw(self) -> PayState:
        facts = PayFacts(
            entry=self._entry,
            tenders=self._paid,
            busy=self._busy,
            closed=self._closed,
            takes_codes=self.code.offered,
            code=draw_code(self.code, self.desk, self._typed() or self._left_fen()),
        )
        return draw_pay(facts, self.desk, self._order)


def _order_in_hand(wording: Wording) -> str:
    return wording.text("code_pay.order_in_hand")
