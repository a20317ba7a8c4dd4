"""Bringing the database to this release's schema. Alembic is loaded only when there is work."""

from importlib.resources import files
from typing import Final

from sqlalchemy import Connection

from domain.errors import ErrorCode, TillfoldError

# The newest revision in migrations/pos_client; a test holds the two equal.
HEAD_REVISION: Final = "0009"
KNOWN_REVISIONS: Final = frozenset(
    {"0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009"}
)


def bring_up_to_date(connection: Connection) -> None:
    """Run the migrations that are missing.

    Raises:
        TillfoldError: `database_newer` where a later release wrote this database.
    """
    revision = _revision(connection)
    if revision == HEAD_REVISION:
        return
    if revision is not None and revision not in KNOWN_REVISIONS:
        raise TillfoldError(ErrorCode.DATABASE_NEWER)
    # Loading alembic costs a fifth of the start-up budget, so only a new release pays for it.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(files("migrations.pos_client")))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _revision(connection: Connection) -> str | None:
    made = connection.exec_driver_sql(
        "SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'"
    ).scalar()
    if made is None:
        return None
    found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return None if found is None else str(found)
