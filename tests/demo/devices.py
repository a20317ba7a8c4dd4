"""What stands at counter A1 beside the receipt printer: real drivers, emulated devices."""

import json
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import msgspec

from hardware.emulators.pole_display import PoleDisplayEmulator
from hardware.emulators.wechat_gateway import WeChatGateway
from hardware.payments.settings import USUAL_TIMEOUT_MS
from tests.hardware.payments.shops import wechat_gateway, wechat_settings
from tests.harness.printer import PrinterProcess

SCREENS: Final = ("till", "guest")
_WIDTH: Final = 1366
_HEIGHT: Final = 768


class Devices(msgspec.Struct, frozen=True, kw_only=True):
    """`settings` are the tables that tell a till of them, but for printers."""

    kitchen: PrinterProcess
    pole: PoleDisplayEmulator
    gateway: WeChatGateway
    settings: dict[str, object]


def open_devices(stack: ExitStack, folder: Path) -> Devices:
    folder.mkdir()
    kitchen = PrinterProcess(folder / "kitchen")
    stack.callback(kitchen.stop)
    pole = stack.enter_context(PoleDisplayEmulator(folder / "pole"))
    gateway = wechat_gateway()
    stack.callback(gateway.close)
    contract = msgspec.structs.replace(
        wechat_settings(folder, gateway.address), timeout_ms=USUAL_TIMEOUT_MS
    )
    settings: dict[str, object] = {
        "display": {
            "screen": "other",
            "enrolment_qr": "https://example.com/join",
            "pole": {"port": str(pole.path)},
        },
        "payment": {"wechat_pay": msgspec.to_builtins(contract)},
    }
    return Devices(kitchen=kitchen, pole=pole, gateway=gateway, settings=settings)


def printer_table(name: str, printer: PrinterProcess, role: str) -> dict[str, object]:
    return {"name": name, "address": f"127.0.0.1:{printer.port}", "roles": [role]}


def two_screens(folder: Path) -> dict[str, str]:
    """The environment of a till without a display that has a second screen all the same."""
    described = [
        {"name": name, "x": _WIDTH * place, "y": 0, "width": _WIDTH, "height": _HEIGHT}
        for place, name in enumerate(SCREENS)
    ]
    path = folder / "screens.json"
    path.write_text(json.dumps({"screens": described}))
    return {"QT_QPA_PLATFORM": f"offscreen:configfile={path}"}
