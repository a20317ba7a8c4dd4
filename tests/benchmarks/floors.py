"""The same journal bytes by plain SQL: one fsynced transaction a batch, no rules, no checks."""

import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg

from domain.entries import hash_entry
from tests.builders.terminal import TestTerminal

Row = tuple[str, str, int, int, bytes, bytes, bytes, int, int]
InsertAll = Callable[[Sequence[TestTerminal], int], float]

_TABLE = """CREATE TABLE floor (brand_id TEXT, terminal_id TEXT, epoch BIGINT, number BIGINT,
    content {bytes} NOT NULL, signature {bytes} NOT NULL, hash {bytes} NOT NULL,
    received_ms BIGINT, version BIGINT, PRIMARY KEY (brand_id, terminal_id, epoch, number))"""


def on_sqlite(folder: Path) -> InsertAll:
    path = folder / "floor.db"

    def insert_all(terminals: Sequence[TestTerminal], batch: int) -> float:
        database = sqlite3.connect(path, isolation_level=None)
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")
        database.execute("DROP TABLE IF EXISTS floor")
        database.execute(_TABLE.format(bytes="BLOB"))
        batches = [rows for terminal in terminals for rows in _batches(terminal, batch)]
        began = time.perf_counter()
        for rows in batches:
            database.execute("BEGIN IMMEDIATE")
            database.executemany("INSERT INTO floor VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
            database.execute("COMMIT")
        taken_s = time.perf_counter() - began
        database.close()
        return taken_s

    return insert_all


def on_postgresql(address: str) -> InsertAll:
    def insert_all(terminals: Sequence[TestTerminal], batch: int) -> float:
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute("DROP TABLE IF EXISTS floor")
            connection.execute(_TABLE.format(bytes="BYTEA"))
        work = [list(_batches(terminal, batch)) for terminal in terminals]
        with ThreadPoolExecutor(len(work)) as threads:
            began = time.perf_counter()
            list(threads.map(lambda batches: _copy(address, batches), work))
            return time.perf_counter() - began

    return insert_all


def _copy(address: str, batches: Sequence[list[Row]]) -> None:
    with psycopg.connect(address) as connection, connection.cursor() as cursor:
        for rows in batches:
            with cursor.copy("COPY floor FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            connection.commit()


def _batches(terminal: TestTerminal, size: int) -> Iterator[list[Row]]:
    rows: list[Row] = [
        (
            terminal.brand,
            terminal.terminal,
            1,
            number,
            entry.content,
            entry.signature,
            hash_entry(entry.content),
            0,
            number,
        )
        for number, entry in enumerate(terminal.entries, start=1)
    ]
    for start in range(0, len(rows), size):
        yield rows[start : start + size]
