"""The cash drawer: opened by cash or by somebody who may, on an emulated printer."""

import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from domain.facts import DrawerOpened, Fact
from domain.orders import TenderKind
from domain.rights import CASHIER, DEFAULT_ROLES, rights_of
from hardware.emulators.escpos_faults import Fault
from hardware.emulators.escpos_server import EmulatorSettings, EscposPrinterEmulator
from pos_client.settings import DrawerSettings, PrinterSettings
from pos_client.storage.journal import opened, read_entries_after
from pos_client.storage.store import Store
from pos_client.use_cases.answers import SignedIn
from tests.builders.till import CASHIER as CASHIER_STAFF
from tests.builders.till import DUCK, HandClock, Till, wait_until
from tests.pos_client.screens.conftest import Inline, Shop


@pytest.fixture
def printer() -> Iterator[EscposPrinterEmulator]:
    with EscposPrinterEmulator(EmulatorSettings()) as running:
        yield running


class DrawerShop:
    """A shop whose drawer hangs on the receipt printer."""

    def __init__(
        self, folder: Path, port: int, drawer: DrawerSettings, runner: Inline | None = None
    ) -> None:
        settings = PrinterSettings(host="127.0.0.1", port=port)
        self.till = Till(folder, clock=HandClock(), printer=settings)
        self.till.settings = msgspec.structs.replace(self.till.settings, drawer=drawer)
        self.till.machinery = self.till.new_machinery()
        self.till.begin()
        self.shop = Shop(self.till, runner or Inline())

    def pay(self, kind: TenderKind) -> None:
        face = self.shop.face
        self.shop.put(DUCK)
        face.sell.pay()
        face.pay.take(kind)
        face.pay.confirm()
        assert face.pay.closed_sale is not None
        face.pay.next_order()

    def on_record(self) -> list[Fact]:
        return self.till.run(_openings)


def _openings(store: Store) -> list[Fact]:
    with store.read() as connection:
        entries = read_entries_after(connection, epoch=1, number=0, limit=99)
    facts = [opened(one).fact for one in entries]
    return [fact for fact in facts if isinstance(fact, DrawerOpened)]


@pytest.fixture
def drawer_shop(tmp_path: Path, printer: EscposPrinterEmulator) -> Iterator[DrawerShop]:
    made = DrawerShop(tmp_path, printer.port, DrawerSettings())
    yield made
    made.till.close()


def test_cash_opens_the_drawer_once_and_cards_do_not(
    drawer_shop: DrawerShop, printer: EscposPrinterEmulator
) -> None:
    drawer_shop.pay(TenderKind.RECORDED_CARD)
    drawer_shop.pay(TenderKind.CASH)
    printer.wait_until(lambda: printer.drawer_open)
    printer.wait_until(lambda: len(printer.receipts) == 2)
    assert printer.drawer_openings == 1
    assert drawer_shop.on_record() == []


def test_the_drawer_opens_without_paper(
    drawer_shop: DrawerShop, printer: EscposPrinterEmulator
) -> None:
    printer.set_fault(Fault.PAPER_OUT)
    drawer_shop.pay(TenderKind.CASH)
    printer.wait_until(lambda: printer.drawer_openings == 1)
    assert printer.receipts == ()


def test_opening_it_without_a_sale_is_on_record(
    drawer_shop: DrawerShop, printer: EscposPrinterEmulator
) -> None:
    drawer_shop.shop.face.keyboard.press("F8")
    printer.wait_until(lambda: printer.drawer_openings == 1)
    assert drawer_shop.on_record() == [DrawerOpened()]


def test_who_may_not_open_it_does_not_and_nothing_is_on_record(
    drawer_shop: DrawerShop, printer: EscposPrinterEmulator
) -> None:
    shop = drawer_shop.shop
    shop.desk.signed_in = SignedIn(
        staff_id=CASHIER_STAFF, name="赵敏", role=CASHIER, rights=rights_of(CASHIER, DEFAULT_ROLES)
    )
    shop.face.keyboard.press("F8")
    assert shop.notice.startswith("您没有此权限")
    assert printer.drawer_openings == 0
    assert drawer_shop.on_record() == []


def test_without_a_drawer_the_key_says_so(tmp_path: Path, printer: EscposPrinterEmulator) -> None:
    made = DrawerShop(tmp_path, printer.port, DrawerSettings(on=False))
    made.shop.face.keyboard.press("F8")
    assert made.shop.notice.startswith("没有设置钱箱")
    assert made.on_record() == []
    made.till.close()


def test_a_shop_may_keep_it_closed_after_cash(
    tmp_path: Path, printer: EscposPrinterEmulator
) -> None:
    made = DrawerShop(tmp_path, printer.port, DrawerSettings(after_cash=False))
    made.pay(TenderKind.CASH)
    printer.wait_until(lambda: len(printer.receipts) == 1)
    assert printer.drawer_openings == 0
    made.till.close()


class Waking(Inline):
    """Says when something was brought back from another thread."""

    def __init__(self) -> None:
        self.woken = threading.Event()

    def call(self, callback: Callable[[], None]) -> None:
        callback()
        self.woken.set()


def test_a_drawer_that_stays_closed_is_said(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    runner = Waking()
    made = DrawerShop(tmp_path, port, DrawerSettings(), runner)
    made.shop.face.keyboard.press("F8")
    wait_until(lambda: bool(made.shop.notice), runner.woken, "somebody was told")
    assert made.shop.notice.startswith("钱箱没有打开")
    made.till.close()
