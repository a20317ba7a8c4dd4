"""Many brands on one server, strictly apart: by the API, by the tills' routes, by the database."""

from collections.abc import Callable

import httpx
import msgspec
import pytest
from sqlalchemy import Connection, delete, select, text, update
from sqlalchemy.exc import ProgrammingError

from domain.errors import ErrorCode
from domain.identifiers import BrandId, StoreId
from sync_server.database.brand_wall import ALL_BRANDS, unguarded_tables
from sync_server.database.connection import Database
from sync_server.database.tables import brand, metadata, store
from sync_server.settings import ServerSettings
from sync_server.use_cases import brands, enrolment
from sync_server.use_cases.brands import add_store
from tests.builders import facts
from tests.builders.sync_client import Refused, SyncClient
from tests.builders.sync_server import BRAND, Clock, RunningServer, prepare
from tests.builders.terminal import TestTerminal

OTHER = BrandId("other")


def add_other(server: RunningServer) -> SyncClient:
    """A second brand with a store, a member and a till; its label is that of the first brand's."""
    brands.add_brand(server.context, "别家", brand_id=OTHER)
    add_store(server.context, OTHER, "A", name="别家一店", zone="Asia/Shanghai", actor="")
    code = enrolment.issue_code(server.context, OTHER, StoreId("A"), "A1").code
    till = server.client(TestTerminal("other-A1"))
    till.enrol(code)
    till.terminal.write(facts.enrolled("m-other", phone="+8613900000001", name="别家会员"))
    till.terminal.write(facts.sale("sale-other", member="m-other", total_fen=7_700))
    till.push()
    return till


def test_the_api_of_one_brand_knows_nothing_of_another_s_ids(server: RunningServer) -> None:
    other = add_other(server)
    headers = {"Authorization": f"Bearer {server.hq_token()}", "Accept-Language": "en"}
    with httpx.Client(base_url=f"{server.url}/api/v1", headers=headers, trust_env=False) as hq:
        assert hq.get("/members/m-other").status_code == 404
        assert hq.post("/members/search", json={"text": "0001"}).json() == []
        assert hq.post("/members/search", json={"text": "别家"}).json() == []
        assert hq.get("/terminals").json() == []
        assert {one["store_id"] for one in hq.get("/stores").json()} == {"A", "B"}
        assert hq.post(f"/terminals/{other.terminal.terminal}/revoke").status_code == 404
        assert "别家" not in hq.get("/books").text
    assert other.push(other.terminal.push_request()).verdicts


def test_a_till_gets_nothing_of_another_brand_though_store_and_label_are_alike(
    server: RunningServer,
) -> None:
    other = add_other(server)
    own = server.enrolled_till("A1")
    page = own.feed()
    assert page.history != other.feed().history
    assert all(b"m-other" not in msgspec.msgpack.encode(row) for row in page.rows)


def test_entries_of_another_brand_are_set_aside_as_forged(server: RunningServer) -> None:
    add_other(server)
    own = server.enrolled_till("A1")
    own.terminal.write(facts.enrolled("m-x"), brand=OTHER)
    (verdict,) = own.push().verdicts
    assert verdict.error == ErrorCode.ENTRY_FORGED


def test_a_till_s_signature_counts_for_itself_alone(server: RunningServer) -> None:
    other = add_other(server)
    own = server.enrolled_till("A1")
    own.terminal.terminal = other.terminal.terminal
    with pytest.raises(Refused) as refused:
        own.feed()
    assert refused.value.code is ErrorCode.SIGNATURE_WRONG


# From here on: the database itself, as the second line.


@pytest.fixture
def walled(settings: ServerSettings, clock: Clock) -> Database:
    """A PostgreSQL database with two brands, for a role that is no superuser."""
    if not settings.on_postgresql:
        pytest.skip("SQLite has no row-level security")
    context = prepare(settings, clock)
    brands.add_brand(context, "别家", brand_id=OTHER)
    add_store(context, OTHER, "Z", name="别家一店", zone="Asia/Shanghai", actor="")
    return context.database


def _every_table_of(database: Database, brand_id: BrandId) -> dict[str, set[str]]:
    """Which brands' rows each table shows to statements that name no brand at all."""

    def work(connection: Connection) -> dict[str, set[str]]:
        return {
            table.name: set(connection.execute(select(table.c.brand_id)).scalars())
            for table in metadata.sorted_tables
            if "brand_id" in table.c
        }

    return database.read(work, brand=brand_id)


def test_a_statement_that_forgets_the_brand_sees_its_own_brand_s_rows_alone(
    walled: Database,
) -> None:
    try:
        for brand_id in (BRAND, OTHER):
            assert set().union(*_every_table_of(walled, brand_id).values()) == {brand_id}
        assert set().union(*_every_table_of(walled, BrandId("nobody")).values()) == set()
        assert _every_table_of(walled, ALL_BRANDS)["store"] == {BRAND, OTHER}
        with walled.engine.begin() as unset:
            assert unset.execute(select(store.c.store_id)).all() == []
    finally:
        walled.close()


def _insert(connection: Connection) -> None:
    connection.execute(store.insert().values(brand_id=OTHER, store_id="Y", name="", time_zone=""))


def _move(connection: Connection) -> None:
    connection.execute(update(store).values(brand_id=OTHER))


@pytest.mark.parametrize("work", [_insert, _move])
def test_what_would_write_into_another_brand_is_refused(
    walled: Database, work: Callable[[Connection], None]
) -> None:
    try:
        with pytest.raises(ProgrammingError, match="row-level security"):
            walled.write(work, brand=BRAND)
    finally:
        walled.close()


def test_another_brand_s_rows_can_neither_be_changed_nor_deleted(walled: Database) -> None:
    def work(connection: Connection) -> None:
        connection.execute(delete(store))
        connection.execute(update(brand).values(name="taken"))

    try:
        walled.write(work, brand=BRAND)
        left = walled.read(
            lambda c: c.execute(select(brand.c.name, store.c.store_id).join(store)).all(),
            brand=ALL_BRANDS,
        )
        assert [tuple(row) for row in left] == [("别家", "Z")]
    finally:
        walled.close()


def test_every_table_with_a_brand_is_guarded_and_binds_its_owner_too(walled: Database) -> None:
    def work(connection: Connection) -> tuple[list[str], int, bool]:
        guarded = connection.execute(text("SELECT count(*) FROM pg_policies")).scalar_one()
        above = connection.execute(
            text("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        ).scalar_one()
        return unguarded_tables(connection), guarded, above

    try:
        unguarded, guarded, above_the_rules = walled.read(work, brand=ALL_BRANDS)
        assert unguarded == []
        assert guarded == sum("brand_id" in table.c for table in metadata.sorted_tables)
        assert not above_the_rules
    finally:
        walled.close()
