"""A printer on a serial port, or on a USB plug that looks like one.

No modem line is read or waited for: many cables lack them and a printer on a USB plug has none.
A port is named by the device, or by vendor, product and serial number, which stay the same when the
plug moves. A failing port speaks in two ways: `OSError` (of which `SerialException` is one) and,
on Unix, `termios.error`, which is no `OSError`.
"""

import time
from collections.abc import Callable
from typing import TypeVar

import msgspec
import serial
from serial.tools import list_ports

from hardware.escpos.link import RECEIVE_BYTES, Link, LinkError, opening_reason, seconds
from hardware.escpos.settings import FlowControl, PathAddress, UsbIdentity
from hardware.ports import DeviceReason
from hardware.timing import Deadline

try:
    # Unix only.
    from termios import error as terminal_error
except ImportError:  # Windows has no terminals
    terminal_error = OSError  # type: ignore[misc,assignment]

T = TypeVar("T")
FAULTS = (OSError, terminal_error)
PIECE_BYTES = 256  # what may be uncertain when a write gets stuck
LOOK_AGAIN_S = 0.005


class SerialPort(msgspec.Struct, frozen=True):
    """A port that this machine has; `usb` where it is a USB plug."""

    device: str
    label: str
    usb: UsbIdentity | None = None


def serial_ports() -> tuple[SerialPort, ...]:
    """The serial ports of this machine, by name."""
    ports = []
    for port in sorted(list_ports.comports(), key=lambda found: str(found.device)):
        usb = None
        if port.vid is not None:
            usb = UsbIdentity(port.vid, port.pid, port.serial_number or "")
        ports.append(SerialPort(port.device, port.description or port.device, usb))
    return tuple(ports)


class SerialLink(Link):
    """An open port, locked against other programs."""

    def __init__(
        self,
        address: UsbIdentity | PathAddress,
        *,
        baud_rate: int,
        flow_control: FlowControl = FlowControl.NONE,
        deadline: Deadline,
    ) -> None:
        """Open the port.

        Raises:
            LinkError: not_found, busy (another program has it), not_allowed.
        """
        try:
            self._port = serial.Serial(
                _device(address),
                baud_rate,
                timeout=0,
                write_timeout=seconds(deadline),
                xonxoff=flow_control is FlowControl.XON_XOFF,
                rtscts=flow_control is FlowControl.RTS_CTS,
                exclusive=True,
            )
            self._port.reset_input_buffer()
        except FAULTS as fault:
            raise LinkError(opening_reason(getattr(fault, "errno", None))) from fault

    def send(self, data: bytes, *, deadline: Deadline) -> None:
        """Write all of it; a piece that got stuck counts as having left."""
        for start in range(0, len(data), PIECE_BYTES):
            piece = data[start : start + PIECE_BYTES]
            try:
                self._port.write_timeout = seconds(deadline)
                self._port.write(piece)
            except serial.SerialTimeoutException as fault:
                sent = start + len(piece)
                raise LinkError(DeviceReason.TIMED_OUT, sent_bytes=sent) from fault
            except FAULTS as fault:
                sent = start + len(piece)
                raise LinkError(DeviceReason.CONNECTION_LOST, sent_bytes=sent) from fault

    def receive(self, *, deadline: Deadline) -> bytes:
        """What has arrived, as soon as something has."""

        def read() -> bytes:
            self._port.timeout = seconds(deadline)
            first = bytes(self._port.read(1))
            return first + bytes(self._port.read(min(self._port.in_waiting, RECEIVE_BYTES)))

        return _or_lost(read)

    def finish(self, *, deadline: Deadline) -> None:
        """Wait until the last byte is on the line; `tcdrain` itself would have no deadline."""
        while _or_lost(lambda: self._port.out_waiting > 0):
            if deadline.over:
                raise LinkError(DeviceReason.TIMED_OUT)
            time.sleep(LOOK_AGAIN_S)

    def close(self) -> None:
        # What a stuck printer did not take would hold up the close for half a minute.
        for step in (self._port.reset_output_buffer, self._port.close):
            try:
                step()
            except FAULTS:
                continue  # unplugged; the other step still frees what this process holds


def _device(address: UsbIdentity | PathAddress) -> str:
    if isinstance(address, PathAddress):
        return address.name
    for port in serial_ports():
        if port.usb and _same(address, port.usb):
            return port.device
    raise LinkError(DeviceReason.NOT_FOUND)


def _same(wanted: UsbIdentity, found: UsbIdentity) -> bool:
    same_type = (wanted.vendor, wanted.product) == (found.vendor, found.product)
    return same_type and wanted.serial in {"", found.serial}


def _or_lost(work: Callable[[], T]) -> T:
    try:
        return work()
    except FAULTS as fault:
        raise LinkError(DeviceReason.CONNECTION_LOST) from fault
