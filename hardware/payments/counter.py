"""Payments that no network decides: cash, and cards taken at a terminal beside the till."""

from typing import Final

from hardware.payments.port import (
    Approved,
    Attempt,
    Cancelled,
    Capabilities,
    DeclineCode,
    Declined,
    Outcome,
    Pending,
    ProviderName,
    Refund,
)
from hardware.ports import DeviceState, DeviceStatus

TERMINAL: Final = "terminal"
_READY: Final = DeviceStatus(DeviceState.READY)


class CashProvider:
    """Approved by being counted."""

    @property
    def name(self) -> ProviderName:
        return ProviderName.CASH

    def capabilities(self) -> Capabilities:
        return Capabilities(cancels=True, refunds=True)

    def start(self, attempt: Attempt) -> Outcome:
        return Approved("", attempt.amount_fen)

    def query(self, attempt: Attempt) -> Outcome:
        return Approved("", attempt.amount_fen)

    def cancel(self, attempt: Attempt) -> Outcome:  # noqa: ARG002 - the port's form
        return Cancelled(refunded=True)

    def refund(self, refund: Refund) -> Outcome:
        return Approved("", refund.amount_fen)

    def examine(self) -> DeviceStatus:
        return _READY


class RecordedCardProvider:
    """The terminal is not connected: the cashier reads from its slip what came of it.

    A payment with a `provider_ref`, the slip's number, is approved; without one it waits. The
    money goes back at the terminal too, and only the cashier can say so.
    """

    @property
    def name(self) -> ProviderName:
        return ProviderName.RECORDED_CARD

    def capabilities(self) -> Capabilities:
        return Capabilities()

    def start(self, attempt: Attempt) -> Outcome:
        return self.query(attempt)

    def query(self, attempt: Attempt) -> Outcome:
        if attempt.provider_ref:
            return Approved(attempt.provider_ref, attempt.amount_fen)
        return Pending(TERMINAL)

    def cancel(self, attempt: Attempt) -> Outcome:
        if attempt.provider_ref:
            return Declined(DeclineCode.REFUSED)
        return Cancelled(refunded=False)

    def refund(self, refund: Refund) -> Outcome:  # noqa: ARG002 - the port's form
        return Declined(DeclineCode.REFUSED)

    def examine(self) -> DeviceStatus:
        return _READY
