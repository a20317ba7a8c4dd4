"""A USB printer spoken to directly (class 7), without a driver of the system between.

Its endpoints are looked up, never assumed, and it is never reset: a reset drops what it has not
printed yet. Where the system's own printer driver holds it, that is put aside while the link is
open. On Windows this would need another driver (WinUSB); use the `windows` transport there.
"""

import errno
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any

import msgspec
import usb.core
import usb.util

from hardware.escpos.link import RECEIVE_BYTES, Link, LinkError, opening_reason
from hardware.escpos.settings import UsbIdentity
from hardware.ports import DeviceReason
from hardware.timing import Deadline

PRINTER_CLASS = 7
PIECE_BYTES = 4096
READ_MS = 100  # an answer may need several reads
EMPTY_PAUSE_S = 0.01  # some printers answer a read with nothing at once

# What the library offers in the place of libusb, as tests do; None takes the one it finds.
Backend = Any


class UsbPrinter(msgspec.Struct, frozen=True):
    """A printer that is plugged in."""

    identity: UsbIdentity
    label: str


def usb_printers(backend: Backend = None) -> tuple[UsbPrinter, ...]:
    """The USB printers of this machine; none where the system has no libusb."""
    try:
        devices = usb.core.find(find_all=True, backend=backend, custom_match=_is_printer)
        found = [UsbPrinter(_identity(device), _label(device)) for device in devices]
    except (usb.core.NoBackendError, usb.core.USBError):
        return ()
    return tuple(sorted(found, key=lambda printer: printer.identity.text))


class UsbLink(Link):
    """An open printer, claimed against other programs."""

    def __init__(
        self, address: UsbIdentity, *, deadline: Deadline, backend: Backend = None
    ) -> None:
        """Open it.

        Raises:
            LinkError: not_found (also without libusb), busy (another program has it), not_allowed.
        """
        self._device = _find(address, backend)
        self._detached = False
        try:
            self._claim(deadline)
        except usb.core.USBError as fault:
            self.close()
            raise LinkError(opening_reason(fault.errno)) from fault
        self.answers = self._in is not None

    def _claim(self, deadline: Deadline) -> None:
        try:
            configuration = self._device.get_active_configuration()
        except usb.core.USBError:
            self._device.set_configuration()
            configuration = self._device.get_active_configuration()
        self._interface = next(_printer_interfaces(configuration))
        number = self._interface.bInterfaceNumber
        with suppress(NotImplementedError):  # only Linux knows kernel drivers
            if self._device.is_kernel_driver_active(number):
                self._device.detach_kernel_driver(number)
                self._detached = True
        usb.util.claim_interface(self._device, number)
        self._out = _endpoint(self._interface, usb.util.ENDPOINT_OUT)
        self._in = _endpoint(self._interface, usb.util.ENDPOINT_IN)
        if self._out is None:
            raise usb.core.USBError("no way out", errno=errno.ENODEV)
        self._forget_old_answers(deadline)

    def send(self, data: bytes, *, deadline: Deadline) -> None:
        """Write all of it."""
        sent = 0
        while sent < len(data):
            piece = data[sent : sent + PIECE_BYTES]
            try:
                sent += self._out.write(piece, max(deadline.left_ms, 1))
            except usb.core.USBTimeoutError as fault:  # raised only when nothing of it was taken
                raise LinkError(DeviceReason.TIMED_OUT, sent_bytes=sent) from fault
            except usb.core.USBError as fault:
                at_most = sent + len(piece)
                raise LinkError(DeviceReason.CONNECTION_LOST, sent_bytes=at_most) from fault
            if sent < len(data) and deadline.over:
                raise LinkError(DeviceReason.TIMED_OUT, sent_bytes=sent)

    def receive(self, *, deadline: Deadline) -> bytes:
        """What has arrived, asked for until something has."""
        while True:
            received = self._read(min(READ_MS, max(deadline.left_ms, 1)))
            if received or deadline.over:
                return received
            time.sleep(EMPTY_PAUSE_S)

    def finish(self, *, deadline: Deadline) -> None:
        """Nothing to wait for: a write ends when the printer has taken it."""

    def close(self) -> None:
        with suppress(usb.core.USBError, AttributeError):  # unplugged, or never claimed
            usb.util.release_interface(self._device, self._interface.bInterfaceNumber)
        if self._detached:
            with suppress(usb.core.USBError, NotImplementedError):
                self._device.attach_kernel_driver(self._interface.bInterfaceNumber)
        with suppress(usb.core.USBError):
            usb.util.dispose_resources(self._device)

    def _read(self, within_ms: int) -> bytes:
        try:
            return bytes(self._in.read(RECEIVE_BYTES, within_ms))
        except usb.core.USBTimeoutError:
            return b""
        except usb.core.USBError as fault:
            raise LinkError(DeviceReason.CONNECTION_LOST) from fault

    def _forget_old_answers(self, deadline: Deadline) -> None:
        while self._in is not None and not deadline.over and self._read(1):
            continue


def _find(address: UsbIdentity, backend: Backend) -> Any:  # noqa: ANN401 - the library has no types
    def wanted(device: Any) -> bool:  # noqa: ANN401
        numbers = (device.idVendor, device.idProduct)
        if numbers != (address.vendor, address.product) or not _is_printer(device):
            return False
        return not address.serial or _identity(device).serial == address.serial

    try:
        device = usb.core.find(backend=backend, custom_match=wanted)
    except (usb.core.NoBackendError, usb.core.USBError) as fault:
        raise LinkError(DeviceReason.NOT_FOUND) from fault
    if device is None:
        raise LinkError(DeviceReason.NOT_FOUND)
    return device


def _is_printer(device: Any) -> bool:  # noqa: ANN401
    return any(True for configuration in device for _ in _printer_interfaces(configuration))


def _printer_interfaces(configuration: Iterable[Any]) -> Iterator[Any]:
    return (each for each in configuration if each.bInterfaceClass == PRINTER_CLASS)


def _endpoint(interface: Any, direction: int) -> Any:  # noqa: ANN401
    def fits(endpoint: Any) -> bool:  # noqa: ANN401
        way = usb.util.endpoint_direction(endpoint.bEndpointAddress)
        kind = usb.util.endpoint_type(endpoint.bmAttributes)
        return bool(way == direction and kind == usb.util.ENDPOINT_TYPE_BULK)

    return usb.util.find_descriptor(interface, custom_match=fits)


def _identity(device: Any) -> UsbIdentity:  # noqa: ANN401
    return UsbIdentity(device.idVendor, device.idProduct, _text(device, "serial_number"))


def _label(device: Any) -> str:  # noqa: ANN401
    names = (_text(device, "manufacturer"), _text(device, "product"))
    return " ".join(name for name in names if name) or _identity(device).text


def _text(device: Any, name: str) -> str:  # noqa: ANN401
    try:
        text = getattr(device, name)
    except (usb.core.USBError, ValueError, NotImplementedError):  # not allowed, or it has none
        return ""
    return str(text).replace("\x00", "").strip() if text else ""
