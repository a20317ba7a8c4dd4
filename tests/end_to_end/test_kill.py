"""kill -9 of a till between tender and receipt."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

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
    assert till.status()["printing"] == 0


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
