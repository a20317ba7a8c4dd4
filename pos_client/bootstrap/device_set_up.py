"""Finds devices, tries them out and writes them into the settings; behind the device screen."""

from collections.abc import Callable
from ipaddress import IPv4Network
from typing import Final

import msgspec

from domain.wording import Wording
from hardware.cards.pcsc import PcscSettings, pcsc_readers, try_pcsc
from hardware.displays.pole_display import try_out as try_pole
from hardware.displays.protocols import PoleKind
from hardware.escpos.commands import encode_job
from hardware.escpos.discovery import FoundPrinter, find_plugged, local_network, scan_network
from hardware.escpos.link import LinkError
from hardware.escpos.models import MODELS
from hardware.escpos.printer import EscposPrinter
from hardware.escpos.probe import probe_settings
from hardware.escpos.settings import EscposSettings, Transport
from hardware.escpos.trial_page import trial_page
from hardware.ports import DeviceState, DeviceStatus, Done, SentUnconfirmed
from hardware.scanners.serial_scanner import try_serial_scanner
from hardware.serial_ports import SerialPortSettings
from hardware.supervisor import DeviceFault
from hardware.timing import Deadline, monotonic_ms
from pos_client.bootstrap.examination import examine
from pos_client.bootstrap.guest_face import pole_settings
from pos_client.bootstrap.printers import make_artist
from pos_client.settings import (
    NamedPrinterSettings,
    PoleDisplaySettings,
    PrinterRole,
    PrinterSettings,
    TillSettings,
    keep_devices,
)
from pos_client.use_cases.device_setup import (
    PRINTERS,
    DeviceChoice,
    DeviceExamined,
    DeviceFound,
    DeviceKind,
    Way,
)

SEARCH_MS: Final = 8_000
PAGE_DEADLINE_MS: Final = 20_000
# What pyserial says of a port that has no description.
NO_DESCRIPTION: Final = "n/a"
# Suits most printers that are not in the table by their own name.
_USUAL_MODEL: Final = "generic-80mm"


class DeviceDesk:
    """Fulfils `DeviceSetUp`. Knows the settings of this start and what was kept since."""

    def __init__(
        self,
        settings: TillSettings,
        wording: Callable[[], Wording],
        *,
        network: Callable[[], IPv4Network | None] = local_network,
    ) -> None:
        self._settings = settings
        self._network = network
        self._wording = wording
        self._printers: dict[DeviceChoice, EscposSettings] = {}

    def examine(self) -> tuple[DeviceExamined, ...]:
        return examine(self._settings)

    def find(self, cancelled: Callable[[], bool]) -> tuple[DeviceFound, ...]:
        plugged = [_plugged(one) for one in find_plugged()]
        return (*plugged, *_readers(), *self._on_the_network(cancelled))

    def variants(self, kind: DeviceKind) -> tuple[str, ...]:
        if kind in PRINTERS:
            return (_USUAL_MODEL, *(name for name in MODELS if name != _USUAL_MODEL))
        return tuple(PoleKind) if kind is DeviceKind.POLE_DISPLAY else ()

    def try_out(self, choice: DeviceChoice) -> DeviceStatus:
        port = SerialPortSettings(port=choice.found.address)
        match choice.kind:
            case DeviceKind.CARD_READER:
                return try_pcsc(PcscSettings(reader=choice.found.address))
            case DeviceKind.SCANNER | DeviceKind.STRIPE_READER:
                return try_serial_scanner(port)
            case DeviceKind.POLE_DISPLAY:
                return try_pole(pole_settings(_pole(choice)), clock=monotonic_ms)
            case _:
                return self._try_printer(choice)

    def keep(self, choice: DeviceChoice) -> None:
        tables = self._tables(choice)
        keep_devices(self._settings.data_path, tables)
        self._settings = msgspec.structs.replace(self._settings, **tables)

    def _on_the_network(self, cancelled: Callable[[], bool]) -> list[DeviceFound]:
        network = self._network()
        if network is None:
            return []
        patience = Deadline(monotonic_ms, SEARCH_MS)
        found = scan_network(network, deadline=patience, cancelled=cancelled)
        return [DeviceFound(way=Way.TCP, address=one.address, label=one.label) for one in found]

    def _try_printer(self, choice: DeviceChoice) -> DeviceStatus:
        """Ask how it can be talked to, then print the test page."""
        settings = EscposSettings(
            address=choice.found.address,
            transport=Transport(choice.found.way.value),
            model=choice.variant,
        )
        try:
            probed = probe_settings(settings, clock=monotonic_ms)
        except LinkError as fault:
            return DeviceStatus(DeviceState.LOST, fault.reason)
        if probed.obstacle is not None:
            # What it can do is not known before that is put right; kept now, the model says it.
            self._printers[choice] = settings
            return DeviceStatus(DeviceState.DEGRADED, probed.obstacle)
        settings = msgspec.structs.replace(
            settings, status=probed.status, completion=probed.completion
        )
        self._printers[choice] = settings
        model = settings.printer_model
        page = encode_job(trial_page(model, address=settings.address), model, artist=make_artist())
        printer = EscposPrinter(settings, clock=monotonic_ms)
        outcome = printer.print(page, deadline_ms=PAGE_DEADLINE_MS)
        if isinstance(outcome, Done | SentUnconfirmed):
            return DeviceStatus(DeviceState.READY)
        return DeviceStatus(DeviceState.DEGRADED, outcome.reason)

    def _tables(self, choice: DeviceChoice) -> dict[str, object]:
        settings, port = self._settings, SerialPortSettings(port=choice.found.address)
        match choice.kind:
            case DeviceKind.SCANNER:
                return {"scanner": msgspec.structs.replace(settings.scanner, serial=port)}
            case DeviceKind.STRIPE_READER:
                return {"card_reader": msgspec.structs.replace(settings.card_reader, serial=port)}
            case DeviceKind.CARD_READER:
                reader = msgspec.structs.replace(
                    settings.card_reader, nfc=True, reader=choice.found.address
                )
                return {"card_reader": reader}
            case DeviceKind.POLE_DISPLAY:
                display = msgspec.structs.replace(settings.display, pole=_pole(choice))
                return {"display": display}
            case _:
                return self._printer_tables(choice)

    def _printer_tables(self, choice: DeviceChoice) -> dict[str, object]:
        """A receipt or label printer takes the place of the one before; kitchens have many."""
        role = PrinterRole(choice.kind.removesuffix("_printer"))
        others = self._settings.printers
        tables: dict[str, object] = {}
        if role is not PrinterRole.KITCHEN:
            others = tuple(printer for printer in others if printer.roles != (role,))
        if role is PrinterRole.RECEIPT:
            tables["printer"] = PrinterSettings()
        tried = self._printers[choice]
        new = NamedPrinterSettings(
            name=self._name_for(choice.kind, others),
            address=tried.address,
            transport=tried.transport,
            model=tried.model,
            status=tried.status,
            completion=tried.completion,
            roles=(role,),
        )
        return tables | {"printers": (new, *others)}

    def _name_for(self, kind: DeviceKind, others: tuple[NamedPrinterSettings, ...]) -> str:
        """厨房打印机 2, where the first has that name already."""
        word, taken = self._wording().text(f"device_kind.{kind}"), {one.name for one in others}
        names = (word, *(f"{word} {number}" for number in range(2, len(taken) + 3)))
        return next(name for name in names if name not in taken)


def _pole(choice: DeviceChoice) -> PoleDisplaySettings:
    return PoleDisplaySettings(port=choice.found.address, kind=choice.variant)


def _plugged(one: FoundPrinter) -> DeviceFound:
    label = one.label if one.label != NO_DESCRIPTION else one.address
    return DeviceFound(way=Way(one.transport.value), address=one.address, label=label)


def _readers() -> list[DeviceFound]:
    try:
        names = pcsc_readers()
    except DeviceFault:
        return []  # no service: there are none to be found
    return [DeviceFound(way=Way.PCSC, address=name, label=name) for name in names]
