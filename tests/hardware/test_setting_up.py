"""Setting a printer up: found, probed, tried with its page."""

import ipaddress
import threading
from pathlib import Path

import pytest

from hardware.emulators.escpos_faults import Fault
from hardware.emulators.escpos_paper import Ending, PictureRow
from hardware.emulators.escpos_server import EmulatorSettings, EscposPrinterEmulator
from hardware.escpos.discovery import find_plugged, local_network, scan_network
from hardware.escpos.link import LinkError
from hardware.escpos.model import CompletionWay, PrinterModel, StatusWay
from hardware.escpos.models import BASIC_58MM, MODELS, XPRINTER_XP_80
from hardware.escpos.probe import Probed, probe_settings
from hardware.escpos.raster import LineArtist
from hardware.escpos.settings import EscposSettings, Transport, check_settings
from hardware.escpos.trial_page import QR_CONTENT, trial_page
from hardware.ports import DeviceReason
from hardware.timing import Deadline, monotonic_ms
from tests.hardware.benches import REAL_TRANSPORTS, bench_on
from tests.hardware.conftest import quick_settings
from tests.hardware.paper import printed


@pytest.mark.parametrize("transport", REAL_TRANSPORTS)
@pytest.mark.parametrize(
    ("emulated", "found"),
    [
        (
            EmulatorSettings(knows_process_id=True, name="TM-T20III"),
            Probed(StatusWay.DLE_EOT, CompletionWay.PROCESS_ID, "TM-T20III"),
        ),
        (EmulatorSettings(), Probed(StatusWay.DLE_EOT, CompletionWay.GS_R)),
        (
            EmulatorSettings(knows_real_time_status=False),
            Probed(StatusWay.ASB, CompletionWay.GS_R),
        ),
        (EmulatorSettings(speaks=False), Probed(StatusWay.NONE, CompletionWay.NONE)),
    ],
    ids=["epson", "clone", "reports", "speechless"],
)
def test_the_probe_proposes_the_ways_that_a_printer_answers(
    transport: Transport, emulated: EmulatorSettings, found: Probed
) -> None:
    with bench_on(transport, emulated) as bench:
        settings = quick_settings(bench.address, transport=transport)
        assert probe_settings(settings, clock=monotonic_ms, opener=bench.open) == found
        assert bench.emulator.receipts == ()


@pytest.mark.parametrize(
    ("fault", "obstacle"),
    [
        (Fault.PAPER_OUT, DeviceReason.PAPER_OUT),
        (Fault.COVER_OPEN, DeviceReason.COVER_OPEN),
        (Fault.PAPER_LOW, None),
    ],
)
def test_a_probe_of_a_printer_that_cannot_print_says_what_to_put_right(
    fault: Fault, obstacle: DeviceReason | None
) -> None:
    with bench_on(Transport.TCP) as bench:
        bench.emulator.set_fault(fault)
        found = probe_settings(quick_settings(bench.address), clock=monotonic_ms)
        assert (found.status, found.obstacle) == (StatusWay.DLE_EOT, obstacle)
        bench.emulator.clear_faults()
        found = probe_settings(quick_settings(bench.address), clock=monotonic_ms)
        assert found == Probed(StatusWay.DLE_EOT, CompletionWay.GS_R)


def test_a_probe_believes_no_garbage() -> None:
    with bench_on(Transport.TCP, EmulatorSettings(knows_process_id=True)) as bench:
        bench.emulator.set_fault(Fault.GARBLED)
        found = probe_settings(quick_settings(bench.address), clock=monotonic_ms)
        assert found.status is StatusWay.NONE
        assert found.completion is not CompletionWay.PROCESS_ID


def test_a_probe_of_nothing_says_so() -> None:
    with pytest.raises(LinkError, match="not_found"):
        probe_settings(quick_settings("/dev/none", transport=Transport.FILE), clock=monotonic_ms)


def test_printers_of_the_network_are_found_and_nothing_is_sent_to_them() -> None:
    with EscposPrinterEmulator(EmulatorSettings(host="127.0.0.5")) as emulator:
        found = scan_network(
            ipaddress.IPv4Network("127.0.0.0/27"),
            port=emulator.port,
            deadline=Deadline(monotonic_ms, 10_000),
        )
        assert [(each.transport, each.address, each.label) for each in found] == [
            (Transport.TCP, f"127.0.0.5:{emulator.port}", "127.0.0.5")
        ]
        settings = EscposSettings(address=found[0].address, transport=found[0].transport)
        check_settings(settings)
        assert emulator.receipts == ()


def test_a_scan_stops_when_told_and_at_its_deadline() -> None:
    network = ipaddress.IPv4Network("127.0.0.0/24")
    cancelled = threading.Event()
    cancelled.set()
    assert (
        scan_network(network, deadline=Deadline(monotonic_ms, 60_000), cancelled=cancelled.is_set)
        == ()
    )
    assert scan_network(network, deadline=Deadline(monotonic_ms, 0)) == ()


def test_a_scan_is_bounded() -> None:
    with pytest.raises(ValueError, match="at most 256"):
        scan_network(ipaddress.IPv4Network("10.0.0.0/16"), deadline=Deadline(monotonic_ms, 1_000))
    own = local_network()
    assert own is None or own.num_addresses == 256


def test_plugged_printers_are_found_with_an_address_that_settings_take(tmp_path: Path) -> None:
    (tmp_path / "lp0").touch()
    with bench_on(Transport.USB) as bench:
        found = find_plugged(backend=bench.plug, device_folder=tmp_path)
        places = {(each.transport, each.address) for each in found}
        assert (Transport.USB, "0416:5011:E0001") in places
        assert (Transport.FILE, str(tmp_path / "lp0")) in places
        assert "Emulated Receipt printer" in {each.label for each in found}
        for each in found:
            check_settings(EscposSettings(address=each.address, transport=each.transport))


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS.keys())
def test_every_model_has_a_page_that_fits_its_paper(
    model: PrinterModel, artist: LineArtist
) -> None:
    receipt = printed(trial_page(model, address="tcp:192.168.1.50:9100"), model, artist)
    assert not receipt.overflowed
    assert (model.name in receipt.text) == (model.chinese is not None)  # else it is a picture
    if model.has_native_qr:
        assert receipt.qr_contents == (QR_CONTENT,)


def test_the_page_has_a_ruler_of_exactly_one_line_and_a_drawn_line(artist: LineArtist) -> None:
    receipt = printed(trial_page(XPRINTER_XP_80), XPRINTER_XP_80, artist)
    assert "12345678901234567890123456789012345678901234567890"[:48] in receipt.text.splitlines()
    assert any(isinstance(row, PictureRow) for row in receipt.rows)
    assert receipt.ending is Ending.CUT
    assert printed(trial_page(BASIC_58MM), BASIC_58MM, artist).ending is Ending.TORN
