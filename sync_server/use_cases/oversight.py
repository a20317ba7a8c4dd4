"""What an operator watches: whether the database is ready, and a few numbers of each brand."""

import msgspec
from sqlalchemy import Connection

from domain.identifiers import BrandId
from sync_server.database.brand_wall import ALL_BRANDS
from sync_server.database.brands import list_brands
from sync_server.database.cases import count_open
from sync_server.database.journal import count_quarantined, quarantined_by_terminal
from sync_server.database.schema import at_head
from sync_server.use_cases.context import Context


class BrandState(msgspec.Struct, frozen=True, kw_only=True):
    brand_id: BrandId
    feed_head: int
    open_cases: int
    quarantined: int


def is_ready(context: Context) -> bool:
    """Whether the database answers and has the tables of this release."""
    return context.database.read(at_head, brand=ALL_BRANDS)


def set_aside_by_till(context: Context, brand_id: BrandId) -> dict[str, int]:
    """How many entries of each journal are set aside; none for those without any."""
    return context.database.read(
        lambda connection: quarantined_by_terminal(connection, brand_id), brand=brand_id
    )


def brand_states(context: Context) -> list[BrandState]:
    def work(connection: Connection) -> list[BrandState]:
        return [
            BrandState(
                brand_id=brand.brand_id,
                feed_head=brand.version,
                open_cases=count_open(connection, brand.brand_id),
                quarantined=count_quarantined(connection, brand.brand_id),
            )
            for brand in list_brands(connection)
        ]

    return context.database.read(work, brand=ALL_BRANDS)
