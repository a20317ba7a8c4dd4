"""The sums of what tills hold, by place, kept in the transaction that changes the rows."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Select, bindparam, select

from domain.digests import add_digests
from domain.identifiers import BrandId, StoreId
from sync_server.database.statements import in_parts, is_postgresql, named, upsert
from sync_server.database.tables import feed_sum

# No store can be called so: ids are letters, digits, "-" and "_".
MEMBERS: Final = "@members"
EVERYWHERE: Final = ""


class SumRow(msgspec.Struct, frozen=True):
    brand_id: str
    place: str
    sum: int


def interest_place(store_id: StoreId) -> str:
    """Where the rows of a store's interesting members are added up."""
    return f"@{store_id}"


def read_sums(connection: Connection, brand_id: BrandId, places: Iterable[str]) -> dict[str, int]:
    """The sum of each place; of one without rows it is 0."""
    wanted = sorted(places)
    sums = dict.fromkeys(wanted, 0)
    for part in in_parts(wanted):
        rows = connection.execute(
            _of_places(on_postgresql=is_postgresql(connection)),
            {"of_brand": brand_id, "places": part},
        )
        sums.update({row.place: row.sum for row in rows})
    return sums


def all_sums(connection: Connection, brand_id: BrandId) -> dict[str, int]:
    rows = connection.execute(
        select(feed_sum.c.place, feed_sum.c.sum).where(feed_sum.c.brand_id == brand_id)
    )
    return {row.place: row.sum for row in rows}


@cache
def _of_places(*, on_postgresql: bool) -> "Select[Any]":
    """Built once: each pull asks it."""
    return select(feed_sum.c.place, feed_sum.c.sum).where(
        feed_sum.c.brand_id == bindparam("of_brand"),
        named(feed_sum.c.place, "places", on_postgresql=on_postgresql),
    )


def change_sums(connection: Connection, brand_id: BrandId, changes: Mapping[str, int]) -> None:
    """Add to each place's sum. The caller holds the brand's counter, so nobody else does."""
    wanted = {place: change for place, change in changes.items() if change}
    if not wanted:
        return
    before = read_sums(connection, brand_id, wanted)
    after = {place: add_digests(before[place], change) for place, change in wanted.items()}
    set_sums(connection, brand_id, after)


def set_sums(connection: Connection, brand_id: BrandId, sums: Mapping[str, int]) -> None:
    rows = [SumRow(brand_id, place, total) for place, total in sorted(sums.items())]
    upsert(connection, feed_sum, rows)
