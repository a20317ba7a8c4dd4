"""What a screen asks of payments by a guest's code; one method a user action.

The methods block and raise as those of `pos_client.use_cases.counter` do.
"""

from functools import partial
from typing import Final, Protocol

from domain.errors import ErrorCode, TillfoldError
from domain.identifiers import SaleId, StaffId
from domain.orders import TenderKind
from domain.wording import Wording
from pos_client.storage.payments import PaymentAttempt
from pos_client.storage.store import Store
from pos_client.storage.thread import StorageThread
from pos_client.sync.authoriser import Ask
from pos_client.sync.board import Contact
from pos_client.use_cases import payments, sign_in
from pos_client.use_cases.answers import BillStatus, OrderToClose
from pos_client.use_cases.asking import Asking, close_by_right, is_without_server
from pos_client.use_cases.reconciling import tagged
from pos_client.use_cases.sale_printing import Printing
from pos_client.use_cases.sales import Closing

# The disk refuses: the sale is closed once it does not.
_TRY_AGAIN: Final = frozenset(
    {ErrorCode.DISK_FULL, ErrorCode.DISK_FAILED, ErrorCode.DATABASE_DAMAGED}
)


class PaymentThread(Protocol):
    def kinds(self) -> frozenset[TenderKind]:
        """The kinds of code payment that the settings have a contract for."""
        ...

    def hand_over(self, attempt_id: str, code: str) -> None:
        """This code pays an attempt that is about to be written."""
        ...

    def forget(self, attempt_id: str) -> None:
        """The attempt was not written after all."""
        ...

    def wake(self) -> None:
        """There is something to ask of a provider."""
        ...


class PayMachinery(Protocol):
    wording: Wording
    authorise: Ask

    @property
    def payments(self) -> PaymentThread: ...

    def new_id(self) -> str: ...
    def contact(self) -> Contact: ...
    def printing(self) -> Printing | None:
        """How the till prints; None where it has no printer."""
        ...


class PaymentDesk:
    def __init__(self, storage: StorageThread, machinery: PayMachinery) -> None:
        self._storage = storage
        self._machinery = machinery

    def kinds(self) -> frozenset[TenderKind]:
        return self._machinery.payments.kinds()

    def seems_offline(self) -> bool:
        """Whether the server was out of reach the last time: then a provider may be too."""
        return self._machinery.contact().online is False

    def new_bill_id(self) -> str:
        return self._machinery.new_id()

    def begin(
        self, actor: StaffId, order: OrderToClose, kind: TenderKind, amount_fen: int, code: str
    ) -> BillStatus:
        """Ask a provider for money with a guest's payment code. The code is not kept.

        Raises:
            TillfoldError: `payment_not_set_up`, as `payments.begin_payment` does.
        """
        if kind not in self.kinds():
            raise TillfoldError(ErrorCode.PAYMENT_NOT_SET_UP)
        new = payments.NewPayment(
            attempt_id=self._storage.run(partial(_tagged, identifier=self._machinery.new_id())),
            kind=kind,
            amount_fen=amount_fen,
        )
        closing = self._closing(actor, order.bill_id)
        # Before the row: the payments thread may look as soon as it is there.
        self._machinery.payments.hand_over(new.attempt_id, code)
        try:
            begin = partial(payments.begin_payment, order=order, new=new, closing=closing)
            self._storage.run(begin)
        except BaseException:
            self._machinery.payments.forget(new.attempt_id)
            raise
        self._machinery.payments.wake()
        return self.bill(order.bill_id)

    def bill(self, bill_id: str) -> BillStatus:
        return self._storage.run(partial(payments.bill_status, bill_id=bill_id))

    def cancel(self, attempt_id: str) -> None:
        """Raises TillfoldError `payment_decided`."""
        self._storage.run(partial(payments.cancel_payment, attempt_id=attempt_id))
        self._machinery.payments.wake()

    def ask_now(self, attempt_id: str) -> None:
        self._storage.run(partial(payments.ask_now, attempt_id=attempt_id))
        self._machinery.payments.wake()

    def give_back(self, actor: StaffId, attempt_id: str) -> None:
        """Raises TillfoldError `payment_not_held`, `right_missing`."""
        self._storage.run(partial(payments.give_back, actor=actor, attempt_id=attempt_id))
        self._machinery.payments.wake()

    def confirm(self, attempt_id: str, *, pin: str, reference: str, reason: str) -> None:
        """The money is there although its provider does not say so; by the PIN of who may say so.

        Raises:
            TillfoldError: `pin_wrong`, `pin_locked`, as `payments.confirm_by_hand` does.
        """
        approver = sign_in.staff_by_pin(self._storage, pin).staff_id
        self._storage.run(
            partial(
                payments.confirm_by_hand,
                approver=approver,
                attempt_id=attempt_id,
                reference=reference,
                reason=reason,
            )
        )
        self._machinery.payments.wake()

    def park(self, bill_id: str) -> None:
        """The next guest can pay; the bill stays in the list until it is paid or given up."""
        self._storage.run(partial(payments.park, bill_id=bill_id, parked=True))

    def open_bill(self, bill_id: str) -> OrderToClose:
        """A bill that was put aside, to go on with, with all that it is paid with so far.

        Raises:
            TillfoldError: `not_found`, `payment_decided` where it is paid.
        """
        return self._storage.run(partial(_open_bill, bill_id=bill_id))

    def close_paid(self, attempt: PaymentAttempt) -> None:
        """Close the sale of a bill whose money is all there; what keeps it open is noted.

        For the payments thread.

        Raises:
            TillfoldError: the disk refuses.
        """
        bill = payments.bill_of(attempt)
        if not bill.whole:
            self._storage.run(partial(payments.wait_for_the_rest, attempt=attempt))
            return
        closing = self._closing(bill.actor, attempt.bill_id, priced_ms=bill.priced_ms)
        order = payments.paid_order(attempt)
        asking = Asking(operation_id=self._machinery.new_id(), ask=self._machinery.authorise)
        try:
            close_by_right(self._storage, order, closing, asking)
        except TillfoldError as error:
            if error.code in _TRY_AGAIN:
                raise
            self._storage.run(partial(payments.note_stuck, attempt=attempt, code=error.code))

    def _closing(self, actor: StaffId, bill_id: str, priced_ms: int = 0) -> Closing:
        return Closing(
            actor=actor,
            sale_id=SaleId(bill_id),
            offline=is_without_server(self._storage, self._machinery.contact().online),
            printing=self._machinery.printing(),
            priced_ms=priced_ms,
        )


def _tagged(store: Store, identifier: str) -> str:
    return tagged(identifier, store.identity.terminal)


def _open_bill(store: Store, bill_id: str) -> OrderToClose:
    with store.read() as connection:
        order = payments.opened_order(connection, bill_id)
    payments.park(store, bill_id, parked=False)
    return order
