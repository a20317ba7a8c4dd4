from collections.abc import Callable, Iterator

import pytest

from hardware.emulators.escpos_server import EmulatorSettings, EscposPrinterEmulator
from hardware.escpos.library import initialise
from hardware.escpos.network import NetworkPrinter, NetworkPrinterSettings
from hardware.escpos.raster import LineArtist
from hardware.fonts import FontWeight, find_cjk_font
from hardware.timing import monotonic_ms

MakePrinter = Callable[..., NetworkPrinter]


@pytest.fixture
def emulator() -> Iterator[EscposPrinterEmulator]:
    with EscposPrinterEmulator(EmulatorSettings()) as running:
        yield running


@pytest.fixture
def make_printer(emulator: EscposPrinterEmulator) -> MakePrinter:
    def make(model: str = "generic-80mm", **changes: int) -> NetworkPrinter:
        quick = {"status_timeout_ms": 500, "poll_interval_ms": 20, **changes}
        settings = NetworkPrinterSettings("127.0.0.1", emulator.port, model=model, **quick)
        return NetworkPrinter(settings, clock=monotonic_ms)

    return make


@pytest.fixture(scope="session", autouse=True)
def loaded_library() -> None:
    initialise()  # its first use is slow, and an example of a property test has a deadline


@pytest.fixture(scope="session")
def artist() -> LineArtist:
    regular = find_cjk_font()
    assert regular is not None, "install fonts-noto-cjk"
    return LineArtist(regular, find_cjk_font(FontWeight.BOLD))
