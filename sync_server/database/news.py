"""Telling the other server processes of a commit: LISTEN and NOTIFY of PostgreSQL.

Told behind the commit and apart from it: a NOTIFY inside of a transaction makes all commits of the
database wait for each other. What gets lost this way, the look at the heads finds.
"""

from collections.abc import AsyncGenerator
from typing import Final

import psycopg
from sqlalchemy import Engine, text

from domain.identifiers import BrandId

_CHANNEL: Final = "tillfold_feed"
_TELL: Final = text("SELECT pg_notify(:channel, :news)")
_QUIET_SECONDS: Final = 10.0

News = tuple[BrandId, int]


def tell(engine: Engine, brand_id: BrandId, head: int) -> None:
    """Raises SQLAlchemyError where the database is away."""
    with engine.connect() as connection:
        apart = connection.execution_options(isolation_level="AUTOCOMMIT")
        apart.execute(_TELL, {"channel": _CHANNEL, "news": f"{brand_id} {head}"})


async def listen(engine: Engine) -> AsyncGenerator[News | None]:
    """News of all processes, on a connection of its own.

    Answers None once it listens, and whenever nothing was heard for a while.

    Raises:
        psycopg.Error: the connection broke, or this event loop cannot listen.
    """
    url = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    connection = await psycopg.AsyncConnection.connect(url, autocommit=True)
    async with connection:
        await connection.execute(f"LISTEN {_CHANNEL}")
        while True:
            yield None
            async for notice in connection.notifies(timeout=_QUIET_SECONDS):
                news = _read(notice.payload)
                if news is not None:
                    yield news


def _read(payload: str) -> News | None:
    """None for what another program says on our channel."""
    brand_id, _, head = payload.partition(" ")
    return (BrandId(brand_id), int(head)) if head.isascii() and head.isdigit() else None
