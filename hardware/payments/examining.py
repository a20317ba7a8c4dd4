"""Whether a provider answers to its settings: a question about a payment that does not exist."""

from typing import Final

from hardware.payments.port import (
    Attempt,
    DeclineCode,
    Declined,
    PaymentProvider,
    Unknown,
)
from hardware.ports import DeviceReason, DeviceState, DeviceStatus

NOBODYS_PAYMENT: Final = Attempt(attempt_id="tillfold-examines-its-settings", amount_fen=1)


def status_of(provider: PaymentProvider) -> DeviceStatus:
    """Moves no money. `misconfigured`: it is there, but not with these settings."""
    match provider.query(NOBODYS_PAYMENT):
        case Declined(code=DeclineCode.NOT_SENT):
            return DeviceStatus(DeviceState.LOST, DeviceReason.UNREACHABLE)
        case Declined(code=DeclineCode.NOT_FOUND):
            return DeviceStatus(DeviceState.READY)
        case Declined():
            return DeviceStatus(DeviceState.DEGRADED, DeviceReason.MISCONFIGURED)
        case Unknown():
            return DeviceStatus(DeviceState.LOST, DeviceReason.TIMED_OUT)
        case _:
            return DeviceStatus(DeviceState.DEGRADED, DeviceReason.DEVICE_ERROR)
