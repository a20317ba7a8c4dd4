"""The till's settings: TOML files, then environment variables over them, into one typed value.

One file is written by hand or by an installer, `till.toml`; another by the device screen,
`devices.toml` in the data directory. A table of the second takes the place of the same one of the
first.
"""

import os
import tomllib
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
import tomli_w
from platformdirs import user_config_path, user_data_path

from domain.errors import ErrorCode, TillfoldError
from domain.wording import Language
from hardware.escpos.model import CompletionWay, StatusWay
from hardware.escpos.settings import DrawerSensor, EscposSettings, FlowControl, Transport
from hardware.payments.settings import AlipaySettings, WeChatPaySettings
from hardware.scanners.labels import LabelLayout, check_layouts
from hardware.serial_ports import SerialPortSettings

ENVIRONMENT_PREFIX: Final = "TILLFOLD_TILL_"
SETTINGS_VARIABLE: Final = "TILLFOLD_TILL_SETTINGS"
DEVICES_FILE: Final = "devices.toml"
DEVICE_TABLES: Final = frozenset({"printer", "printers", "scanner", "card_reader", "display"})

# Keys that nobody presses while selling.
ScannerKey = Annotated[str, msgspec.Meta(pattern=r"^(|F(1[3-9]|2[0-9]|3[0-5])|Ctrl\+[A-Z])\Z")]
Port = Annotated[int, msgspec.Meta(ge=1, le=65535)]
PrinterName = Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
MOST_PRINTERS: Final = 40


class PrinterSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The only printer, for receipts. An empty `host` means that there is none."""

    host: str = ""
    port: Port = 9100
    model: str = "generic-80mm"


class PoleDisplaySettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A display on a pole at a serial port. An empty `port` means that there is none.

    `port` is "VID:PID" or "VID:PID:serial number" of a USB adapter, or the name of a port.
    """

    port: Annotated[str, msgspec.Meta(max_length=200)] = ""
    kind: Annotated[str, msgspec.Meta(pattern="^(cd5220|escpos|led8)$")] = "cd5220"
    baud: Annotated[int, msgspec.Meta(ge=300, le=4_000_000)] = 9_600


class DisplaySettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the guest sees. `screen` is the name of a second screen, or "other"; empty: none.

    `pictures` is a folder that is shown while nobody is served; `enrolment_qr` and `payment_qr` are
    the contents of codes for the guest to scan.
    """

    screen: Annotated[str, msgspec.Meta(max_length=200)] = ""
    pictures: str = ""
    enrolment_qr: Annotated[str, msgspec.Meta(max_length=700)] = ""
    payment_qr: Annotated[str, msgspec.Meta(max_length=700)] = ""
    pole: PoleDisplaySettings = PoleDisplaySettings()

    @property
    def pictures_path(self) -> Path | None:
        return Path(self.pictures).expanduser() if self.pictures else None


class PrinterRole(StrEnum):
    """What a printer is for. One may have several roles."""

    RECEIPT = "receipt"
    KITCHEN = "kitchen"
    LABEL = "label"


class NamedPrinterSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One of several printers; two with the same address share it.

    What is said of the device itself is as in `hardware.escpos.settings.EscposSettings`.

    A kitchen printer prints the dishes of its `categories`, without any those of all: on one
    ticket, or with `per_dish` on one a dish. With `whole_table` it prints the whole order. After
    `fallback_after_s` without being ready its tickets come out of `fallback`; 0: only when a person
    says so.
    """

    name: PrinterName
    address: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    transport: Transport = Transport.TCP
    model: str = "generic-80mm"
    status: StatusWay | None = None
    completion: CompletionWay | None = None
    baud_rate: int = 115_200
    flow_control: FlowControl = FlowControl.NONE
    drawer_sensor: DrawerSensor = DrawerSensor.NONE
    roles: Annotated[tuple[PrinterRole, ...], msgspec.Meta(min_length=1)] = (PrinterRole.RECEIPT,)
    categories: tuple[str, ...] = ()
    per_dish: bool = False
    whole_table: bool = False
    fallback: str = ""
    fallback_after_s: Annotated[int, msgspec.Meta(ge=0, le=86_400)] = 0

    @property
    def device(self) -> EscposSettings:
        return EscposSettings(
            address=self.address,
            transport=self.transport,
            model=self.model,
            status=self.status,
            completion=self.completion,
            baud_rate=self.baud_rate,
            flow_control=self.flow_control,
            drawer_sensor=self.drawer_sensor,
        )


class KitchenSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`default_printer` gets the dishes that no station prints; empty: nobody does.

    Tickets and labels that waited longer than `fresh_minutes` are printed only if a person says so.
    """

    default_printer: str = ""
    fresh_minutes: Annotated[int, msgspec.Meta(ge=1, le=1_440)] = 30


class DrawerSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The drawer on the printer named `printer`; empty: on the one for receipts.

    `on` says whether there is one, `after_cash` whether a cash sale opens it.
    """

    on: bool = True
    printer: Annotated[str, msgspec.Meta(max_length=40)] = ""
    after_cash: bool = True


class ReceiptSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The shop's own lines: `head` under its name, `foot` at the end of every document.

    `member_code` puts a code on a member's receipt by which the counter finds her the next time.
    """

    head: Annotated[tuple[str, ...], msgspec.Meta(max_length=10)] = ()
    foot: Annotated[tuple[str, ...], msgspec.Meta(max_length=10)] = ()
    member_code: bool = False


class PaymentSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Contracts for payment by a guest's code; without one, no such key on the pay sheet."""

    wechat_pay: WeChatPaySettings = WeChatPaySettings()
    alipay: AlipaySettings = AlipaySettings()


class KeyboardScannerSettings(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True
):
    """Scanners and card readers that type. `on` is the switch: off, all keys are typing.

    `prefix` and `suffix` are keys that the scanner is set to send, such as "F13" or "Ctrl+B".
    `by_timing` off: only what stands between those keys is a scan.
    """

    on: bool = True
    prefix: ScannerKey = ""
    suffix: ScannerKey = ""
    gap_ms: Annotated[int, msgspec.Meta(ge=5, le=60)] = 35
    min_characters: Annotated[int, msgspec.Meta(ge=4, le=40)] = 6
    by_timing: bool = True


class ScannerSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`serial` is the scanner on a serial port; `labels` what the shop's scales print."""

    keyboard: KeyboardScannerSettings = KeyboardScannerSettings()
    serial: SerialPortSettings = SerialPortSettings()
    labels: Annotated[tuple[LabelLayout, ...], msgspec.Meta(max_length=20)] = ()

    def __post_init__(self) -> None:
        """Raises ValueError where a label could mean two things."""
        check_layouts(self.labels)


class CardReaderSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`nfc`: cards are read through PC/SC, by the reader whose name holds `reader`; empty: any.

    `serial` is a magnetic-stripe reader on a serial port.
    """

    nfc: bool = False
    reader: Annotated[str, msgspec.Meta(max_length=120)] = ""
    serial: SerialPortSettings = SerialPortSettings()


class TillSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one till is told. Each key is also an environment variable with the prefix above.

    `second_journal_directory` should lie on another disk; empty means beside the database.
    `ballast_mib` is kept back beside the database for the day on which the disk is full; 0: none.
    `key_store` is where the database key is kept: "keyring" (the operating system's), "file" (a
    file that only this user can read), or "auto": the first of the two that works.
    """

    data_directory: str = ""
    second_journal_directory: str = ""
    ballast_mib: Annotated[int, msgspec.Meta(ge=0, le=1024)] = 16
    key_store: Annotated[str, msgspec.Meta(pattern="^(auto|keyring|file)$")] = "auto"
    language: Language = Language.CHINESE
    theme: Annotated[str, msgspec.Meta(pattern="^(light|dark)$")] = "light"
    left_handed: bool = False
    full_screen: bool = False
    log_level: Annotated[str, msgspec.Meta(pattern="^(DEBUG|INFO|WARNING|ERROR)$")] = "INFO"
    printer: PrinterSettings = PrinterSettings()
    display: DisplaySettings = DisplaySettings()
    printers: Annotated[
        tuple[NamedPrinterSettings, ...], msgspec.Meta(max_length=MOST_PRINTERS)
    ] = ()
    kitchen: KitchenSettings = KitchenSettings()
    receipt: ReceiptSettings = ReceiptSettings()
    drawer: DrawerSettings = DrawerSettings()
    scanner: ScannerSettings = ScannerSettings()
    card_reader: CardReaderSettings = CardReaderSettings()
    payment: PaymentSettings = PaymentSettings()

    @property
    def data_path(self) -> Path:
        if self.data_directory:
            return Path(self.data_directory).expanduser()
        return user_data_path("tillfold", appauthor=False)

    @property
    def ballast_bytes(self) -> int:
        return self.ballast_mib * 1024 * 1024

    @property
    def second_journal_path(self) -> Path:
        if self.second_journal_directory:
            return Path(self.second_journal_directory).expanduser()
        return self.data_path


def read_settings(path: Path | None, environment: Mapping[str, str] = os.environ) -> TillSettings:
    """Settings from `path`, else from the file that the environment names, else the usual place.

    A file that was asked for has to be there; the one in the usual place need not.

    Raises:
        TillfoldError: `settings_malformed`, saying where.
    """
    named = environment.get(SETTINGS_VARIABLE)
    asked = path or (Path(named) if named else None)
    usual = user_config_path("tillfold", appauthor=False) / "till.toml"
    raw: dict[str, Any] = {}
    if asked is not None or usual.exists():
        raw = _read_toml(asked or usual)
    _set_from(environment, raw)
    chosen = _read_devices(_converted(raw).data_path)
    raw.update(chosen)
    _set_from(environment, raw)
    return _converted(raw)


def _without_nothing(value: object) -> object:
    """TOML has no word for None; a key that is absent means the same."""
    match value:
        case dict():
            return {key: _without_nothing(each) for key, each in value.items() if each is not None}
        case list() | tuple():
            return [_without_nothing(each) for each in value]
        case _:
            return value


def keep_devices(data_path: Path, tables: Mapping[str, object]) -> None:
    """Write tables of devices for the next start, beside those that are kept already.

    `tables` are structs of this module, or tuples of them, by the name of their table. To be called
    with devices that were tried out.

    Raises:
        TillfoldError: `disk_failed`; `settings_malformed` where the file that is there is damaged.
    """
    assert tables.keys() <= DEVICE_TABLES, "only devices are chosen on the screen"
    kept = _read_devices(data_path) | {
        name: _without_nothing(msgspec.to_builtins(table)) for name, table in tables.items()
    }
    path = data_path / DEVICES_FILE
    temporary = path.with_suffix(".new")
    try:
        data_path.mkdir(parents=True, exist_ok=True, mode=0o700)
        with temporary.open("wb") as file:
            tomli_w.dump(kept, file)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        raise TillfoldError(ErrorCode.DISK_FAILED) from error


def _read_devices(data_path: Path) -> dict[str, Any]:
    path = data_path / DEVICES_FILE
    if not path.exists():
        return {}
    chosen = _read_toml(path)
    if strange := chosen.keys() - DEVICE_TABLES:
        where = f"{path}: {', '.join(sorted(strange))}"
        raise TillfoldError(ErrorCode.SETTINGS_MALFORMED, where=where)
    return chosen


def _set_from(environment: Mapping[str, str], raw: dict[str, Any]) -> None:
    for name, text in environment.items():
        if name.startswith(ENVIRONMENT_PREFIX) and name != SETTINGS_VARIABLE:
            _set(raw, name.removeprefix(ENVIRONMENT_PREFIX).lower().split("__"), text)


def _converted(raw: dict[str, Any]) -> TillSettings:
    try:
        # Not strict: environment variables are text, also where a number is wanted.
        return msgspec.convert(raw, TillSettings, strict=False)
    except msgspec.ValidationError as error:
        raise TillfoldError(ErrorCode.SETTINGS_MALFORMED, where=str(error)) from error


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise TillfoldError(ErrorCode.SETTINGS_MALFORMED, where=f"{path}: {error}") from error


def _read_list(text: str) -> Any:  # noqa: ANN401 - msgspec gives it its type
    """A list in an environment variable is written as in the file."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except ValueError as error:
        raise TillfoldError(ErrorCode.SETTINGS_MALFORMED, where=f"{text[:40]}: {error}") from error


def _set(raw: dict[str, Any], keys: list[str], text: str) -> None:
    """PRINTER__HOST sets `host` in the table `printer`."""
    table: Any = raw
    for key in keys[:-1]:
        table = table.setdefault(key, {})
        if not isinstance(table, dict):
            raise TillfoldError(ErrorCode.SETTINGS_MALFORMED, where=f"{key}: no table")
    table[keys[-1]] = _read_list(text) if text.startswith("[") else text
