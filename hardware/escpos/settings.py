"""Where a printer is, which model it is, and how long to wait for it."""

import ipaddress
import re
from contextlib import suppress
from enum import StrEnum
from typing import Annotated

import msgspec

from hardware.escpos.model import CompletionWay, PrinterModel, StatusWay
from hardware.escpos.models import model_named

RAW_PORT = 9100
MAX_PORT = 65_535
BAUD_RATES = (9_600, 19_200, 38_400, 57_600, 115_200)
_HOST_AND_PORT = re.compile(r"^(\[[0-9a-fA-F:.]+\]|[^:\s/]+)(?::(\d{1,5}))?$")
_USB_IDENTITY = re.compile(r"^([0-9a-fA-F]{4}):([0-9a-fA-F]{4})(?::(\S+))?$")

Milliseconds = Annotated[int, msgspec.Meta(ge=1, le=120_000)]


class Transport(StrEnum):
    TCP = "tcp"
    SERIAL = "serial"
    USB = "usb"
    FILE = "file"
    WINDOWS = "windows"


class FlowControl(StrEnum):
    """How a serial printer says that it can take no more for now."""

    NONE = "none"
    XON_XOFF = "xon_xoff"
    RTS_CTS = "rts_cts"


class DrawerSensor(StrEnum):
    """What the drawer pin of the printer says; learnt once by opening and closing the drawer."""

    NONE = "none"
    HIGH_IS_OPEN = "high_is_open"
    LOW_IS_OPEN = "low_is_open"


class AddressInvalidError(ValueError):
    """The text is no address for that transport; code `printer_address_invalid`."""

    code = "printer_address_invalid"


class TcpAddress(msgspec.Struct, frozen=True):
    host: str
    port: int


class UsbIdentity(msgspec.Struct, frozen=True):
    """Vendor and product number of a USB device; its serial number, or "" for any."""

    vendor: int
    product: int
    serial: str = ""

    @property
    def text(self) -> str:
        return f"{self.vendor:04x}:{self.product:04x}" + (f":{self.serial}" if self.serial else "")


class PathAddress(msgspec.Struct, frozen=True):
    """A device file, a serial port by its name, or a Windows printer queue."""

    name: str


Address = TcpAddress | UsbIdentity | PathAddress


class EscposSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One printer.

    Attributes:
        address: for tcp `192.168.1.50` or `192.168.1.50:9100`, for usb `04b8:0e28` or
            `04b8:0e28:SERIAL`, for serial the same or `/dev/ttyUSB0` or `COM3`, for file
            `/dev/usb/lp0`, for windows the name of the queue.
        model: a name in `hardware.escpos.models.MODELS`.
        status: instead of the model's way, as the probe at set-up found it.
        completion: the same.
        status_timeout_ms: how long a printer may take to say how it is.
        poll_interval_ms: how often it is asked while a job is printing.
        drawer_timeout_ms: after this the moment for opening the drawer is over.
    """

    address: str
    transport: Transport = Transport.TCP
    model: str = "generic-80mm"
    status: StatusWay | None = None
    completion: CompletionWay | None = None
    baud_rate: int = 115_200
    flow_control: FlowControl = FlowControl.NONE
    drawer_sensor: DrawerSensor = DrawerSensor.NONE
    connect_timeout_ms: Milliseconds = 2_000
    status_timeout_ms: Milliseconds = 1_000
    poll_interval_ms: Milliseconds = 500
    drain_timeout_ms: Milliseconds = 1_000
    drawer_timeout_ms: Milliseconds = 3_000

    @property
    def physical_address(self) -> str:
        """One text for one printer, however it was written; for one worker an address.

        Raises:
            AddressInvalidError: see `parse_address`.
        """
        match parse_address(self.transport, self.address):
            case TcpAddress(host, port):
                return f"{self.transport}:{tcp_address(host, port)}"
            case UsbIdentity() as identity:
                return f"{self.transport}:{identity.text}"
            case PathAddress(name):
                return f"{self.transport}:{name}"

    @property
    def printer_model(self) -> PrinterModel:
        """The model, with what the probe found instead of what the table says.

        Raises:
            UnknownPrinterModelError: the table has no such model.
        """
        model = model_named(self.model)
        return msgspec.structs.replace(
            model,
            status=self.status if self.status is not None else model.status,
            completion=self.completion if self.completion is not None else model.completion,
        )


def tcp_address(host: str, port: int = RAW_PORT) -> str:
    """The text of an address on the network."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def check_settings(settings: EscposSettings) -> None:
    """Whether these settings could work, without touching the printer.

    Raises:
        AddressInvalidError: the address does not fit the transport, or the speed is no usual one.
        UnknownPrinterModelError: the table has no such model.
    """
    parse_address(settings.transport, settings.address)
    if settings.baud_rate not in BAUD_RATES:
        raise AddressInvalidError(f"baud rate {settings.baud_rate}")
    model_named(settings.model)


def parse_address(transport: Transport, text: str) -> Address:
    """The address in `text`.

    Raises:
        AddressInvalidError: it is none for this transport.
    """
    stripped = text.strip()
    if not stripped:
        raise AddressInvalidError("empty")
    match transport:
        case Transport.TCP:
            return _tcp(stripped)
        case Transport.USB:
            return _usb(stripped)
        case Transport.SERIAL if _USB_IDENTITY.match(stripped):
            return _usb(stripped)
        case Transport.FILE if not stripped.startswith("/"):
            raise AddressInvalidError("not a full path")
        case _:
            return PathAddress(stripped)


def _tcp(text: str) -> TcpAddress:
    match = _HOST_AND_PORT.match(text)
    if not match:
        raise AddressInvalidError("not HOST or HOST:PORT")
    port = int(match[2] or RAW_PORT)
    if not 1 <= port <= MAX_PORT:
        raise AddressInvalidError("port out of range")
    host = match[1].strip("[]").lower().rstrip(".")
    with suppress(ValueError):  # a name, which the system will look up
        host = str(ipaddress.ip_address(host))
    return TcpAddress(host, port)


def _usb(text: str) -> UsbIdentity:
    match = _USB_IDENTITY.match(text)
    if not match:
        raise AddressInvalidError("not VENDOR:PRODUCT or VENDOR:PRODUCT:SERIAL")
    return UsbIdentity(int(match[1], 16), int(match[2], 16), match[3] or "")
