"""What a database says about itself."""

from typing import Final

import msgspec
from sqlalchemy import Connection, text

_LONG_TRANSACTION_SECONDS: Final = 300
_STATE: Final = text(
    "SELECT current_setting('server_version') AS version,"
    " current_setting('fsync') = 'on' AND current_setting('full_page_writes') = 'on' AS crash_safe,"
    " current_setting('synchronous_commit') AS synchronous_commit,"
    " current_setting('synchronous_standby_names') AS synchronous_standbys,"
    " current_setting('idle_in_transaction_session_timeout') AS idle_timeout,"
    " pg_is_in_recovery() AS in_recovery,"
    " (SELECT count(*) FROM pg_stat_replication) AS standbys,"
    " (SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user)"
    " AS above_walls,"
    " (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    " AND now() - xact_start > make_interval(secs => :long)) AS long_transactions"
)


class PostgresqlState(msgspec.Struct, frozen=True, kw_only=True):
    """`above_walls` tells that no row-level security binds the role that the server uses."""

    version: str
    crash_safe: bool
    synchronous_commit: str
    synchronous_standbys: str
    idle_timeout: str
    in_recovery: bool
    standbys: int
    above_walls: bool
    long_transactions: int


def postgresql_state(connection: Connection) -> PostgresqlState:
    row = connection.execute(_STATE, {"long": _LONG_TRANSACTION_SECONDS}).mappings().one()
    return PostgresqlState(**row)


def sqlite_is_whole(connection: Connection) -> bool:
    return bool(connection.execute(text("PRAGMA quick_check(1)")).scalar_one() == "ok")
