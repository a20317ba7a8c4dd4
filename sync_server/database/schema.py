"""The migrations of the server's database, found in the installed package."""

from importlib.resources import files

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from domain.errors import ErrorCode, TillfoldError
from sync_server.database.brand_wall import ALL_BRANDS, raise_walls
from sync_server.database.connection import Database


def migrate(database: Database) -> str:
    """Bring the tables to this release's state, in one transaction; the revision they have then.

    Raises:
        TillfoldError: `database_newer` where a later release has migrated it already.
    """

    def work(connection: Connection) -> str:
        refuse_newer(connection)
        upgrade(connection)
        raise_walls(connection)
        return current_revision(connection)

    return database.write(work, brand=ALL_BRANDS)


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Make the tables of a revision out of those of an earlier one, or of none.

    Raises:
        TillfoldError: `database_newer` where this release does not know the revision.
    """
    known = {script.revision for script in _scripts().walk_revisions()}
    if revision != "head" and revision not in known:
        raise TillfoldError(ErrorCode.DATABASE_NEWER)
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def current_revision(connection: Connection) -> str:
    return ",".join(sorted(MigrationContext.configure(connection).get_current_heads()))


def at_head(connection: Connection) -> bool:
    """Whether the tables are those that this release works with."""
    current = MigrationContext.configure(connection).get_current_heads()
    return set(current) == set(_scripts().get_heads())


def is_empty(connection: Connection) -> bool:
    """Whether no release has made its tables here yet."""
    return not MigrationContext.configure(connection).get_current_heads()


def refuse_newer(connection: Connection) -> None:
    """Refuse tables of a later release.

    Raises:
        TillfoldError: `database_newer`.
    """
    if is_newer(connection):
        raise TillfoldError(ErrorCode.DATABASE_NEWER)


def is_newer(connection: Connection) -> bool:
    known = {script.revision for script in _scripts().walk_revisions()}
    return not set(MigrationContext.configure(connection).get_current_heads()) <= known


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


def _config() -> Config:
    config = Config()
    # A per cent sign would be read as interpolation by the configuration parser.
    location = str(files("migrations") / "sync_server").replace("%", "%%")
    config.set_main_option("script_location", location)
    return config
