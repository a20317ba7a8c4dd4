"""The demo's chain: one server, two stores, a till, a printer and a cable in each."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import msgspec

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


class Shop(msgspec.Struct, frozen=True, kw_only=True):
    server: ServerProcess
    a: Counter
    b: Counter

    @property
    def counters(self) -> tuple[Counter, Counter]:
        return self.a, self.b


@contextmanager
def open_shop(folder: Path, environment: Mapping[str, str] = OFFSCREEN) -> Iterator[Shop]:
    """Everything started, both tills one of the brand's, somebody signed in at each."""
    with ExitStack() as stack:
        server = ServerProcess(folder / "server")
        stores = {store_id: name for store_id, (name, _) in STORES.items()}
        server.set_up(BRAND, stores, pin=PIN, published=SAMPLES / "sample_brand.toml")
        server.start()
        stack.callback(server.stop)
        with ThreadPoolExecutor(len(STORES)) as both:
            counters = list(
                both.map(
                    lambda store_id: _open_counter(stack, folder, server, store_id, environment),
                    STORES,
                )
            )
        yield Shop(server=server, a=counters[0], b=counters[1])


def _open_counter(
    stack: ExitStack,
    folder: Path,
    server: ServerProcess,
    store_id: str,
    environment: Mapping[str, str],
) -> Counter:
    name, label = STORES[store_id]
    printer = PrinterProcess(folder / f"printer-{label}")
    stack.callback(printer.stop)
    cable = stack.enter_context(Cable(server.port))
    till = TillProcess(folder / f"till-{label}", printer_port=printer.port, environment=environment)
    stack.callback(till.stop)
    code = server.command("enrol", store_id, label)["code"]
    till.join(cable.url, str(code))
    till.sign_in(PIN)
    return Counter(name=name, label=label, till=till, printer=printer, cable=cable)
