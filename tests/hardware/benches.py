"""An emulated printer at the end of each transport, and the driver at the other end."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import msgspec

from hardware.emulators.escpos_serial import SerialCable
from hardware.emulators.escpos_server import EmulatorSettings, EscposPrinterEmulator
from hardware.emulators.escpos_usb import PlugSettings, UsbPlug
from hardware.escpos.link import Link
from hardware.escpos.opening import open_link
from hardware.escpos.printer import EscposPrinter
from hardware.escpos.settings import EscposSettings, Transport, UsbIdentity
from hardware.escpos.usb_printer import UsbLink
from hardware.timing import Deadline, monotonic_ms
from tests.hardware.conftest import quick_settings

REAL_TRANSPORTS = (Transport.TCP, Transport.SERIAL, Transport.USB, Transport.FILE)


class Bench:
    """One printer on one transport."""

    def __init__(
        self,
        transport: Transport,
        emulator: EscposPrinterEmulator,
        *,
        cable: SerialCable | None = None,
        plug: UsbPlug | None = None,
    ) -> None:
        self.transport = transport
        self.emulator = emulator
        self.cable = cable
        self.plug = plug

    @property
    def address(self) -> str:
        if self.cable:
            return self.cable.device
        if self.plug:
            return UsbIdentity(self.plug.settings.vendor, self.plug.settings.product).text
        return f"127.0.0.1:{self.emulator.port}"

    def open(self, settings: EscposSettings, deadline: Deadline) -> Link:
        if self.plug:
            settings = msgspec.structs.replace(settings, transport=Transport.USB)
            identity = UsbIdentity(self.plug.settings.vendor, self.plug.settings.product)
            return UsbLink(identity, deadline=deadline, backend=self.plug)
        return open_link(settings, deadline)

    def printer(self, **changes: object) -> EscposPrinter:
        settings = quick_settings(self.address, transport=self.transport, **changes)
        return EscposPrinter(settings, clock=monotonic_ms, opener=self.open)

    def unplug(self) -> None:
        """Pull the cable out at the machine's end; on a network the printer loses power."""
        if self.cable:
            self.cable.unplug()
        elif self.plug:
            self.plug.unplug()
        else:
            self.emulator.cut_power_after(1)


@contextmanager
def bench_on(
    transport: Transport,
    settings: EmulatorSettings | None = None,
    *,
    plug_settings: PlugSettings | None = None,
) -> Iterator[Bench]:
    with ExitStack() as stack:
        emulator = stack.enter_context(EscposPrinterEmulator(settings))
        cable = plug = None
        if transport in {Transport.SERIAL, Transport.FILE}:
            cable = stack.enter_context(SerialCable(emulator.port))
        if transport is Transport.USB:
            plug = UsbPlug(emulator.port, plug_settings)
            stack.callback(plug.close)
        yield Bench(transport, emulator, cable=cable, plug=plug)
