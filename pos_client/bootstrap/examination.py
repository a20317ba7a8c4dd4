"""Every device of the settings is tried once, side by side: for the doctor and the screen."""

import logging
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final

import msgspec

from domain.orders import TenderKind
from hardware.cards.pcsc import PcscSettings, try_pcsc
from hardware.displays.pole_display import try_out as try_pole
from hardware.escpos.printer import EscposPrinter
from hardware.payments.keys import PaymentSettingsError
from hardware.payments.port import PaymentProvider
from hardware.ports import DeviceReason, DeviceState, DeviceStatus
from hardware.scanners.serial_scanner import try_serial_scanner
from hardware.serial_ports import SerialPortSettings
from hardware.timing import monotonic_ms
from pos_client.bootstrap.guest_face import pole_settings
from pos_client.bootstrap.payments import provider_makers
from pos_client.bootstrap.printers import TillPrinters
from pos_client.settings import PrinterRole, TillSettings
from pos_client.use_cases.device_setup import DeviceExamined, DeviceKind

MOST_AT_ONCE: Final = 8
_log = logging.getLogger(__name__)


class Examination(msgspec.Struct, frozen=True, kw_only=True):
    kind: DeviceKind
    place: str
    ask: Callable[[], DeviceStatus]


def examine(settings: TillSettings) -> tuple[DeviceExamined, ...]:
    """Ask all of them, within the timeouts of each; printers first, in the order of the settings.

    Raises:
        TillfoldError: `settings_malformed`.
    """
    with ThreadPoolExecutor(MOST_AT_ONCE, thread_name_prefix="examination") as pool:
        return tuple(pool.map(_examined, examinations(settings)))


def examinations(settings: TillSettings) -> Iterator[Examination]:
    """What would be asked. Raises TillfoldError `settings_malformed`."""
    yield from _printers(settings)
    yield from _inputs(settings)
    yield from _pole(settings)
    yield from _providers(settings)


def _examined(examination: Examination) -> DeviceExamined:
    return DeviceExamined(kind=examination.kind, place=examination.place, status=examination.ask())


def _printers(settings: TillSettings) -> Iterable[Examination]:
    for printer in TillPrinters(settings).set_up:
        device = EscposPrinter(printer.settings.device, clock=monotonic_ms)
        yield Examination(
            kind=_printer_kind(printer.settings.roles),
            place=printer.shown,
            ask=device.status,
        )


def _printer_kind(roles: tuple[PrinterRole, ...]) -> DeviceKind:
    return DeviceKind(f"{roles[0]}_printer")


def _inputs(settings: TillSettings) -> Iterable[Examination]:
    scanner, reader = settings.scanner.serial, settings.card_reader
    if scanner.port:
        yield _serial(DeviceKind.SCANNER, scanner)
    if reader.nfc:
        yield Examination(
            kind=DeviceKind.CARD_READER,
            place=reader.reader,
            ask=lambda: try_pcsc(PcscSettings(reader=reader.reader)),
        )
    if reader.serial.port:
        yield _serial(DeviceKind.STRIPE_READER, reader.serial)


def _serial(kind: DeviceKind, port: SerialPortSettings) -> Examination:
    return Examination(kind=kind, place=port.port, ask=lambda: try_serial_scanner(port))


def _pole(settings: TillSettings) -> Iterable[Examination]:
    pole = settings.display.pole
    if pole.port:
        yield Examination(
            kind=DeviceKind.POLE_DISPLAY,
            place=pole.port,
            ask=lambda: try_pole(pole_settings(pole), clock=monotonic_ms),
        )


def _providers(settings: TillSettings) -> Iterable[Examination]:
    """By the number of the contract: the gateway is the same for everybody."""
    contracts = {
        TenderKind.WECHAT_PAY: settings.payment.wechat_pay.mchid,
        TenderKind.ALIPAY: settings.payment.alipay.app_id,
    }
    for kind, make in provider_makers(settings.payment).items():
        yield Examination(
            kind=DeviceKind(kind.value), place=contracts[kind], ask=partial(_try_provider, make)
        )


def _try_provider(make: Callable[[], PaymentProvider]) -> DeviceStatus:
    try:
        provider = make()
    except (PaymentSettingsError, ImportError) as error:
        _log.error("payment provider not set up", extra={"setting": getattr(error, "where", "")})
        return DeviceStatus(DeviceState.LOST, DeviceReason.MISCONFIGURED)
    return provider.examine()
