"""Start-up: open what is there, compare database and second journal, and set right what differs.

database   second journal   what happens
sound      same end         open
sound      longer           the entries behind the database's end are folded in
sound      shorter, bad     it is set aside and written again from the database
damaged    there            `database_damaged`: `rebuild` after a person agreed
missing    there            `database_missing`: `rebuild` after a person agreed
missing    missing          a new till
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import zip_longest
from pathlib import Path
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Engine, Row

from domain.entries import SignedEntry, decode_entry, hash_entry
from domain.errors import ErrorCode, TillfoldError
from domain.facts import decode_fact
from domain.signatures import Signer, Verifier
from domain.stamps import milliseconds_of
from pos_client.storage.connection import open_engine
from pos_client.storage.identity import Identity, decode_identity, read_identity, write_identity
from pos_client.storage.journal import Head, SealedEntry, has_gap, read_head
from pos_client.storage.keys import TillSecrets
from pos_client.storage.schema import bring_up_to_date
from pos_client.storage.second_journal import FILE_NAME, MAGIC, Position, SecondJournal
from pos_client.storage.store import Store, translated_errors
from pos_client.storage.tables import journal as journal_table
from pos_client.time_and_chance import Clock, Entropy, TrustedTime

DATABASE_NAME: Final = "till.db"
SIGNATURE_BYTES: Final = 64
_ENTRIES_A_TRANSACTION: Final = 500
# One write may hold a whole import; a crash takes at most the last write.
_ENTRIES_COMPARED: Final = 64


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where a till keeps its things."""

    data: Path
    second_journal: Path

    @property
    def database(self) -> Path:
        return self.data / DATABASE_NAME

    @property
    def second_journal_file(self) -> Path:
        return self.second_journal / FILE_NAME

    def is_new(self) -> bool:
        return not self.database.exists() and not self.second_journal_file.exists()


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """`recovered` are entries that only the second journal had. `notice` is a code to show."""

    store: Store
    recovered: tuple[SealedEntry, ...] = ()
    notice: ErrorCode | None = None


class Opener:
    """Opens a till's storage on the storage thread."""

    def __init__(
        self, place: Place, secrets: TillSecrets, *, clock: Clock, entropy: Entropy
    ) -> None:
        self._place = place
        self._secrets = secrets
        self._clock = clock
        self._entropy = entropy

    def create(self, identity: Identity) -> Store:
        """A new till: both files begin with its identity."""
        for directory in (self._place.data, self._place.second_journal):
            directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        engine = self._new_database(identity)
        second = self._second_journal()
        second.start(msgspec.msgpack.encode(identity))
        return self._store(engine, second, identity, Head(epoch=identity.epoch))

    def open(self) -> Opened:
        """Open an existing till.

        Raises:
            TillfoldError: `database_missing`, `database_damaged`, `database_key_wrong`,
                `database_newer`, `sqlite_unsafe`, `disk_failed`.
        """
        if not self._place.database.exists():
            raise TillfoldError(ErrorCode.DATABASE_MISSING)
        engine = open_engine(self._place.database, self._secrets.database_key)
        try:
            with translated_errors(), engine.connect() as connection:
                identity, head = self._check(connection)
        except TillfoldError as error:
            engine.dispose()
            if error.code is ErrorCode.DATABASE_DAMAGED and not self._key_fits():
                raise TillfoldError(ErrorCode.DATABASE_KEY_WRONG) from error
            raise
        return self._join(engine, identity, head)

    def rebuild(self) -> Opened:
        """Set the database aside and make a new one from the second journal.

        Raises:
            TillfoldError: `journal_damaged` where not even the identity can be read.
        """
        second = self._second_journal()
        records = second.read_from(Position(0, 0))
        first = next(records, None)
        if first is None:
            raise TillfoldError(ErrorCode.JOURNAL_DAMAGED)
        identity = decode_identity(first)
        self._set_aside(self._place.database)
        store = self._store(
            self._new_database(identity), second, identity, Head(epoch=identity.epoch)
        )
        try:
            for batch in _batches(self._entries(records, second)):
                _keep(store, batch)
        except TillfoldError as error:
            # What was readable is folded in; the server holds what it had acknowledged.
            if error.code is not ErrorCode.JOURNAL_DAMAGED:
                raise
            return self._rewrite_second_journal(store, notice=ErrorCode.JOURNAL_DAMAGED)
        return Opened(store=store, notice=ErrorCode.DATABASE_DAMAGED)

    def set_all_aside(self) -> None:
        """Move database, second journal and nothing else out of the way; nothing is deleted."""
        self._set_aside(self._place.database)
        self._set_aside(self._place.second_journal_file)

    def _check(self, connection: Connection) -> tuple[Identity, Head]:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        bring_up_to_date(connection)
        connection.exec_driver_sql("COMMIT")
        sound = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar() == "ok"
        identity = read_identity(connection) if sound else None
        if identity is None or has_gap(connection):
            raise TillfoldError(ErrorCode.DATABASE_DAMAGED)
        return identity, read_head(connection, identity.epoch)

    def _join(self, engine: Engine, identity: Identity, head: Head) -> Opened:
        second = self._second_journal()
        store = self._store(engine, second, identity, head)
        with store.read() as connection:
            agreed, behind = _last_agreed(connection, second, identity)
        if agreed is None:
            return self._rewrite_second_journal(store, notice=ErrorCode.JOURNAL_DAMAGED)
        if behind:
            # A crash came between the two: the file ends where both agree, and goes on from there.
            second.cut_back(agreed)
            second.append(behind)
        else:
            second.position = agreed
        try:
            missing = list(self._entries(second.read_from(second.position), second))
        except TillfoldError:
            return self._rewrite_second_journal(store, notice=ErrorCode.JOURNAL_DAMAGED)
        if missing and not _follows(head, missing[0][0]):
            return self._rewrite_second_journal(store, notice=ErrorCode.JOURNAL_DAMAGED)
        for batch in _batches(iter(missing)):
            _keep(store, batch)
        return Opened(store=store, recovered=tuple(sealed for sealed, _ in missing))

    def _rewrite_second_journal(self, store: Store, *, notice: ErrorCode) -> Opened:
        """The database is sound: write its entries into a new second journal."""
        store.second_journal.close()
        self._set_aside(self._place.second_journal_file)
        second = self._second_journal()
        second.start(msgspec.msgpack.encode(store.identity))
        store.second_journal = second
        with store.write() as writing:
            rows = _all_entries(writing.connection)
            payloads = [row.signature + row.content for row in rows]
            ends = second.end_after(payloads)
            second.append(payloads)
            for row, end in zip(rows, ends, strict=True):
                writing.connection.execute(
                    journal_table.update()
                    .where(journal_table.c.epoch == row.epoch, journal_table.c.number == row.number)
                    .values(second_size_bytes=end.size_bytes, second_records=end.records)
                )
        return Opened(store=store, notice=notice)

    def _entries(
        self, records: Iterator[bytes], second: SecondJournal
    ) -> Iterator[tuple[SealedEntry, Position]]:
        """Entries of the second journal with where each ends; the chain and signatures hold."""
        verifier = Verifier(Signer(self._secrets.signing_seed).public_key)
        for record in records:
            signature, content = record[:SIGNATURE_BYTES], record[SIGNATURE_BYTES:]
            if not verifier.accepts(content, signature):
                raise TillfoldError(ErrorCode.JOURNAL_DAMAGED)
            entry = decode_entry(content)
            sealed = SealedEntry(
                entry=entry,
                fact=decode_fact(entry.kind, entry.schema, entry.body),
                signed=SignedEntry(content, signature),
                hash=hash_entry(content),
            )
            yield sealed, second.position

    def _key_fits(self) -> bool:
        """Whether the second journal opens with this key: then it is not the key that is wrong."""
        if not self._place.second_journal_file.exists():
            return False
        second = self._second_journal()
        try:
            return next(second.read_from(Position(0, 0)), None) is not None
        except TillfoldError:
            return False
        finally:
            second.close()

    def _second_journal(self) -> SecondJournal:
        return SecondJournal(
            self._place.second_journal_file, self._secrets.database_key, self._entropy.bytes
        )

    def _new_database(self, identity: Identity) -> Engine:
        engine = open_engine(self._place.database, self._secrets.database_key)
        with translated_errors(), engine.connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            bring_up_to_date(connection)
            write_identity(connection, identity)
            connection.exec_driver_sql("COMMIT")
        self._place.database.chmod(0o600)
        return engine

    def _store(
        self, engine: Engine, second: SecondJournal, identity: Identity, head: Head
    ) -> Store:
        not_before_ms = milliseconds_of(head.stamp)
        return Store(
            engine,
            second,
            identity=identity,
            signer=Signer(self._secrets.signing_seed),
            trusted_time=TrustedTime(self._clock, not_before_ms=not_before_ms),
            head=head,
        )

    def _set_aside(self, path: Path) -> None:
        """Rename a file and what belongs to it; nothing is ever deleted."""
        moment = datetime.fromtimestamp(self._clock.now_ms() / 1000, UTC)
        suffix = f".set-aside-{moment:%Y%m%dT%H%M%S}"
        for end in ("", "-wal", "-shm"):
            old = path.with_name(path.name + end)
            if old.exists():
                old.rename(path.with_name(path.name + suffix + end))


def _last_agreed(
    connection: Connection, second: SecondJournal, identity: Identity
) -> tuple[Position | None, list[bytes]]:
    """Where the second journal last agrees with the database, and the records it lacks.

    Looks at the last entries only: more than a crash can have taken means damage (None).
    """
    first = second.end_of_identity(msgspec.msgpack.encode(identity))
    rows = connection.execute(
        journal_table.select()
        .order_by(journal_table.c.epoch.desc(), journal_table.c.number.desc())
        .limit(_ENTRIES_COMPARED + 1)
    ).all()
    behind: list[bytes] = []
    for row, before in zip_longest(rows, rows[1:]):
        start = first if before is None else _end_of(before)
        payload = row.signature + row.content
        if second.holds(start, payload):
            return _end_of(row), behind
        behind.insert(0, payload)
    whole = len(rows) <= _ENTRIES_COMPARED
    identity_held = second.holds(Position(len(MAGIC), 0), msgspec.msgpack.encode(identity))
    return (first if whole and identity_held else None), behind


def _end_of(row: Row[Any]) -> Position:
    return Position(row.second_size_bytes, row.second_records)


def _keep(store: Store, batch: list[tuple[SealedEntry, Position]]) -> None:
    with store.write() as writing:
        store.keep(writing, [sealed for sealed, _ in batch], [end for _, end in batch])


def _follows(head: Head, sealed: SealedEntry) -> bool:
    same_epoch = sealed.entry.epoch == head.epoch
    return (
        same_epoch
        and sealed.entry.number == head.number + 1
        and (sealed.entry.prev_hash == head.hash)
    )


def _batches(
    entries: Iterator[tuple[SealedEntry, Position]],
) -> Iterator[list[tuple[SealedEntry, Position]]]:
    batch: list[tuple[SealedEntry, Position]] = []
    for item in entries:
        batch.append(item)
        if len(batch) == _ENTRIES_A_TRANSACTION:
            yield batch
            batch = []
    if batch:
        yield batch


def _all_entries(connection: Connection) -> Sequence[Row[Any]]:
    return connection.execute(
        journal_table.select().order_by(journal_table.c.epoch, journal_table.c.number)
    ).all()
