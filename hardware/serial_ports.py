"""A serial port that may be pulled out at any time: found by what is plugged in, opened, read."""

import errno
import re
from collections.abc import Iterable
from typing import Annotated, Any, Final

import msgspec
import serial
from serial.tools import list_ports

from hardware.ports import DeviceReason
from hardware.supervisor import DeviceFault

READ_WAIT_S: Final = 0.25
_USB_NAME: Final = re.compile(r"([0-9A-Fa-f]{4}):([0-9A-Fa-f]{4})(?::(.+))?")
# Modem lines are not looked at: neither CDC devices nor pseudo-terminals have them all.
_REASONS: Final = {
    errno.ENOENT: DeviceReason.NOT_FOUND,
    errno.ENXIO: DeviceReason.NOT_FOUND,
    errno.ENODEV: DeviceReason.NOT_FOUND,
    errno.EIO: DeviceReason.NOT_FOUND,
    errno.EACCES: DeviceReason.NOT_ALLOWED,
    errno.EPERM: DeviceReason.NOT_ALLOWED,
    errno.EBUSY: DeviceReason.BUSY,
    errno.EAGAIN: DeviceReason.BUSY,
    errno.EWOULDBLOCK: DeviceReason.BUSY,
}


class SerialPortSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`port` is "VID:PID" or "VID:PID:serial number" of a USB device, or the name of a port.

    The former holds whichever socket it is plugged into. Empty: there is none. CDC devices take
    any `baud`.
    """

    port: Annotated[str, msgspec.Meta(max_length=200)] = ""
    baud: Annotated[int, msgspec.Meta(ge=300, le=4_000_000)] = 9600


class PluggedPort(msgspec.Struct, frozen=True, kw_only=True):
    """A serial port that the machine has now. `usb` is its VID:PID:serial, empty for others."""

    device: str
    usb: str
    description: str


def plugged_ports() -> list[PluggedPort]:
    """All serial ports of the machine."""
    return [
        PluggedPort(device=each.device, usb=_usb_name(each), description=each.description or "")
        for each in list_ports.comports()
    ]


def _usb_name(port: Any) -> str:  # noqa: ANN401 - pyserial ships no types
    if port.vid is None or port.pid is None:
        return ""
    serial_number = f":{port.serial_number}" if port.serial_number else ""
    return f"{port.vid:04X}:{port.pid:04X}{serial_number}"


def choose_port(wanted: str, plugged: Iterable[PluggedPort]) -> str:
    """The name of the port to open.

    Raises:
        DeviceFault: `not_found`; `busy` where two devices fit and only a serial number could tell.
    """
    named = _USB_NAME.fullmatch(wanted)
    if named is None:
        return wanted
    vendor_product = f"{named[1]}:{named[2]}".upper()
    exact = f"{vendor_product}:{named[3]}" if named[3] else ""
    fitting = [
        port.device
        for port in plugged
        if (port.usb == exact if exact else port.usb.startswith(vendor_product))
    ]
    if not fitting:
        raise DeviceFault(DeviceReason.NOT_FOUND)
    if len(fitting) > 1:
        raise DeviceFault(DeviceReason.BUSY)
    return fitting[0]


class SerialPort:
    """One open port. Every fault is a DeviceFault; after one, `close` and open anew."""

    def __init__(self, settings: SerialPortSettings) -> None:
        self._settings = settings
        self._port: Any = None

    def open(self) -> None:
        """Raises DeviceFault."""
        name = choose_port(self._settings.port, plugged_ports())
        try:
            self._port = serial.Serial(
                name,
                self._settings.baud,
                timeout=READ_WAIT_S,
                write_timeout=READ_WAIT_S,
                exclusive=True,
            )
        # pyserial raises both, and ValueError for a baud rate that the port cannot do.
        except (serial.SerialException, OSError, ValueError) as error:
            raise DeviceFault(_reason_of(error)) from error

    def read(self) -> bytes:
        """What has come, waiting at most READ_WAIT_S; empty where nothing did.

        Raises:
            DeviceFault: it was pulled out.
        """
        try:
            first: bytes = self._port.read(1)
            rest: bytes = self._port.read(self._port.in_waiting) if first else b""
        # An unplugged port says so with either, depending on the call; `is_open` stays true.
        except (serial.SerialException, OSError, TypeError) as error:
            raise DeviceFault(DeviceReason.CONNECTION_LOST) from error
        return first + rest

    def write(self, data: bytes) -> None:
        """Hand all of `data` over.

        Raises:
            DeviceFault: `timed_out`, `connection_lost`.
        """
        try:
            self._port.write(data)
        except serial.SerialTimeoutException as error:
            raise DeviceFault(DeviceReason.TIMED_OUT) from error
        except (serial.SerialException, OSError, TypeError) as error:
            raise DeviceFault(DeviceReason.CONNECTION_LOST) from error

    def check(self) -> None:
        """Raises DeviceFault `connection_lost` where it was pulled out; does not wait."""
        try:
            _ = self._port.in_waiting
        except (serial.SerialException, OSError, TypeError) as error:
            raise DeviceFault(DeviceReason.CONNECTION_LOST) from error

    def close(self) -> None:
        port, self._port = self._port, None
        if port is not None:
            try:
                port.close()
            except (serial.SerialException, OSError):
                return  # gone already


def _reason_of(error: Exception) -> DeviceReason:
    code = getattr(error, "errno", None) or getattr(error.__context__, "errno", None)
    return _REASONS.get(code or 0, DeviceReason.UNREACHABLE)
