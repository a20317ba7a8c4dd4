"""What a bill is paid with so far: typed amounts, tenders, and the payment by code beside them."""

from abc import abstractmethod
from typing import Final

import msgspec

from domain.errors import ErrorCode, TillfoldError
from domain.orders import LONGEST_PAYMENT_REFERENCE, Tender, TenderKind
from pos_client.screens.desk import Desk, SheetPresenter
from pos_client.screens.flow import Flow
from pos_client.screens.notices import Notices
from pos_client.screens.order_in_hand import OrderInHand
from pos_client.screens.pay.cash import amount_typed, type_amount
from pos_client.screens.pay.code_payment import CodePayment
from pos_client.screens.pay.state import PayState
from pos_client.use_cases.answers import ClosedSale, OrderToClose

_EDITING: Final = frozenset({"backspace", "."})


class TakingPresenter(SheetPresenter[PayState]):
    """The part of the pay sheet that takes money; what closes the sale is the rest of it."""

    def __init__(self, desk: Desk, order: OrderInHand, flow: Flow, notices: Notices) -> None:
        super().__init__(desk, flow, notices)
        self._order = order
        self._entry = ""
        self._tenders: tuple[Tender, ...] = ()
        self._busy = False
        self._closed: ClosedSale | None = None
        self.code = CodePayment(
            desk, notices, on_change=self._code_changed, on_closed=self._closed_by_itself
        )

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
        elif not self._takes_no_more() and (key.isdigit() or key in _EDITING):
            self._entry = type_amount(self._entry, key)
            self.redraw()

    def take_cash(self, received_fen: int) -> None:
        """A quick cash key: this much was handed over."""
        self._take(TenderKind.CASH, received_fen)

    def take(self, kind: TenderKind) -> None:
        """A tender key: what was typed, or all that is left."""
        self._take(kind, self._typed() or self._left_fen())

    def note_card_reference(self, text: str) -> None:
        """The number on the slip of the card terminal, for the card that was taken last."""
        cards = [
            place
            for place, tender in enumerate(self._tenders)
            if tender.kind is TenderKind.RECORDED_CARD
        ]
        if cards and not self._takes_no_more():
            said = text.strip()[:LONGEST_PAYMENT_REFERENCE]
            noted = msgspec.structs.replace(self._tenders[cards[-1]], reference=said)
            self._tenders = (*self._tenders[: cards[-1]], noted, *self._tenders[cards[-1] + 1 :])

    def remove_tender(self, place: int) -> None:
        if self._takes_no_more():
            return
        if place >= len(self._tenders):
            self.code.give_back(place - len(self._tenders))
        else:
            self._tenders = self._tenders[:place] + self._tenders[place + 1 :]
            self.redraw()

    @property
    def _paid(self) -> tuple[Tender, ...]:
        return (*self._tenders, *self.code.tenders)

    def _takes_no_more(self) -> bool:
        return self._busy or self._closed is not None or self.code.open

    def _typed(self) -> int:
        return amount_typed(self._entry)

    def _left_fen(self) -> int:
        paid_fen = sum(tender.amount_fen for tender in self._paid)
        return max(0, self._order.priced.due_fen - paid_fen)

    def _take(self, kind: TenderKind, received_fen: int) -> None:
        left_fen = self._left_fen()
        if self._takes_no_more() or not left_fen or not received_fen:
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

    def _order_to_close(self) -> OrderToClose:
        home = self.desk.home
        order = self._order.to_close(
            self._paid,
            self._order.priced.total_fen,
            menu_version=home.menu.version if home is not None else "",
        )
        bill_id = self.code.bill_id or self.desk.counter.payments.new_bill_id()
        return msgspec.structs.replace(order, bill_id=bill_id)

    def _forget(self) -> None:
        self._entry, self._tenders, self._closed = "", (), None

    @abstractmethod
    def confirm(self) -> None:
        """Enter: take what is left in cash, or close the sale."""

    @abstractmethod
    def _code_changed(self) -> None:
        """The payment by code stands otherwise than before."""

    @abstractmethod
    def _closed_by_itself(self, closed: ClosedSale) -> None:
        """The money of the whole bill came in by code, and its sale is closed."""
