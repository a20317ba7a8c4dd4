"""The link that settings name."""

from collections.abc import Callable

from hardware.escpos.device_file import FileLink
from hardware.escpos.link import Link
from hardware.escpos.serial_port import SerialLink
from hardware.escpos.settings import (
    EscposSettings,
    PathAddress,
    TcpAddress,
    Transport,
    UsbIdentity,
    parse_address,
)
from hardware.escpos.tcp import TcpLink
from hardware.escpos.usb_printer import UsbLink
from hardware.escpos.windows_queue import WindowsLink
from hardware.timing import Deadline

LinkOpener = Callable[[EscposSettings, Deadline], Link]


def open_link(settings: EscposSettings, deadline: Deadline) -> Link:
    """Open it.

    Raises:
        LinkError: refused, unreachable.
        AddressInvalidError: the settings have no address for their transport.
    """
    match settings.transport, parse_address(settings.transport, settings.address):
        case Transport.TCP, TcpAddress(host, port):
            return TcpLink(host, port, deadline=deadline)
        case Transport.USB, UsbIdentity() as identity:
            return UsbLink(identity, deadline=deadline)
        case Transport.FILE, PathAddress(path):
            return FileLink(path, deadline=deadline)
        case Transport.WINDOWS, PathAddress(queue):
            return WindowsLink(queue)
        case _, (UsbIdentity() | PathAddress()) as address:
            return SerialLink(
                address,
                baud_rate=settings.baud_rate,
                flow_control=settings.flow_control,
                deadline=deadline,
            )
    raise AssertionError(settings.transport)  # parse_address answers one of the above
