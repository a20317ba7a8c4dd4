from collections.abc import Callable, Iterator

import msgspec
import pytest

from hardware.emulators.escpos_server import EmulatorSettings, EscposPrinterEmulator
from hardware.escpos.library import initialise
from hardware.escpos.printer import EscposPrinter
from hardware.escpos.raster import LineArtist
from hardware.escpos.settings import EscposSettings
from hardware.fonts import FontWeight, find_cjk_font
from hardware.timing import monotonic_ms

MakePrinter = Callable[..., EscposPrinter]


def quick_settings(address: str, **changes: object) -> EscposSettings:
    """Settings for tests, which do not wait as long as a counter does."""
    quick = {"status_timeout_ms": 500, "poll_interval_ms": 20, "drain_timeout_ms": 300}
    return msgspec.convert({"address": address, **quick, **changes}, EscposSettings)


@pytest.fixture
def emulator() -> Iterator[EscposPrinterEmulator]:
    with EscposPrinterEmulator(EmulatorSettings()) as running:
        yield running


@pytest.fixture
def make_printer(emulator: EscposPrinterEmulator) -> MakePrinter:
    def make(model: str = "generic-80mm", **changes: object) -> EscposPrinter:
        settings = quick_settings(f"127.0.0.1:{emulator.port}", model=model, **changes)
        return EscposPrinter(settings, clock=monotonic_ms)

    return make


@pytest.fixture(scope="session", autouse=True)
def loaded_library() -> None:
    initialise()  # its first use is slow, and an example of a property test has a deadline


@pytest.fixture(scope="session")
def artist() -> LineArtist:
    regular = find_cjk_font()
    assert regular is not None, "install fonts-noto-cjk"
    return LineArtist(regular, find_cjk_font(FontWeight.BOLD))
