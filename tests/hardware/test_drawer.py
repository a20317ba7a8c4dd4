"""The drawer: at once, also without paper and beside a job that waits, and seen by its sensor."""

import threading

import pytest

from hardware.emulators.escpos_faults import Fault
from hardware.emulators.escpos_server import EmulatorSettings
from hardware.escpos.commands import encode_job
from hardware.escpos.drawer import DrawerPosition, learn_sensor, pulse_command
from hardware.escpos.model import DrawerPulse, PulseForm
from hardware.escpos.models import GENERIC_80MM
from hardware.escpos.settings import DrawerSensor, Transport
from hardware.ports import DeviceReason, DeviceStatus, Done, InDoubt, NotSent, SentUnconfirmed
from tests.hardware.benches import REAL_TRANSPORTS, bench_on
from tests.hardware.samples import restaurant_receipt

JOB = encode_job(restaurant_receipt(), GENERIC_80MM, artist=None)


def test_the_pulse_is_as_long_and_on_the_pin_that_the_model_says() -> None:
    assert pulse_command(DrawerPulse()) == b"\x10\x14\x01\x00\x02"
    assert pulse_command(DrawerPulse(pin=5, length_ms=800)) == b"\x10\x14\x01\x01\x08"
    queued = DrawerPulse(form=PulseForm.QUEUED, length_ms=200)
    assert pulse_command(queued) == b"\x1bp\x00\x64\xff"


@pytest.mark.parametrize("transport", REAL_TRANSPORTS)
def test_it_opens_without_paper_on_every_transport(transport: Transport) -> None:
    with bench_on(transport) as bench:
        bench.emulator.set_fault(Fault.PAPER_OUT)
        assert bench.printer().open_drawer() == SentUnconfirmed()
        assert bench.emulator.wait_until(lambda: bench.emulator.drawer_openings == 1)


@pytest.mark.parametrize("transport", REAL_TRANSPORTS)
def test_it_opens_while_a_job_waits_for_paper(transport: Transport) -> None:
    with bench_on(transport) as bench:
        printer = bench.printer(drawer_sensor=DrawerSensor.HIGH_IS_OPEN)
        waiting = threading.Event()
        outcomes: list[object] = []

        def tell(status: DeviceStatus) -> None:
            if status.reason is DeviceReason.PAPER_OUT:
                waiting.set()

        bench.emulator.run_out_of_paper_after(500)
        printing = threading.Thread(
            target=lambda: outcomes.append(printer.print(JOB, deadline_ms=20_000, on_status=tell))
        )
        printing.start()
        assert waiting.wait(10)
        assert printer.open_drawer() == SentUnconfirmed()
        assert bench.emulator.wait_until(lambda: bench.emulator.drawer_openings == 1)
        assert printer.drawer_position() is DrawerPosition.UNKNOWN
        bench.emulator.clear_faults()
        printing.join(20)
        assert outcomes == [Done()]
        assert len(bench.emulator.receipts) == 1


@pytest.mark.parametrize("high_when_open", [True, False])
def test_the_sensor_is_learnt_by_opening_and_closing(*, high_when_open: bool) -> None:
    wired = EmulatorSettings(drawer_pin_when_open=high_when_open)
    with bench_on(Transport.TCP, wired) as bench:
        closed = bench.printer().drawer_pin()
        bench.emulator.push_drawer(is_open=True)
        opened = bench.printer().drawer_pin()
        sensor = learn_sensor(closed=closed, opened=opened)
        assert sensor is (DrawerSensor.HIGH_IS_OPEN if high_when_open else DrawerSensor.LOW_IS_OPEN)
        printer = bench.printer(drawer_sensor=sensor)
        assert printer.drawer_position() is DrawerPosition.OPEN
        bench.emulator.push_drawer(is_open=False)
        assert printer.drawer_position() is DrawerPosition.CLOSED
        assert printer.open_drawer() == Done()
        assert printer.drawer_position() is DrawerPosition.OPEN


def test_a_pin_that_never_changes_is_no_sensor() -> None:
    assert learn_sensor(closed=True, opened=True) is DrawerSensor.NONE
    assert learn_sensor(closed=None, opened=True) is DrawerSensor.NONE


def test_a_drawer_that_stays_closed_is_tried_three_times_and_told() -> None:
    with bench_on(Transport.TCP, EmulatorSettings(drawer_pin_when_open=True)) as bench:
        bench.emulator.set_fault(Fault.DRAWER_STUCK)
        printer = bench.printer(drawer_sensor=DrawerSensor.HIGH_IS_OPEN)
        assert printer.open_drawer() == InDoubt(DeviceReason.DRAWER_STUCK)
        assert bench.emulator.drawer_openings == 3


def test_a_printer_that_is_off_leaves_the_drawer_shut_and_nothing_opens_it_later() -> None:
    with bench_on(Transport.TCP) as bench:
        bench.emulator.set_fault(Fault.REFUSE)
        printer = bench.printer(drawer_timeout_ms=250)
        assert printer.open_drawer() == NotSent(DeviceReason.REFUSED)
        assert printer.drawer_position() is DrawerPosition.UNKNOWN
        bench.emulator.clear_faults()
        assert printer.print(JOB, deadline_ms=20_000) == Done()
        assert bench.emulator.drawer_openings == 0


def test_a_printer_that_comes_back_within_the_moment_still_opens_it_once() -> None:
    with bench_on(Transport.TCP) as bench:
        bench.emulator.set_fault(Fault.REFUSE)
        printer = bench.printer(drawer_timeout_ms=10_000)
        opened: list[object] = []
        opening = threading.Thread(target=lambda: opened.append(printer.open_drawer()))
        opening.start()
        bench.emulator.clear_faults()
        opening.join(20)
        assert opened == [SentUnconfirmed()]
        assert bench.emulator.wait_until(lambda: bench.emulator.drawer_openings == 1)
