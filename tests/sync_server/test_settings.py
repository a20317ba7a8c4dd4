"""Settings: a file, the environment over it, and a clear word where they are wrong."""

from pathlib import Path

import pytest

from domain.errors import ErrorCode, TillfoldError
from sync_server.settings import ServerSettings, read_settings


def test_the_environment_stands_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "server.toml"
    file.write_text('host = "0.0.0.0"\nport = 9000\n', encoding="utf-8")
    environment = {"TILLFOLD_SERVER_PORT": "9001", "TILLFOLD_SERVER_LOG_LEVEL": "DEBUG"}
    settings = read_settings(file, environment)
    assert (settings.host, settings.port, settings.log_level) == ("0.0.0.0", 9001, "DEBUG")


def test_the_environment_can_name_the_file(tmp_path: Path) -> None:
    file = tmp_path / "server.toml"
    file.write_text("port = 9000\n", encoding="utf-8")
    assert read_settings(None, {"TILLFOLD_SERVER_SETTINGS": str(file)}).port == 9000


def test_nothing_at_all_is_a_server_of_this_machine_alone() -> None:
    assert read_settings(None, {}) == ServerSettings()
    assert ServerSettings().host == "127.0.0.1"


@pytest.mark.parametrize(
    "text",
    ["port = 99999", 'port = "x"', "colour = 1", 'log_level = "LOUD"', "port =", "\ufffe = 1"],
)
def test_a_wrong_setting_is_told_with_its_place(tmp_path: Path, text: str) -> None:
    file = tmp_path / "server.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(TillfoldError) as refused:
        read_settings(file, {})
    assert refused.value.code is ErrorCode.SETTINGS_MALFORMED
    assert refused.value.values["where"]


def test_a_file_that_was_asked_for_has_to_be_there(tmp_path: Path) -> None:
    with pytest.raises(TillfoldError) as refused:
        read_settings(tmp_path / "missing.toml", {})
    assert refused.value.code is ErrorCode.SETTINGS_MALFORMED


def test_the_key_file_stands_beside_the_database(tmp_path: Path) -> None:
    settings = ServerSettings(database=str(tmp_path / "chain.db"))
    assert settings.key_path == tmp_path / "chain.key"
    assert not settings.on_postgresql
    assert ServerSettings(database="postgresql://h/d").on_postgresql
