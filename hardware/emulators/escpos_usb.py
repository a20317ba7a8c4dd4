"""An emulated printer on a USB plug: what pyusb takes in the place of libusb.

Its bulk endpoints lead to the network port of the emulated printer. Without power, or unplugged,
it is not there, and every call to it fails as one to a device that has gone.
"""

import errno
import socket
from array import array
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import msgspec
import usb.backend
import usb.core

OUT_ENDPOINT, IN_ENDPOINT = 0x03, 0x84  # not what libraries assume
BULK, PRINTER_CLASS, HUB_LIKE_CLASS = 2, 7, 3
PLUG_BUFFER_BYTES = 8_192
STRING_KIND, LANGUAGE = 0x03, b"\x04\x03\x09\x04"
STRINGS = {1: "Emulated", 2: "Receipt printer", 3: "E0001"}
GET_DESCRIPTOR = 0x06


class PlugSettings(msgspec.Struct, frozen=True):
    """`other_interface`: an interface of another class stands before that of the printer."""

    vendor: int = 0x0416
    product: int = 0x5011
    driver_holds: bool = True
    can_answer: bool = True
    other_interface: bool = True


class Descriptors(usb.backend.IBackend):  # type: ignore[misc] # the library has no types
    """What the device says about itself; names and arguments are those of pyusb."""

    settings: PlugSettings

    def get_device_descriptor(self, dev: str) -> Any:  # noqa: ANN401, ARG002
        return SimpleNamespace(
            bLength=18,
            bDescriptorType=1,
            bcdUSB=0x0200,
            bDeviceClass=0,
            bDeviceSubClass=0,
            bDeviceProtocol=0,
            bMaxPacketSize0=64,
            idVendor=self.settings.vendor,
            idProduct=self.settings.product,
            bcdDevice=0x0100,
            iManufacturer=1,
            iProduct=2,
            iSerialNumber=3,
            bNumConfigurations=1,
            bus=1,
            address=5,
            port_number=1,
            port_numbers=(1,),
            speed=3,
        )

    def get_configuration_descriptor(self, dev: str, config: int) -> Any:  # noqa: ANN401, ARG002
        if config:
            raise IndexError
        return SimpleNamespace(
            bLength=9,
            bDescriptorType=2,
            wTotalLength=32,
            bNumInterfaces=len(self._classes()),
            bConfigurationValue=1,
            iConfiguration=0,
            bmAttributes=0xC0,
            bMaxPower=1,
            extra_descriptors=[],
        )

    def get_interface_descriptor(self, dev: str, intf: int, alt: int, config: int) -> Any:  # noqa: ANN401, ARG002
        classes = self._classes()
        if alt or intf >= len(classes):
            raise IndexError
        ends = 1 + self.settings.can_answer if classes[intf] == PRINTER_CLASS else 0
        return SimpleNamespace(
            bLength=9,
            bDescriptorType=4,
            bInterfaceNumber=intf,
            bAlternateSetting=0,
            bNumEndpoints=ends,
            bInterfaceClass=classes[intf],
            bInterfaceSubClass=1,
            bInterfaceProtocol=2,
            iInterface=0,
            extra_descriptors=[],
        )

    def get_endpoint_descriptor(self, dev: str, ep: int, intf: int, alt: int, config: int) -> Any:  # noqa: ANN401, ARG002
        return SimpleNamespace(
            bLength=7,
            bDescriptorType=5,
            bEndpointAddress=(OUT_ENDPOINT, IN_ENDPOINT)[ep],
            bmAttributes=BULK,
            wMaxPacketSize=64,
            bInterval=0,
            bRefresh=0,
            bSynchAddress=0,
            extra_descriptors=[],
        )

    def _classes(self) -> list[int]:
        return [HUB_LIKE_CLASS, PRINTER_CLASS] if self.settings.other_interface else [PRINTER_CLASS]


class UsbPlug(Descriptors):
    """One device on an otherwise empty bus."""

    def __init__(self, printer_port: int, settings: PlugSettings | None = None) -> None:
        self.settings = settings or PlugSettings()
        self.driver_holds = self.settings.driver_holds
        self.claimed = False
        self.resets = 0
        self.plugged = True
        self._printer = ("127.0.0.1", printer_port)
        self._socket: socket.socket | None = None

    def unplug(self) -> None:
        self.plugged = False
        self._hang_up()

    def close(self) -> None:
        self._hang_up()

    # What follows is called by pyusb; names and arguments are its own.

    def enumerate_devices(self) -> Iterator[str]:
        yield from (["plug"] if self.plugged and self._connected() else [])

    def open_device(self, dev: str) -> str:
        self._must_be_there()
        return dev

    def close_device(self, dev_handle: str) -> None: ...

    def get_configuration(self, dev_handle: str) -> int:  # noqa: ARG002
        self._must_be_there()
        return 1

    def set_configuration(self, dev_handle: str, config_value: int) -> None: ...

    def set_interface_altsetting(self, dev_handle: str, intf: int, altsetting: int) -> None: ...

    def claim_interface(self, dev_handle: str, intf: int) -> None:  # noqa: ARG002
        self._must_be_there()
        if self.driver_holds or self.claimed:
            raise usb.core.USBError("Resource busy", errno=errno.EBUSY)
        self.claimed = True

    def release_interface(self, dev_handle: str, intf: int) -> None:  # noqa: ARG002
        self.claimed = False
        self._must_be_there()

    def is_kernel_driver_active(self, dev_handle: str, intf: int) -> bool:  # noqa: ARG002
        return self.driver_holds

    def detach_kernel_driver(self, dev_handle: str, intf: int) -> None:  # noqa: ARG002
        self.driver_holds = False

    def attach_kernel_driver(self, dev_handle: str, intf: int) -> None:  # noqa: ARG002
        self.driver_holds = True

    def reset_device(self, dev_handle: str) -> None:  # noqa: ARG002
        self.resets += 1

    def bulk_write(self, dev_handle: str, ep: int, intf: int, data: Any, timeout: int) -> int:  # noqa: ANN401, ARG002
        assert ep == OUT_ENDPOINT
        link = self._must_be_there()
        link.settimeout(timeout / 1000)
        try:
            return link.send(bytes(data))
        except TimeoutError as fault:
            raise usb.core.USBTimeoutError("timed out", errno=errno.ETIMEDOUT) from fault
        except OSError as fault:
            raise self._gone() from fault

    def bulk_read(self, dev_handle: str, ep: int, intf: int, buff: Any, timeout: int) -> int:  # noqa: ANN401, ARG002
        assert ep == IN_ENDPOINT
        link = self._must_be_there()
        link.settimeout(timeout / 1000)
        try:
            received = link.recv(len(buff))
        except TimeoutError as fault:
            raise usb.core.USBTimeoutError("timed out", errno=errno.ETIMEDOUT) from fault
        except OSError as fault:
            raise self._gone() from fault
        if not received:
            raise self._gone()
        buff[: len(received)] = array("B", received)
        return len(received)

    def ctrl_transfer(  # noqa: PLR0913, PLR0917
        self,
        dev_handle: str,  # noqa: ARG002
        bmRequestType: int,  # noqa: ARG002, N803
        bRequest: int,  # noqa: N803
        wValue: int,  # noqa: N803
        wIndex: int,  # noqa: ARG002, N803
        data: Any,  # noqa: ANN401
        timeout: int,  # noqa: ARG002
    ) -> int:
        """Names and serial number, as string descriptors."""
        self._must_be_there()
        if bRequest != GET_DESCRIPTOR or wValue >> 8 != STRING_KIND:
            raise usb.core.USBError("stalled", errno=errno.EPIPE)
        text = STRINGS.get(wValue & 0xFF, "").encode("utf-16-le")
        answer = bytes([len(text) + 2, STRING_KIND]) + text if wValue & 0xFF else LANGUAGE
        data[: len(answer)] = array("B", answer)
        return len(answer)

    def _must_be_there(self) -> socket.socket:
        if self._socket is None:  # it comes back by being found again, not under an open handle
            raise self._gone()
        return self._socket

    def _connected(self) -> bool:
        if self._socket is not None and not self._heard_from():
            self._hang_up()
        if self._socket is None:
            try:
                self._socket = socket.create_connection(self._printer, timeout=1)
            except OSError:
                return False
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, PLUG_BUFFER_BYTES)
        return True

    def _heard_from(self) -> bool:
        """Whether the printer still has power, as far as its socket knows."""
        assert self._socket is not None
        self._socket.settimeout(0)
        try:
            return self._socket.recv(1, socket.MSG_PEEK) != b""
        except BlockingIOError:
            return True
        except OSError:
            return False

    def _gone(self) -> usb.core.USBError:
        self._hang_up()
        self.claimed = False
        return usb.core.USBError("No such device", errno=errno.ENODEV)

    def _hang_up(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None
