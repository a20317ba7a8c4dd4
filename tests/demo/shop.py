"""The demo's chain: one server, two stores, a till, a printer and a cable in each.

Counter A1 has all the other devices as well.
"""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import msgspec

from tests.demo.devices import Devices, open_devices, printer_table, two_screens
from tests.harness.network import Cable
from tests.harness.printer import PrinterProcess
from tests.harness.server import ServerProcess
from tests.harness.till import OFFSCREEN, TillProcess

BRAND = "味道馆"
PIN = "135790"
SAMPLES = Path(__file__).parent / "sample"
STORES = {"bund": ("外滩店", "A1"), "xujiahui": ("徐家汇店", "B1")}


class Counter(msgspec.Struct, frozen=True, kw_only=True):
    """One store of the demo."""

    name: str
    label: str
    till: TillProcess
    printer: PrinterProcess
    cable: Cable


class _Equipment(msgspec.Struct, frozen=True, kw_only=True):
    """What a till is started with beside its receipt printer."""

    environment: Mapping[str, str]
    printers: tuple[dict[str, object], ...] = ()
    settings: Mapping[str, object] = {}


class Shop(msgspec.Struct, frozen=True, kw_only=True):
    server: ServerProcess
    devices: Devices
    a: Counter
    b: Counter

    @property
    def counters(self) -> tuple[Counter, Counter]:
        return self.a, self.b


@contextmanager
def open_shop(folder: Path, *, headless: bool = True) -> Iterator[Shop]:
    """Everything started, both tills one of the brand's, somebody signed in at each."""
    with ExitStack() as stack:
        server = ServerProcess(folder / "server")
        stores = {store_id: name for store_id, (name, _) in STORES.items()}
        server.set_up(BRAND, stores, pin=PIN, published=SAMPLES / "sample_brand.toml")
        server.start()
        stack.callback(server.stop)
        devices = open_devices(stack, folder / "devices")
        equipment = {
            "bund": _Equipment(
                environment=two_screens(folder) if headless else {},
                printers=(printer_table("厨房", devices.kitchen, "kitchen"),),
                settings=devices.settings,
            ),
            "xujiahui": _Equipment(environment=OFFSCREEN if headless else {}),
        }
        with ThreadPoolExecutor(len(STORES)) as both:
            a, b = both.map(
                lambda store_id: _open_counter(
                    stack, folder, server, store_id, equipment[store_id]
                ),
                STORES,
            )
        yield Shop(server=server, devices=devices, a=a, b=b)


def _open_counter(
    stack: ExitStack,
    folder: Path,
    server: ServerProcess,
    store_id: str,
    equipment: _Equipment,
) -> Counter:
    name, label = STORES[store_id]
    printer = PrinterProcess(folder / f"printer-{label}")
    stack.callback(printer.stop)
    cable = stack.enter_context(Cable(server.port))
    printers = [printer_table("前台", printer, "receipt"), *equipment.printers]
    till = TillProcess(
        folder / f"till-{label}",
        devices={"printers": printers, **equipment.settings},
        environment=equipment.environment,
    )
    stack.callback(till.stop)
    code = server.command("enrol", store_id, label)["code"]
    till.join(cable.url, str(code))
    till.sign_in(PIN)
    return Counter(name=name, label=label, till=till, printer=printer, cable=cable)
