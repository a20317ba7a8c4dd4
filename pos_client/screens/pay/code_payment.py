"""The payment by a guest's code of the bill on the pay sheet: asked for, watched, decided about."""

from collections.abc import Callable
from typing import Final

from domain.errors import ErrorCode, TillfoldError
from domain.orders import Tender, TenderKind
from hardware.scanners.classify import Scan, ScanKind
from pos_client.screens.desk import Desk
from pos_client.screens.notices import Notices
from pos_client.storage.payments import Money, PaymentState
from pos_client.use_cases.answers import BillStatus, ClosedSale, OrderToClose, PaymentStatus

KINDS: Final = {
    ScanKind.WECHAT_PAYMENT: TenderKind.WECHAT_PAY,
    ScanKind.ALIPAY_PAYMENT: TenderKind.ALIPAY,
}


class CodePayment:
    """Draws what it shows from the rows of the till's database, never from an answer.

    `on_change` is told of every change, `on_closed` once the sale of the bill is in the journal.
    """

    def __init__(
        self,
        desk: Desk,
        notices: Notices,
        *,
        on_change: Callable[[], None],
        on_closed: Callable[[ClosedSale], None],
    ) -> None:
        self._desk = desk
        self._notices = notices
        self._on_change = on_change
        self._on_closed = on_closed
        self._status = BillStatus()
        self._reading = self._read_again = False
        self._seen: frozenset[str] = frozenset()
        self.on_stale: Callable[[], None] = _nothing_stale
        self.bill_id = ""
        self.scanning = False
        self.confirming = False
        self.busy = False

    @property
    def offered(self) -> bool:
        """Whether this till can take payment codes at all."""
        return bool(self._desk.counter.payments.kinds())

    @property
    def latest(self) -> PaymentStatus | None:
        """The last payment of the bill, unless the cashier has done with it."""
        for payment in reversed(self._status.payments):
            if payment.attempt_id not in self._seen:
                return payment
        return None

    @property
    def open(self) -> bool:
        """Somebody may still pay: nothing else is taken, and the order stays as it is."""
        if self.busy:
            return True
        return any(payment.open or _closes_itself(payment) for payment in self._status.payments)

    @property
    def tenders(self) -> tuple[Tender, ...]:
        """What came in and is in no sale yet."""
        return tuple(_tender(payment) for payment in self._status.payments if payment.held)

    def refusal(self, scan: Scan) -> ErrorCode | None:
        """Why this code cannot pay now."""
        if KINDS.get(scan.kind) not in self._desk.counter.payments.kinds():
            return ErrorCode.PAYMENT_NOT_SET_UP
        return ErrorCode.PAYMENT_OPEN if self.open else None

    def begin(self, order: OrderToClose, scan: Scan, amount_fen: int) -> None:
        """Ask for the money; the code goes no further than this call."""
        self.scanning, self.busy = False, True
        self.bill_id = order.bill_id
        desk, kind, code = self._desk.counter.payments, KINDS[scan.kind], scan.text
        actor, bill_id = self._desk.actor, order.bill_id
        self._desk.background.run(
            lambda: desk.begin(actor, order, kind, amount_fen, code),
            lambda status: self._told(bill_id, status),
            self._refused,
        )
        self._on_change()

    def watch(self, bill_id: str) -> None:
        """A bill that had been put aside is on the sheet again."""
        self.forget()
        self.bill_id = bill_id
        self.refresh()

    def refresh(self) -> None:
        """The row may have changed."""
        if not self.bill_id:
            return
        if self._reading:
            self._read_again = True
            return
        self._reading = True
        bill_id, desk = self.bill_id, self._desk.counter.payments
        self._desk.background.run(
            lambda: desk.bill(bill_id), lambda status: self._read(bill_id, status), self._unread
        )

    def cancel(self) -> None:
        self._do(self._desk.counter.payments.cancel)

    def ask_now(self) -> None:
        self._do(self._desk.counter.payments.ask_now)

    def give_back(self, place: int = -1) -> None:
        """One of the `tenders`; the last one, unless said otherwise."""
        held = self.tenders
        if held:
            desk, actor, wanted = self._desk.counter.payments, self._desk.actor, held[place]
            self._run(lambda: desk.give_back(actor, wanted.payment_id))

    def confirm(self, *, pin: str, reference: str, reason: str) -> None:
        desk = self._desk.counter.payments
        self._do(lambda key: desk.confirm(key, pin=pin, reference=reference, reason=reason))

    def want_to_confirm(self) -> None:
        """Show the form for somebody who may say that the money is there."""
        self.confirming = True
        self._on_change()

    def park(self) -> None:
        bill_id, desk = self.bill_id, self._desk.counter.payments
        self._desk.background.run(lambda: desk.park(bill_id), _nothing, self._notices.error)

    def dismiss(self) -> None:
        """The cashier has read how it ended."""
        latest = self.latest
        self.scanning = self.confirming = False
        if latest is not None and not self.open:
            self._seen |= {latest.attempt_id}
        self._on_change()

    def forget(self) -> None:
        """Another bill is on the sheet."""
        self._status, self._seen, self.bill_id = BillStatus(), frozenset(), ""
        self.scanning = self.confirming = self.busy = False

    def _do(self, action: Callable[[str], None]) -> None:
        latest = self.latest
        if latest is not None:
            self._run(lambda: action(latest.attempt_id))

    def _run(self, action: Callable[[], None]) -> None:
        self._desk.background.run(action, lambda _none: self._done(), self._failed)

    def _done(self) -> None:
        self.confirming = False
        self.refresh()

    def _failed(self, error: TillfoldError) -> None:
        self._notices.error(error)
        self.refresh()

    def _refused(self, error: TillfoldError) -> None:
        self.busy = False
        self._notices.error(error)
        self._on_change()
        # It may have been written all the same, and only its answer not read.
        self.refresh()
        if error.code is ErrorCode.PRICE_CHANGED:
            self.on_stale()

    def _read(self, bill_id: str, status: BillStatus) -> None:
        self._reading = False
        self._told(bill_id, status)
        if self._read_again:
            self._read_again = False
            self.refresh()

    def _unread(self, error: TillfoldError) -> None:
        self._reading = self._read_again = False
        self._notices.error(error)

    def _told(self, bill_id: str, status: BillStatus) -> None:
        if bill_id != self.bill_id:
            return  # another bill is on the sheet by now
        self.busy = False
        self._status = status
        if status.closed is not None:
            self._on_closed(status.closed)
        self._on_change()


def _closes_itself(payment: PaymentStatus) -> bool:
    """The money of the whole bill is here and its sale is about to be closed."""
    return payment.state is PaymentState.APPROVED and payment.money is Money.HELD and payment.whole


def _tender(payment: PaymentStatus) -> Tender:
    return Tender(
        kind=payment.kind,
        amount_fen=payment.amount_fen,
        received_fen=payment.amount_fen,
        payment_id=payment.attempt_id,
        reference=payment.provider_ref,
        by_hand=payment.by_hand,
    )


def _nothing(_none: object) -> None:
    """What was asked for has no answer that anybody waits for."""


def _nothing_stale() -> None:
    """Until somebody wants to hear of it."""
