"""What a till is told: a file, and the environment over it."""

from pathlib import Path

import pytest

from domain.errors import ErrorCode, TillfoldError
from domain.wording import Language
from pos_client.settings import (
    DEVICES_FILE,
    DisplaySettings,
    PoleDisplaySettings,
    PrinterRole,
    PrinterSettings,
    TillSettings,
    keep_devices,
    read_settings,
)

FILE = """
data_directory = "/srv/till"
language = "en"
left_handed = true

[printer]
host = "10.0.0.9"
port = 9101
model = "generic-58mm"
"""


def saved(folder: Path, text: str) -> Path:
    path = folder / "till.toml"
    path.write_text(text, encoding="utf-8")
    return path


def where(path: Path | None, environment: dict[str, str] | None = None) -> str:
    with pytest.raises(TillfoldError) as caught:
        read_settings(path, environment or {})
    assert caught.value.code is ErrorCode.SETTINGS_MALFORMED
    return str(caught.value.values["where"])


def test_a_file_says_what_the_till_is_told(tmp_path: Path) -> None:
    settings = read_settings(saved(tmp_path, FILE), {})
    assert settings == TillSettings(
        data_directory="/srv/till",
        language=Language.ENGLISH,
        left_handed=True,
        printer=PrinterSettings(host="10.0.0.9", port=9101, model="generic-58mm"),
    )
    assert settings.data_path == Path("/srv/till")
    assert settings.second_journal_path == Path("/srv/till")


def test_the_environment_stands_over_the_file(tmp_path: Path) -> None:
    environment = {
        "TILLFOLD_TILL_LANGUAGE": Language.CHINESE.value,
        "TILLFOLD_TILL_LEFT_HANDED": "false",
        "TILLFOLD_TILL_PRINTER__PORT": "9200",
        "TILLFOLD_TILL_SECOND_JOURNAL_DIRECTORY": "/media/other",
        "PATH": "/bin",
        "TILLFOLD_SERVER_PORT": "1",
    }
    settings = read_settings(saved(tmp_path, FILE), environment)
    assert settings.language is Language.CHINESE
    assert settings.left_handed is False
    assert settings.printer == PrinterSettings(host="10.0.0.9", port=9200, model="generic-58mm")
    assert settings.second_journal_path == Path("/media/other")


def test_the_environment_may_name_the_file(tmp_path: Path) -> None:
    path = saved(tmp_path, FILE)
    named = {"TILLFOLD_TILL_SETTINGS": str(path)}
    assert read_settings(None, named).data_directory == "/srv/till"
    other = tmp_path / "other.toml"
    other.write_text('data_directory = "/x"')
    assert read_settings(other, named).data_directory == "/x"


def test_without_anything_there_is_a_till_without_a_printer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    settings = read_settings(None, {})
    assert settings == TillSettings()
    assert settings.printer.host == ""
    assert settings.data_path == tmp_path / "data" / "tillfold"


def test_the_file_in_the_usual_place_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    (tmp_path / "tillfold").mkdir()
    (tmp_path / "tillfold" / "till.toml").write_text('theme = "dark"')
    assert read_settings(None, {}).theme == "dark"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("colour = 1", "colour"),
        ("[printer]\nhots = 'x'", "hots"),
        ("[printer]\nport = 0", "$.printer.port"),
        ("[printer]\nport = 65536", "$.printer.port"),
        ("[printer]\nport = 'many'", "$.printer.port"),
        ("printer = 'x'", "$.printer"),
        ("language = 'fr'", "$.language"),
        ("theme = 'pink'", "$.theme"),
        ("key_store = 'paper'", "$.key_store"),
        ("log_level = 'LOUD'", "$.log_level"),
        ("left_handed = 'perhaps'", "$.left_handed"),
        ("a = ", "till.toml"),
        ("theme = 'dark'\ntheme = 'light'", "till.toml"),
    ],
)
def test_what_is_wrong_in_a_file_is_said_with_its_place(
    tmp_path: Path, text: str, place: str
) -> None:
    assert place in where(saved(tmp_path, text))


@pytest.mark.parametrize(
    ("name", "text", "place"),
    [
        ("COLOUR", "1", "colour"),
        ("PRINTER__PORT", "x", "$.printer.port"),
        ("PRINTER__", "x", "$.printer"),
        ("PRINTER", "x", "$.printer"),
        ("THEME__SHADE", "x", "$.theme"),
        ("", "x", ""),
    ],
)
def test_what_is_wrong_in_the_environment_is_said(
    tmp_path: Path, name: str, text: str, place: str
) -> None:
    assert place in where(saved(tmp_path, ""), {f"TILLFOLD_TILL_{name}": text})


def test_a_table_that_the_file_has_as_a_text_is_said(tmp_path: Path) -> None:
    path = saved(tmp_path, "printer = 'x'")
    assert "printer" in where(path, {"TILLFOLD_TILL_PRINTER__HOST": "h"})


def test_a_file_that_was_asked_for_has_to_be_there(tmp_path: Path) -> None:
    assert "missing.toml" in where(tmp_path / "missing.toml")
    assert str(tmp_path) in where(tmp_path)
    assert "nowhere.toml" in where(None, {"TILLFOLD_TILL_SETTINGS": "/nowhere.toml"})


def test_a_file_that_is_no_text_is_said(tmp_path: Path) -> None:
    path = tmp_path / "till.toml"
    path.write_bytes(b"\xff\xfe\x00")
    assert "till.toml" in where(path)


def test_devices_chosen_on_the_screen_take_the_place_of_those_in_the_file(tmp_path: Path) -> None:
    path = saved(tmp_path, FILE.replace("/srv/till", str(tmp_path / "data")))
    printer = PrinterSettings(host="10.0.0.77")
    keep_devices(tmp_path / "data", {"printer": printer})
    settings = read_settings(path, {})
    assert settings.printer == printer
    assert settings.language is Language.ENGLISH
    environment = {"TILLFOLD_TILL_PRINTER__HOST": "10.0.0.1"}
    assert read_settings(path, environment).printer.host == "10.0.0.1"


def test_choosing_one_device_keeps_the_others(tmp_path: Path) -> None:
    display = DisplaySettings(screen="other", pole=PoleDisplaySettings(port="1A86:7523"))
    keep_devices(tmp_path, {"printer": PrinterSettings(host="10.0.0.77")})
    keep_devices(tmp_path, {"display": display})
    settings = read_settings(None, {"TILLFOLD_TILL_DATA_DIRECTORY": str(tmp_path)})
    assert settings.printer.host == "10.0.0.77"
    assert settings.display == display


@pytest.mark.parametrize("text", ["[printer", "key_store = 'file'", "[printer]\nhots = 'x'"])
def test_a_damaged_file_of_devices_is_named_and_not_overwritten(tmp_path: Path, text: str) -> None:
    (tmp_path / DEVICES_FILE).write_text(text)
    told = where(None, {"TILLFOLD_TILL_DATA_DIRECTORY": str(tmp_path)})
    assert DEVICES_FILE in told or "printer" in told
    assert (tmp_path / DEVICES_FILE).read_text() == text


def test_several_printers_stand_in_a_list(tmp_path: Path) -> None:
    path = tmp_path / "till.toml"
    path.write_text(
        """
        [[printers]]
        name = "前台"
        address = "192.168.1.50"

        [[printers]]
        name = "热菜"
        address = "192.168.1.51:9100"
        roles = ["kitchen"]
        categories = ["热菜", "汤"]
        per_dish = true
        fallback = "前台"
        fallback_after_s = 60

        [kitchen]
        default_printer = "热菜"
        """,
        encoding="utf-8",
    )
    settings = read_settings(path, {"TILLFOLD_TILL_RECEIPT__HEAD": '["东湖路 8 号"]'})
    front, hot = settings.printers
    assert (front.roles, hot.roles) == ((PrinterRole.RECEIPT,), (PrinterRole.KITCHEN,))
    assert hot.categories == ("热菜", "汤")
    assert front.device.physical_address == "tcp:192.168.1.50:9100"
    assert settings.receipt.head == ("东湖路 8 号",)


def test_a_list_that_is_none_says_so() -> None:
    with pytest.raises(TillfoldError) as caught:
        read_settings(None, {"TILLFOLD_TILL_RECEIPT__HEAD": "[unclosed"})
    assert caught.value.code is ErrorCode.SETTINGS_MALFORMED
