"""A printer on a serial port, or on a USB plug that looks like one.

No modem line is read or waited for: many cables lack them and a printer on a USB plug has none.
A port is named by the device, or by vendor, product and serial number, which stay the same when the
plug moves. A failing port speaks in two ways: `OSError` (of which `SerialException` is one) and,
on Unix, `termios.error`, which is no `OSError`.
"""

import time
from collections.abc import Callable
from typing import TypeVar

import serial

from hardware.escpos.link import RECEIVE_BYTES, Link, LinkError, opening_reason, seconds
from hardware.escpos.settings import FlowControl, PathAddress, UsbIdentity
from hardware.ports import DeviceReason
from hardware.serial_ports import choose_port, plugged_ports
from hardware.supervisor import DeviceFault
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
            self._drained = True
        except FAULTS as fault:
            raise LinkError(opening_reason(getattr(fault, "errno", None))) from fault

    def send(self, data: bytes, *, deadline: Deadline) -> None:
        """Write all of it; a piece that got stuck counts as having left."""
        self._drained = False
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
        self._drained = True

    def close(self) -> None:
        # What a stuck printer did not take would hold up the close for half a minute. After a good
        # end nothing may be dropped: the last bytes can still be in the chip.
        steps = [self._port.close] if self._drained else [self._drop, self._port.close]
        for step in steps:
            try:
                step()
            except FAULTS:
                continue  # unplugged; the next step still frees what this process holds

    def _drop(self) -> None:
        self._port.reset_output_buffer()


def _device(address: UsbIdentity | PathAddress) -> str:
    wanted = address.name if isinstance(address, PathAddress) else address.text
    try:
        return choose_port(wanted, plugged_ports())
    except DeviceFault as fault:
        raise LinkError(fault.reason) from fault


def _or_lost(work: Callable[[], T]) -> T:
    try:
        return work()
    except FAULTS as fault:
        raise LinkError(DeviceReason.CONNECTION_LOST) from fault
