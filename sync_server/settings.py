"""The server's settings: a TOML file, then environment variables over it, into one typed value."""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
from platformdirs import user_data_path

from domain.errors import ErrorCode, TillfoldError

ENVIRONMENT_PREFIX: Final = "TILLFOLD_SERVER_"
SETTINGS_VARIABLE: Final = "TILLFOLD_SERVER_SETTINGS"
_POSTGRESQL: Final = ("postgresql://", "postgres://")


class ServerSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one server process is told. Each key is also an environment variable.

    `database` is the path of a SQLite file, or a `postgresql://` address. `key_file` holds the
    server's secret; empty means beside the SQLite file.
    """

    database: str = ""
    key_file: str = ""
    host: str = "127.0.0.1"
    port: Annotated[int, msgspec.Meta(ge=0, le=65535)] = 8321
    live_channels: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 500
    heartbeat_seconds: Annotated[int, msgspec.Meta(ge=1, le=60)] = 15
    body_seconds: Annotated[int, msgspec.Meta(ge=1, le=600)] = 60
    database_connections: Annotated[int, msgspec.Meta(ge=2, le=200)] = 20
    enrolments_per_minute: Annotated[int, msgspec.Meta(ge=1, le=1_000)] = 10
    jobs_in_server: bool = True
    look_ups_per_minute: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 60
    members_on_till: Annotated[int, msgspec.Meta(ge=0, le=100_000_000)] = 200_000
    log_level: Annotated[str, msgspec.Meta(pattern="^(DEBUG|INFO|WARNING|ERROR)$")] = "INFO"

    @property
    def on_postgresql(self) -> bool:
        return self.database.startswith(_POSTGRESQL)

    @property
    def database_path(self) -> Path:
        """The SQLite file, where that is the database."""
        if self.database:
            return Path(self.database).expanduser()
        return user_data_path("tillfold-server", appauthor=False) / "server.db"

    @property
    def key_path(self) -> Path:
        if self.key_file:
            return Path(self.key_file).expanduser()
        if self.on_postgresql:
            return user_data_path("tillfold-server", appauthor=False) / "server.key"
        return self.database_path.with_suffix(".key")


def read_settings(path: Path | None, environment: Mapping[str, str] = os.environ) -> ServerSettings:
    """Settings from `path`, else from the file that the environment names, else none.

    Raises:
        TillfoldError: `settings_malformed`, saying where.
    """
    asked = path or _named_file(environment)
    values = _read_toml(asked) if asked else {}
    for name, text in environment.items():
        if name.startswith(ENVIRONMENT_PREFIX) and name != SETTINGS_VARIABLE:
            values[name.removeprefix(ENVIRONMENT_PREFIX).lower()] = text
    try:
        # Not strict: environment variables are text, also where a number is wanted.
        return msgspec.convert(values, ServerSettings, strict=False)
    except msgspec.ValidationError as error:
        raise TillfoldError(ErrorCode.SETTINGS_MALFORMED, where=str(error)) from error


def _named_file(environment: Mapping[str, str]) -> Path | None:
    name = environment.get(SETTINGS_VARIABLE, "")
    return Path(name) if name else None


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise TillfoldError(ErrorCode.SETTINGS_MALFORMED, where=f"{path}: {error}") from error
