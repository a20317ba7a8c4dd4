"""Proving the feed's sums: each row's digest again, and what the places' sums ought to be."""

from collections import Counter
from collections.abc import Iterator

from sqlalchemy import Connection

from domain.digests import add_digests, row_digest
from domain.identifiers import BrandId
from sync_server.database import feed_rows, feed_sums
from sync_server.database.feed_sums import interest_place


def differing_rows(connection: Connection, brand_id: BrandId) -> Iterator[str]:
    """Rows whose digest is not that of what they hold, as kind:id."""
    for row in feed_rows.all_rows(connection, brand_id):
        held = row_digest(row.kind, row.id, version=row.version, body=row.body)
        if held != row.digest:
            yield f"{row.kind}:{row.id}"


def differing_places(connection: Connection, brand_id: BrandId) -> list[str]:
    """Places whose sum is not that of the digests of their rows; a till there compares in vain."""
    wanted = sums_of_rows(connection, brand_id)
    held = feed_sums.all_sums(connection, brand_id)
    places = held.keys() | wanted.keys()
    return sorted(place for place in places if held.get(place, 0) != wanted.get(place, 0))


def sums_of_rows(connection: Connection, brand_id: BrandId) -> dict[str, int]:
    """What the sum of each place ought to be."""
    sums: Counter[str] = Counter()
    for row in feed_rows.all_digests(connection, brand_id):
        sums[row.scope] = add_digests(sums[row.scope], row.digest)
    for row in feed_rows.all_interesting_digests(connection, brand_id):
        place = interest_place(row.store_id)
        sums[place] = add_digests(sums[place], row.digest)
    return dict(sums)
