"""From the settings to printers that work: one worker an address, and who prints what."""

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Final

import msgspec

from domain.errors import ErrorCode, TillfoldError
from domain.wording import Wording
from hardware.escpos.model import PrinterModel
from hardware.escpos.models import UnknownPrinterModelError
from hardware.escpos.preview import preview_png
from hardware.escpos.printer import EscposPrinter
from hardware.escpos.raster import LineArtist
from hardware.escpos.settings import AddressInvalidError, check_settings, tcp_address
from hardware.fonts import FontWeight, find_cjk_font
from hardware.ports import CashDrawer
from hardware.receipt import Document
from hardware.timing import monotonic_ms
from pos_client.devices.printing import PrinterCondition, PrintingThread, Served
from pos_client.devices.printing_pool import PrintingPool
from pos_client.settings import NamedPrinterSettings, PrinterRole, TillSettings
from pos_client.storage.thread import StorageThread
from pos_client.use_cases.routing import LabelPrinter, Routing, Station
from pos_client.use_cases.sale_printing import Printing
from pos_client.use_cases.till_status import PrinterSeen

# The name of the only printer in the `printer` table, also of jobs that were queued for it.
ONLY_PRINTER: Final = "receipt"
_MS: Final = 1000
_MINUTE_MS: Final = 60 * _MS


class SetUpPrinter(msgspec.Struct, frozen=True, kw_only=True):
    """A printer of the settings; `shown` is what people call it."""

    settings: NamedPrinterSettings
    shown: str

    @property
    def name(self) -> str:
        return self.settings.name

    @property
    def address(self) -> str:
        return self.settings.device.physical_address

    @property
    def model(self) -> PrinterModel:
        return self.settings.device.printer_model


class TillPrinters:
    """All printers of a till's settings, looked through.

    Raises:
        TillfoldError: `settings_malformed`, saying where.
    """

    def __init__(self, settings: TillSettings) -> None:
        self._settings = settings
        self._printers = tuple(_all(settings))
        _check(self._printers, settings)
        self._artist = cache(make_artist)

    @property
    def set_up(self) -> tuple[SetUpPrinter, ...]:
        """In the order of the settings."""
        return self._printers

    def make_pool(
        self, storage: StorageThread, wording: Callable[[], Wording]
    ) -> PrintingPool | None:
        """One worker for each address; None without a printer."""
        by_address: dict[str, list[SetUpPrinter]] = {}
        for printer in self._printers:
            by_address.setdefault(printer.address, []).append(printer)
        threads = [
            PrintingThread(
                storage,
                EscposPrinter(sharing[0].settings.device, clock=monotonic_ms),
                [self._served(printer) for printer in sharing],
                make_artist,
                wording,
            )
            for sharing in by_address.values()
        ]
        return PrintingPool(threads) if threads else None

    def drawer(self, pool: PrintingPool | None) -> CashDrawer | None:
        """None where there is no drawer, or no printer that it could hang on."""
        drawer = self._settings.drawer
        name = drawer.printer or self._first(PrinterRole.RECEIPT)
        return pool.drawer(name) if pool is not None and drawer.on and name else None

    def seen(self, pool: PrintingPool) -> tuple[PrinterSeen, ...]:
        return tuple(_seen(printer, pool.condition(printer.name)) for printer in self._printers)

    def printing(self, wording: Wording) -> Printing:
        receipt = self._settings.receipt
        return Printing(
            routing=self._routing(),
            wording=wording,
            head=receipt.head,
            foot=receipt.foot,
            member_code=receipt.member_code,
        )

    def preview(self, document: Document, name: str) -> bytes | None:
        """As it would come out of that printer; of the first one where it is not set up."""
        named = (printer for printer in self._printers if printer.name == name)
        printer = next(named, self._printers[0] if self._printers else None)
        artist = self._artist()
        if printer is None or artist is None:
            return None
        return preview_png(document, printer.model, artist=artist)

    def _routing(self) -> Routing:
        """Receipts go to the first printer with that role, tickets and labels to all of theirs."""
        kitchen = self._settings.kitchen
        return Routing(
            receipts=self._first(PrinterRole.RECEIPT),
            stations=tuple(
                _station(printer.settings)
                for printer in self._printers
                if PrinterRole.KITCHEN in printer.settings.roles
            ),
            label_printers=tuple(
                LabelPrinter(
                    printer=printer.name, categories=frozenset(printer.settings.categories)
                )
                for printer in self._printers
                if PrinterRole.LABEL in printer.settings.roles
            ),
            default_station=kitchen.default_printer,
            fresh_ms=kitchen.fresh_minutes * _MINUTE_MS,
        )

    def _first(self, role: PrinterRole) -> str:
        able = (printer.name for printer in self._printers if role in printer.settings.roles)
        return next(able, "")

    def _served(self, printer: SetUpPrinter) -> Served:
        stands_in_for = tuple(
            (other.name, other.settings.fallback_after_s * _MS)
            for other in self._printers
            if other.settings.fallback == printer.name and other.settings.fallback_after_s
        )
        return Served(name=printer.name, model=printer.model, stands_in_for=stands_in_for)


def make_artist() -> LineArtist | None:
    """Draws the lines that a printer's own characters cannot say; None without a font."""
    regular = find_cjk_font()
    return LineArtist(regular, find_cjk_font(FontWeight.BOLD)) if regular else None


def _all(settings: TillSettings) -> Iterator[SetUpPrinter]:
    only = settings.printer
    if only.host:
        address = tcp_address(only.host, only.port)
        as_named = NamedPrinterSettings(name=ONLY_PRINTER, address=address, model=only.model)
        yield SetUpPrinter(settings=as_named, shown=f"{only.host}:{only.port}")
    for printer in settings.printers:
        yield SetUpPrinter(settings=printer, shown=printer.name)


def _malformed(where: str) -> TillfoldError:
    return TillfoldError(ErrorCode.SETTINGS_MALFORMED, where=where)


def _seen(printer: SetUpPrinter, condition: PrinterCondition) -> PrinterSeen:
    return PrinterSeen(
        name=printer.name,
        shown=printer.shown,
        ready=condition.ready,
        reason=condition.reason,
    )


def _station(printer: NamedPrinterSettings) -> Station:
    return Station(
        printer=printer.name,
        categories=frozenset(printer.categories),
        per_dish=printer.per_dish,
        whole_table=printer.whole_table,
    )


def _check(printers: Sequence[SetUpPrinter], settings: TillSettings) -> None:
    names = [printer.name for printer in printers]
    for printer in printers:
        where = "printer" if printer.name == ONLY_PRINTER else f"printers.{printer.name}"
        _check_device(printer.settings, where)
        if names.count(printer.name) > 1:
            raise _malformed(f"{where}: name")
        fallback = printer.settings.fallback
        if fallback and (fallback not in names or fallback == printer.name):
            raise _malformed(f"{where}.fallback: {fallback}")
    drawer = settings.drawer.printer
    if drawer and drawer not in names:
        raise _malformed(f"drawer.printer: {drawer}")
    default = settings.kitchen.default_printer
    if default and default not in names:
        raise _malformed(f"kitchen.default_printer: {default}")


def _check_device(printer: NamedPrinterSettings, where: str) -> None:
    try:
        check_settings(printer.device)
    except UnknownPrinterModelError as error:
        raise _malformed(f"{where}.model: {printer.model}") from error
    except AddressInvalidError as error:
        raise _malformed(f"{where}.address: {error}") from error
