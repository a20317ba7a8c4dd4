"""State from before the feed knew owners and sums, as the migration finds it."""

import msgspec
from alembic import command
from sqlalchemy import Connection, text

from domain.digests import add_digests
from domain.entries import decode_entry
from domain.facts import CouponIssued, Fact
from domain.fold.aggregates import encode_aggregate
from domain.identifiers import BrandId, MemberId, StoreId
from sync_server.bootstrap import open_database
from sync_server.database import schema
from sync_server.database.brand_wall import ALL_BRANDS
from sync_server.database.feed_rows import Reader, reader_digests
from sync_server.database.feed_sums import read_sums
from sync_server.settings import ServerSettings
from tests.builders import facts
from tests.builders.terminal import TestTerminal
from tests.builders.till import State, folded

BRAND = BrandId("brand")
INSERT = text(
    "INSERT INTO aggregate (brand_id, kind, id, scope, version, body)"
    " VALUES (:brand_id, :kind, :id, :scope, :version, :body)"
)


def state_before() -> State:
    terminal = TestTerminal()
    own = msgspec.structs.replace(facts.coupon_terms(), member_id=MemberId("member-1"))
    written: list[Fact] = [
        facts.enrolled(),
        CouponIssued(terms=own),
        facts.coupon_issued("coupon-2"),
        facts.sale(member="member-1", earned=5),
    ]
    return folded([(decode_entry(terminal.write(one).content), one) for one in written])


def test_rows_from_before_get_their_owner_and_are_added_up(settings: ServerSettings) -> None:
    database = open_database(settings)
    state = state_before()

    def before(connection: Connection) -> None:
        config = schema._config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0006")
        for version, (key, value) in enumerate(state.items(), start=1):
            row = {"brand_id": BRAND, "kind": key.kind, "id": key.id, "version": version}
            scope = "A" if key.kind == "order" else ""
            body = encode_aggregate(value)
            connection.execute(INSERT, {**row, "scope": scope, "body": body})

    def after(connection: Connection) -> tuple[dict[str, str], bool]:
        rows = connection.execute(text("SELECT id, owner FROM aggregate"))
        reader = Reader(brand_id=BRAND, store_id=StoreId("A"), by_interest=False)
        sums = read_sums(connection, BRAND, reader.places.values())
        digests = [digest for _, _, digest in reader_digests(connection, reader)]
        equal = add_digests(*sums.values()) == add_digests(*digests) != 0
        return {row.id: row.owner for row in rows}, equal

    try:
        database.write(before, brand=ALL_BRANDS)
        schema.migrate(database)
        owners, equal = database.read(after, brand=BRAND)
    finally:
        database.close()
    assert owners == {
        "member-1": "member-1",
        "+8613800138000": "member-1",
        "coupon-1": "member-1",
        "coupon-2": "",
        "sale-1": "",
    }
    assert equal
