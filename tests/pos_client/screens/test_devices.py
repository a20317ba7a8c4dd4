"""Setting devices up at the till: found, tried, kept; with emulated devices on real transports."""

import os
from collections.abc import Iterator
from ipaddress import IPv4Network
from pathlib import Path

import msgspec
import pytest
from PySide6.QtWidgets import QAbstractButton
from pytestqt.qtbot import QtBot

from domain.rights import CASHIER
from domain.wording import Language
from hardware.emulators.escpos_faults import Fault
from hardware.emulators.escpos_server import EmulatorSettings, EscposPrinterEmulator
from hardware.emulators.pole_display import PoleDisplayEmulator, Seen
from hardware.escpos.model import CompletionWay
from hardware.ports import DeviceReason, DeviceState, DeviceStatus
from pos_client.bootstrap.device_set_up import DeviceDesk
from pos_client.screens.devices.presenter import DevicesPresenter
from pos_client.screens.devices.view import DevicesView
from pos_client.screens.flow import Sheet
from pos_client.screens.notices import Notices
from pos_client.settings import PrinterRole, TillSettings, read_settings
from pos_client.texts.catalogue import wording_in
from pos_client.use_cases.device_setup import DeviceChoice, DeviceFound, DeviceKind, Way
from pos_client.widgets.look import Look
from tests.pos_client.screens.conftest import Shop

WAIT_S = 10.0
# A network of one's own on this machine: the host is of the process, so that tests do not meet.
HOST = f"127.77.{os.getpid() % 250 + 1}.1"
NETWORK = IPv4Network(f"{HOST.rsplit('.', 1)[0]}.0/30")
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints")


@pytest.fixture
def settings(tmp_path: Path) -> TillSettings:
    return TillSettings(data_directory=str(tmp_path / "data"))


@pytest.fixture
def desk(settings: TillSettings) -> DeviceDesk:
    return DeviceDesk(settings, lambda: wording_in(Language.CHINESE), network=lambda: NETWORK)


@pytest.fixture
def printer() -> Iterator[EscposPrinterEmulator]:
    with EscposPrinterEmulator(EmulatorSettings(host=HOST, port=9100)) as running:
        yield running


@pytest.fixture
def devices(shop: Shop, desk: DeviceDesk) -> DevicesPresenter:
    face = shop.face
    made = DevicesPresenter(shop.desk, face.flow, face.notices, desk)
    made.begin()
    return made


def place_of(devices: DevicesPresenter, title: str) -> int:
    return [row.title for row in devices.state.found].index(title)


def kept(settings: TillSettings) -> TillSettings:
    return read_settings(None, {"TILLFOLD_TILL_DATA_DIRECTORY": settings.data_directory})


def test_a_till_without_devices_says_what_to_press(devices: DevicesPresenter) -> None:
    assert devices.state.set_up == ()
    assert devices.state.nothing_set_up.startswith("还没有设置设备")


def test_a_printer_on_the_network_is_found_tried_and_kept(
    devices: DevicesPresenter, printer: EscposPrinterEmulator, settings: TillSettings
) -> None:
    devices.find()
    devices.choose(place_of(devices, HOST))
    assert devices.state.kinds.words[0] == "小票打印机"
    assert not devices.state.can_try, "first say what it is"
    devices.choose_kind("小票打印机")
    assert devices.state.variants.chosen == "generic-80mm"
    assert not devices.state.can_keep, "first see whether it answers"
    devices.try_out()
    verdict = devices.state.verdict
    assert verdict is not None
    assert (verdict.title, verdict.tone) == ("有回应", "positive")
    assert "打印测试" in printer.receipts[-1].text
    devices.keep()
    assert devices.state.kept.startswith("小票打印机已保存")
    (made,) = kept(settings).printers
    assert (made.address, made.roles) == (f"{HOST}:9100", (PrinterRole.RECEIPT,))
    assert [row.note for row in devices.state.set_up] == ["正常"]


def test_another_receipt_printer_takes_the_place_of_the_first(
    desk: DeviceDesk, printer: EscposPrinterEmulator, settings: TillSettings
) -> None:
    found = DeviceFound(way=Way.TCP, address=f"{HOST}:{printer.port}", label="")
    kitchen = DeviceChoice(found=found, kind=DeviceKind.KITCHEN_PRINTER, variant="generic-80mm")
    small = DeviceChoice(found=found, kind=DeviceKind.RECEIPT_PRINTER, variant="generic-58mm")
    wide = msgspec.structs.replace(small, variant="generic-80mm")
    for choice in (small, kitchen, wide, kitchen):
        desk.try_out(choice)
        desk.keep(choice)
    made = kept(settings).printers
    assert [(one.name, one.model) for one in made] == [
        ("厨房打印机 2", "generic-80mm"),
        ("小票打印机", "generic-80mm"),
        ("厨房打印机", "generic-80mm"),
    ]


def test_a_printer_without_paper_is_kept_with_what_its_model_says(
    desk: DeviceDesk, printer: EscposPrinterEmulator, settings: TillSettings
) -> None:
    found = DeviceFound(way=Way.TCP, address=f"{HOST}:{printer.port}", label="")
    choice = DeviceChoice(found=found, kind=DeviceKind.RECEIPT_PRINTER, variant="generic-80mm")
    printer.set_fault(Fault.PAPER_OUT)
    assert desk.try_out(choice) == DeviceStatus(DeviceState.DEGRADED, DeviceReason.PAPER_OUT)
    desk.keep(choice)
    (made,) = kept(settings).printers
    assert (made.status, made.completion) == (None, None)
    assert made.device.printer_model.completion is CompletionWay.GS_R


def test_what_does_not_answer_is_not_kept(
    devices: DevicesPresenter, settings: TillSettings
) -> None:
    with EscposPrinterEmulator(EmulatorSettings(host=HOST, port=9100)):
        devices.find()
    devices.choose(place_of(devices, HOST))
    devices.choose_kind("小票打印机")
    devices.try_out()
    verdict = devices.state.verdict
    assert verdict is not None
    assert (verdict.title, verdict.tone) == ("没有回应，不能保存", "danger")
    assert not devices.state.can_keep
    devices.keep()
    assert kept(settings) == settings


def test_another_model_has_to_be_tried_again(
    devices: DevicesPresenter, printer: EscposPrinterEmulator
) -> None:
    devices.find()
    devices.choose(place_of(devices, HOST))
    devices.choose_kind("小票打印机")
    devices.try_out()
    allowed = [devices.state.can_keep]
    devices.choose_variant("generic-58mm")
    allowed.append(devices.state.can_keep)
    assert allowed == [True, False]
    assert printer.receipts


def test_a_cashier_looks_and_changes_nothing(shop: Shop, devices: DevicesPresenter) -> None:
    shop.sign_in(CASHIER)
    devices.find()
    assert devices.state.found == ()
    assert shop.notice
    devices.examine()
    assert devices.state.nothing_set_up


def test_a_pole_display_is_tried_with_figures_to_look_at(
    desk: DeviceDesk, settings: TillSettings, tmp_path: Path
) -> None:
    with PoleDisplayEmulator(tmp_path / "pole") as pole:
        found = DeviceFound(way=Way.SERIAL, address=str(pole.path), label="")
        choice = DeviceChoice(found=found, kind=DeviceKind.POLE_DISPLAY, variant="cd5220")
        assert desk.variants(DeviceKind.POLE_DISPLAY)[0] == "cd5220"
        desk.try_out(choice)
        wanted = Seen("TILLFOLD            ", "TEST         8888.88")
        assert pole.wait_for(wanted, within_s=WAIT_S)
        desk.keep(choice)
    assert kept(settings).display.pole.port == str(pole.path)


@pytest.mark.parametrize("kind", [DeviceKind.SCANNER, DeviceKind.STRIPE_READER])
def test_a_serial_scanner_or_reader_is_kept_by_its_port(
    desk: DeviceDesk, settings: TillSettings, kind: DeviceKind
) -> None:
    found = DeviceFound(way=Way.SERIAL, address="1A86:7523", label="CH340")
    desk.keep(DeviceChoice(found=found, kind=kind))
    made = kept(settings)
    ports = {
        DeviceKind.SCANNER: made.scanner.serial.port,
        DeviceKind.STRIPE_READER: made.card_reader.serial.port,
    }
    assert ports.pop(kind) == "1A86:7523"
    assert set(ports.values()) == {""}


def test_a_card_reader_is_kept_by_its_name(desk: DeviceDesk, settings: TillSettings) -> None:
    found = DeviceFound(way=Way.PCSC, address="ACS ACR122U 00 00", label="ACS ACR122U 00 00")
    desk.keep(DeviceChoice(found=found, kind=DeviceKind.CARD_READER))
    reader = kept(settings).card_reader
    assert (reader.nfc, reader.reader) == (True, "ACS ACR122U 00 00")


def test_the_sheet_shows_what_was_found_and_forwards_taps(
    shop: Shop, devices: DevicesPresenter, printer: EscposPrinterEmulator, qtbot: QtBot
) -> None:
    view = DevicesView(Look(), devices)
    qtbot.addWidget(view)
    view.retext(shop.desk.wording)
    view.resize(760, 700)
    view.show()

    def press(name: str) -> None:
        button = view.findChild(QAbstractButton, name)
        assert isinstance(button, QAbstractButton)
        button.click()

    press("devices-find")
    press(f"device-found-{place_of(devices, HOST)}")
    press("device-kind-0")
    press("device-try")
    press("device-keep")
    assert devices.state.kept
    assert printer.receipts


def test_the_status_sheet_leads_to_the_devices(shop: Shop) -> None:
    shop.face.status.open_devices()
    assert shop.sheet() is Sheet.DEVICES
    assert isinstance(shop.face.notices, Notices)
