"""A database that an earlier release wrote holds what people look up."""

from collections.abc import Iterator
from datetime import date
from importlib.resources import files as package_files
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from domain.facts import Fact
from domain.fold.aggregates import AggregateKey, AggregateKind, encode_aggregate
from domain.identifiers import MemberId
from pos_client.storage.connection import open_engine
from pos_client.use_cases.members import find_members
from tests.builders.facts import enrolled
from tests.builders.till import folded
from tests.domain.builders import edit, entry_of

TODAY = date(2026, 11, 22)


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    engine = open_engine(tmp_path / "till.db", bytes(32))
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def upgrade(connection: Connection, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(package_files("migrations.pos_client")))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def test_members_are_found_that_were_looked_up_by_terms(connection: Connection) -> None:
    facts: list[Fact] = [
        enrolled("li", phone="+8613800138000", name="李 小龙"),
        edit("li", name="曾行", card="m-1234567"),
        enrolled("anna", phone="+447911123456", name="Anna"),
    ]
    state = folded([(entry_of(fact, number=n), fact) for n, fact in enumerate(facts, start=1)])
    upgrade(connection, "0008")
    for key, value in state.items():
        table, columns = ("aggregate", "kind, id, body, version")
        if key == AggregateKey(AggregateKind.MEMBER, "anna") or key.id == "+447911123456":
            table, columns = "overlay", "kind, id, body"
        values = (key.kind, key.id, encode_aggregate(value), 1)[: columns.count(",") + 1]
        marks = ", ".join("?" for _ in values)
        connection.exec_driver_sql(f"INSERT INTO {table} ({columns}) VALUES ({marks})", values)
    connection.exec_driver_sql(
        "INSERT INTO aggregate (kind, id, version, body) VALUES ('member', 'hurt', 1, x'C1')"
    )
    for term in ("p13800138000", "l8000", "n李小龙", "ilxl", "n曾行", "icx", "izx", "ich", "izh"):
        connection.exec_driver_sql("INSERT INTO member_term VALUES (?, 'li')", (term,))
    upgrade(connection, "head")
    for text in ("曾", "zh", "138001", "8000", "M-1234567"):
        assert found(connection, text) == ["li"], text
    for text in ("anna", "447911", "3456"):
        assert found(connection, text) == ["anna"], text
    assert found(connection, "lxl") == found(connection, "李小") == []


def found(connection: Connection, text: str) -> list[MemberId]:
    return [row.member_id for row in find_members(connection, text, day=TODAY)]
