"""Setting up the devices of a counter: what is asked for, and what the program around answers."""

from collections.abc import Callable
from enum import StrEnum
from typing import Final, Protocol

import msgspec

from hardware.ports import DeviceStatus


class DeviceKind(StrEnum):
    RECEIPT_PRINTER = "receipt_printer"
    KITCHEN_PRINTER = "kitchen_printer"
    LABEL_PRINTER = "label_printer"
    SCANNER = "scanner"
    CARD_READER = "card_reader"
    STRIPE_READER = "stripe_reader"
    POLE_DISPLAY = "pole_display"
    # Named as the tenders that they bring; set up in the file alone.
    WECHAT_PAY = "wechat_pay"
    ALIPAY = "alipay"


PRINTERS: Final = (
    DeviceKind.RECEIPT_PRINTER,
    DeviceKind.KITCHEN_PRINTER,
    DeviceKind.LABEL_PRINTER,
)
_AT_A_SERIAL_PORT: Final = (
    *PRINTERS,
    DeviceKind.SCANNER,
    DeviceKind.STRIPE_READER,
    DeviceKind.POLE_DISPLAY,
)


class Way(StrEnum):
    """How a device hangs on this machine."""

    TCP = "tcp"
    USB = "usb"
    FILE = "file"
    WINDOWS = "windows"
    SERIAL = "serial"
    PCSC = "pcsc"


class DeviceExamined(msgspec.Struct, frozen=True, kw_only=True):
    """A device of the settings and how it answered; `place` is its address, port or reader."""

    kind: DeviceKind
    place: str
    status: DeviceStatus


class DeviceFound(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is plugged in or answers; `address` as settings want it."""

    way: Way
    address: str
    label: str

    @property
    def kinds(self) -> tuple[DeviceKind, ...]:
        """What it can be. What hangs on a serial port does not say what it is."""
        match self.way:
            case Way.PCSC:
                return (DeviceKind.CARD_READER,)
            case Way.SERIAL:
                return _AT_A_SERIAL_PORT
            case _:
                return PRINTERS


class DeviceChoice(msgspec.Struct, frozen=True, kw_only=True):
    """What a person says that it is. `variant` is a printer's model or a pole display's kind."""

    found: DeviceFound
    kind: DeviceKind
    variant: str = ""


class DeviceSetUp(Protocol):
    """Each call may take seconds: never on the thread of the window."""

    def examine(self) -> tuple[DeviceExamined, ...]:
        """Ask every device of the settings how it is."""
        ...

    def find(self, cancelled: Callable[[], bool]) -> tuple[DeviceFound, ...]:
        """What is plugged in, and what answers on the network around, in some seconds."""
        ...

    def variants(self, kind: DeviceKind) -> tuple[str, ...]:
        """The models or kinds to choose from, the usual one first; empty where there are none."""
        ...

    def try_out(self, choice: DeviceChoice) -> DeviceStatus:
        """Try it as it would be used; a printer prints its test page."""
        ...

    def keep(self, choice: DeviceChoice) -> None:
        """Into the settings for the next start.

        Raises:
            TillfoldError: `disk_failed`, `settings_malformed`.
        """
        ...
