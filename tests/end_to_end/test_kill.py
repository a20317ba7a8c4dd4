"""kill -9 of a till between tender and receipt."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from hardware.emulators.escpos_faults import Fault
from hardware.emulators.escpos_server import EmulatorSettings, EscposPrinterEmulator
from tests.demo.shop import PIN, SAMPLES
from tests.harness.printer import PrinterProcess
from tests.harness.till import TillProcess

pytestmark = [pytest.mark.processes, pytest.mark.timeout(300)]


@pytest.fixture
def shop_of_its_own(tmp_path: Path) -> Iterator[tuple[TillProcess, PrinterProcess]]:
    """A till without a server, its menu imported, and a printer."""
    with ExitStack() as stack:
        printer = PrinterProcess(tmp_path / "printer")
        stack.callback(printer.stop)
        till = TillProcess(tmp_path / "till", printer_port=printer.port)
        stack.callback(till.stop)
        _begin_shop(till)
        yield till, printer


def _begin_shop(till: TillProcess) -> None:
    till.type("manager-name", "王芳")
    till.type("manager-pin", PIN)
    till.type("manager-pin-again", PIN)
    till.click("appoint-manager")
    till.wait("dish-search")
    till.import_file("import-menu", SAMPLES / "sample_menu.csv")
    till.click("close-imports")
    till.wait("dish-D001")


def test_after_kill_9_before_the_receipt_the_sale_is_there_once_and_prints_once(
    shop_of_its_own: tuple[TillProcess, PrinterProcess],
) -> None:
    till, printer = shop_of_its_own
    printer.stop()
    till.click("dish-D001")
    till.pay_cash()
    number = till.text("receipt-number").split()[-1]
    till.kill()

    printer.start()
    till.restart()
    till.sign_in(PIN)
    printer.wait_for_receipts(1)
    till.click("dish-D002")
    till.pay_cash()
    printer.wait_for_receipts(2)

    first, second = printer.texts()
    assert number in first
    assert number not in second
    books = till.books()
    assert books["sales"] == 2
    assert books["total_fen"] == 1200 + 1600
    till.wait_until_printed()


def test_a_till_sells_and_prints_without_any_server(
    shop_of_its_own: tuple[TillProcess, PrinterProcess],
) -> None:
    till, printer = shop_of_its_own
    assert till.status()["connection"] == "standalone"
    till.click("dish-D003")
    till.pay_cash()
    printer.wait_for_receipts(1)
    assert "口水鸡" in printer.texts()[0]
    assert till.quit() == 0


def test_a_receipt_under_way_at_kill_9_is_asked_about_and_printed_again_with_a_mark(
    tmp_path: Path,
) -> None:
    with ExitStack() as stack:
        printer = stack.enter_context(EscposPrinterEmulator(EmulatorSettings()))
        till = TillProcess(tmp_path / "till", printer_port=printer.port)
        stack.callback(till.stop)
        _begin_shop(till)
        printer.run_out_of_paper_after(300)
        till.click("dish-D001")
        till.pay_cash()
        number = till.text("receipt-number").split()[-1]
        assert printer.wait_until(lambda: Fault.PAPER_OUT in printer.faults, within_ms=20_000)
        till.kill()
        printer.clear_faults()

        till.restart()
        till.sign_in(PIN)
        till.wait("notice-text", number)
        till.click("notice-action")
        till.wait("spool-question", number)
        before = len(printer.receipts)
        till.click("spool-again")
        assert printer.wait_until(lambda: len(printer.receipts) > before, within_ms=20_000)
        again = printer.receipts[-1].text
        assert number in again
        assert "可能重复" in again
        assert till.quit() == 0
