"""What a database wants from time to time."""

from sqlalchemy import Connection, text


def refresh_statistics(connection: Connection) -> None:
    """On PostgreSQL autovacuum does this too, but not where someone has switched it off."""
    on_postgresql = connection.dialect.name == "postgresql"
    connection.execute(text("ANALYZE" if on_postgresql else "PRAGMA optimize"))
