"""The till's settings: a TOML file, then environment variables over it, into one typed value."""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
from platformdirs import user_config_path, user_data_path

from domain.errors import ErrorCode, TillfoldError
from domain.wording import Language

ENVIRONMENT_PREFIX: Final = "TILLFOLD_TILL_"
SETTINGS_VARIABLE: Final = "TILLFOLD_TILL_SETTINGS"

Port = Annotated[int, msgspec.Meta(ge=1, le=65535)]


class PrinterSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The receipt printer. An empty `host` means that there is none."""

    host: str = ""
    port: Port = 9100
    model: str = "generic-80mm"


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
    for name, text in environment.items():
        if name.startswith(ENVIRONMENT_PREFIX) and name != SETTINGS_VARIABLE:
            _set(raw, name.removeprefix(ENVIRONMENT_PREFIX).lower().split("__"), text)
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


def _set(raw: dict[str, Any], keys: list[str], text: str) -> None:
    """PRINTER__HOST sets `host` in the table `printer`."""
    table: Any = raw
    for key in keys[:-1]:
        table = table.setdefault(key, {})
        if not isinstance(table, dict):
            raise TillfoldError(ErrorCode.SETTINGS_MALFORMED, where=f"{key}: no table")
    table[keys[-1]] = text
