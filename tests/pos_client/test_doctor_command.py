"""`pos-client doctor`: every device with its state and what to do about it."""

import json
import socket
from pathlib import Path

import msgspec
import pytest

from domain.wording import Language
from hardware.emulators.escpos_faults import Fault
from hardware.emulators.escpos_server import EmulatorSettings, EscposPrinterEmulator
from hardware.emulators.pole_display import PoleDisplayEmulator
from hardware.serial_ports import SerialPortSettings
from pos_client.bootstrap.commands import doctor
from pos_client.settings import (
    CardReaderSettings,
    DisplaySettings,
    NamedPrinterSettings,
    PaymentSettings,
    PoleDisplaySettings,
    PrinterRole,
    PrinterSettings,
    ScannerSettings,
    TillSettings,
)
from tests.hardware.payments.shops import (
    alipay_settings,
    wechat_gateway,
    wechat_settings,
)

Output = pytest.CaptureFixture[str]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def test_a_till_without_devices_says_where_to_set_them_up(capsys: Output) -> None:
    assert doctor(TillSettings(), as_json=False) == 0
    assert capsys.readouterr().out.startswith("没有设置任何设备")


def test_every_device_is_told_with_its_state_and_what_to_do(capsys: Output, tmp_path: Path) -> None:
    with (
        EscposPrinterEmulator(EmulatorSettings()) as well,
        EscposPrinterEmulator(EmulatorSettings()) as empty,
        PoleDisplayEmulator(tmp_path / "pole") as pole,
    ):
        empty.set_fault(Fault.PAPER_OUT)
        kitchen = NamedPrinterSettings(
            name="热菜", address=f"127.0.0.1:{empty.port}", roles=(PrinterRole.KITCHEN,)
        )
        settings = TillSettings(
            language=Language.ENGLISH,
            printer=PrinterSettings(host="127.0.0.1", port=well.port),
            printers=(kitchen,),
            display=DisplaySettings(pole=PoleDisplaySettings(port=str(pole.path))),
        )
        assert doctor(settings, as_json=False) == 1
        assert capsys.readouterr().out.splitlines() == [
            f"Ready: Receipt printer 127.0.0.1:{well.port}",
            "Look: Kitchen printer 热菜. Out of paper: put a roll in",
            f"Ready: Pole display {pole.path}",
        ]


def test_a_program_reads_states_and_codes(capsys: Output) -> None:
    port = free_port()
    settings = TillSettings(printer=PrinterSettings(host="127.0.0.1", port=port))
    assert doctor(settings, as_json=True) == 1
    said = json.loads(capsys.readouterr().out)
    assert said["well"] is False
    (device,) = said["devices"]
    assert (device["state"], device["reason"]) == ("lost", "refused")
    assert device["advice"]


def test_an_address_that_can_be_none_is_told(capsys: Output) -> None:
    settings = TillSettings(printer=PrinterSettings(host="192.168..50"))
    assert doctor(settings, as_json=True) == 1
    (device,) = json.loads(capsys.readouterr().out)["devices"]
    assert (device["state"], device["reason"]) == ("lost", "unreachable")


def test_scanners_and_readers_that_are_not_plugged_in_are_told(
    capsys: Output, tmp_path: Path
) -> None:
    gone = SerialPortSettings(port=str(tmp_path / "nothing"))
    settings = TillSettings(
        scanner=ScannerSettings(serial=gone),
        card_reader=CardReaderSettings(nfc=True, reader="no such reader", serial=gone),
    )
    assert doctor(settings, as_json=True) == 1
    devices = json.loads(capsys.readouterr().out)["devices"]
    assert [one["kind"] for one in devices] == ["scanner", "card_reader", "stripe_reader"]
    assert {one["state"] for one in devices} == {"lost"}
    assert devices[0]["reason"] == "not_found"
    assert devices[1]["reason"] in {"no_service", "not_found"}


def test_payment_providers_are_asked_and_keys_that_are_missing_are_told(
    capsys: Output, tmp_path: Path
) -> None:
    gateway = wechat_gateway()
    wechat = wechat_settings(tmp_path, gateway.address)
    alipay = alipay_settings(tmp_path, gateway.address)
    alipay = msgspec.structs.replace(alipay, private_key_file=str(tmp_path / "nothing"))
    payment = PaymentSettings(wechat_pay=wechat, alipay=alipay)
    try:
        assert doctor(TillSettings(payment=payment), as_json=True) == 1
    finally:
        gateway.close()
    devices = json.loads(capsys.readouterr().out)["devices"]
    told = {one["kind"]: (one["place"], one["state"], one["reason"]) for one in devices}
    assert told == {
        "wechat_pay": (wechat.mchid, "ready", ""),
        "alipay": (alipay.app_id, "lost", "misconfigured"),
    }
    assert gateway.books.net_fen() == 0
