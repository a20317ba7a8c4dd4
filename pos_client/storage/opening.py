"""Start-up: open what is there, compare database and second journal, and set right what differs.

database   second journal   what happens
sound      same end         open
sound      longer           the entries behind the database's end are folded in
sound      shorter, bad     it is set aside and written again from the database
damaged    there            `database_damaged`: `rebuild` after a person agreed
missing    there            `database_missing`: `rebuild` after a person agreed
missing    missing          a new till
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import partial
from itertools import count
from pathlib import Path
from typing import Final

import msgspec
from sqlalchemy import Connection, Engine

from domain.entries import SignedEntry
from domain.errors import ErrorCode, TillfoldError
from domain.signatures import Signer, Verifier
from domain.stamps import milliseconds_of
from pos_client.storage.ballast import FILE_NAME as BALLAST_NAME
from pos_client.storage.ballast import Ballast
from pos_client.storage.comparison import Placed, all_rows, in_portions, last_agreed, read_entries
from pos_client.storage.connection import open_engine
from pos_client.storage.direct import run_many
from pos_client.storage.identity import (
    Identity,
    decode_identity,
    encode_identity,
    read_identity,
    write_identity,
)
from pos_client.storage.journal import Head, SealedEntry, has_gap, read_head
from pos_client.storage.keys import TillSecrets
from pos_client.storage.schema import bring_up_to_date
from pos_client.storage.second_journal import FILE_NAME, Position, SecondJournal, encode_record
from pos_client.storage.store import Store, translated_errors
from pos_client.time_and_chance import Clock, Entropy, TrustedTime

DATABASE_NAME: Final = "till.db"
# What the feed does not bring again.
_OWN_TABLES: Final = (
    "identity",
    "journal",
    "superseded",
    "overlay",
    "payment_attempt",
    "pending",
    "print_job",
    "sync_state",
)
_ENDS: Final = ("", "-wal", "-shm")
_MOVE_END: Final = """UPDATE journal SET second_size_bytes = ?, second_records = ?
    WHERE epoch = ? AND number = ?"""


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where a till keeps its things."""

    data: Path
    second_journal: Path
    ballast_bytes: int = 0

    @property
    def database(self) -> Path:
        return self.data / DATABASE_NAME

    @property
    def second_journal_file(self) -> Path:
        return self.second_journal / FILE_NAME

    @property
    def doubt(self) -> Path:
        """There while a till is open, and after one that did not end well."""
        return self.data / "till.doubt"

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
        self._ballast = Ballast(place.data / BALLAST_NAME, place.ballast_bytes)

    def create(self, identity: Identity) -> Store:
        """A new till: both files begin with its identity.

        Raises:
            TillfoldError: `till_has_own_books`, `disk_full`, `disk_failed`.
        """
        if not self._place.is_new():
            raise TillfoldError(ErrorCode.TILL_HAS_OWN_BOOKS)
        with translated_errors(), ExitStack() as on_failure:
            self._place.data.mkdir(parents=True, exist_ok=True, mode=0o700)
            second = self._second_journal()
            on_failure.callback(second.close)
            second.start(encode_identity(identity))
            engine = self._new_database(identity)
            on_failure.pop_all()
            return self._store(engine, second, identity, Head(epoch=identity.epoch))

    def open(self) -> Opened:
        """Open an existing till.

        Raises:
            TillfoldError: `database_missing`, `database_damaged`, `database_key_wrong`,
                `database_newer`, `sqlite_unsafe`, `disk_full`, `disk_failed`.
        """
        if not self._place.database.exists():
            raise TillfoldError(ErrorCode.DATABASE_MISSING)
        return self._ballast.try_twice(self._open)

    def _open(self) -> Opened:
        engine = open_engine(self._place.database, self._secrets.database_key)
        try:
            with translated_errors(), engine.connect() as connection:
                identity, head = _check(connection, wholly=self._place.doubt.exists())
        except TillfoldError as error:
            engine.dispose()
            if error.code is ErrorCode.DATABASE_DAMAGED and not self._key_fits():
                raise TillfoldError(ErrorCode.DATABASE_KEY_WRONG) from error
            raise
        try:
            with translated_errors():
                store = self._store(engine, self._second_journal(), identity, head)
        except TillfoldError:
            engine.dispose()
            raise
        return self._settled(store, self._join)

    def rebuild(self) -> Opened:
        """Set the database aside and make a new one from the second journal.

        Raises:
            TillfoldError: `journal_damaged` where not even the identity can be read.
        """
        if not self._place.second_journal_file.exists():
            raise TillfoldError(ErrorCode.JOURNAL_DAMAGED)
        second = self._second_journal()
        try:
            identity = decode_identity(next(second.read_from(Position(0, 0)), b""))
            _set_aside(self._place.database, self._clock.now_ms())
            engine = self._new_database(identity)
        except msgspec.DecodeError as error:
            second.close()
            raise TillfoldError(ErrorCode.JOURNAL_DAMAGED) from error
        except BaseException:
            second.close()
            raise
        store = self._store(engine, second, identity, Head(epoch=identity.epoch))
        return self._settled(store, self._read_all)

    def set_all_aside(self) -> None:
        """Move database, second journal and nothing else out of the way; nothing is deleted."""
        _set_aside(self._place.database, self._clock.now_ms())
        _set_aside(self._place.second_journal_file, self._clock.now_ms())

    def _settled(self, store: Store, settle: Callable[[Store], Opened]) -> Opened:
        """`settle` the two files with each other; on an error nothing stays open."""
        try:
            with translated_errors():
                opened = settle(store)
        except BaseException:
            store.close()
            self._place.doubt.touch()
            raise
        store.trusted_time = self._trusted_time(store.head)
        return opened

    def _join(self, store: Store) -> Opened:
        second = store.second_journal
        with store.read() as connection:
            agreed, behind = last_agreed(connection, second, store.identity)
        if agreed is None:
            return self._rewrite_second_journal(store)
        if behind:
            # A crash came between the two: the file ends where both agree, and goes on from there.
            second.cut_back(agreed)
            second.append(behind)
            agreed = second.position
        recovered: list[SealedEntry] = []
        try:
            for portion in in_portions(self._entries(store, agreed)):
                _keep(store, portion)
                recovered += [sealed for sealed, _ in portion]
        except TillfoldError as error:
            if error.code is not ErrorCode.JOURNAL_DAMAGED:
                raise
            return self._rewrite_second_journal(store, tuple(recovered))
        second.cut_torn_tail()
        return Opened(store=store, recovered=tuple(recovered))

    def _read_all(self, store: Store) -> Opened:
        second = store.second_journal
        try:
            for portion in in_portions(self._entries(store, second.position)):
                _keep(store, portion)
        except TillfoldError as error:
            # What was readable is folded in; the server holds what it had acknowledged.
            if error.code is not ErrorCode.JOURNAL_DAMAGED:
                raise
            return self._rewrite_second_journal(store)
        if second.has_torn_tail:
            # Or a bad length with good records behind it: the file is kept, not cut.
            return self._rewrite_second_journal(store)
        return Opened(store=store, notice=ErrorCode.DATABASE_DAMAGED)

    def _rewrite_second_journal(
        self, store: Store, recovered: tuple[SealedEntry, ...] = ()
    ) -> Opened:
        """The database is sound: write its entries into a new second journal."""
        store.second_journal.close()
        _set_aside(self._place.second_journal_file, self._clock.now_ms())
        second = store.second_journal = self._second_journal()
        second.start(encode_identity(store.identity))
        with store.write() as writing:
            for rows in all_rows(writing.connection):
                payloads = [encode_record(SignedEntry(row.content, row.signature)) for row in rows]
                ends = second.end_after(payloads)
                second.append(payloads)
                moved = [
                    (end.size_bytes, end.records, row.epoch, row.number)
                    for row, end in zip(rows, ends, strict=True)
                ]
                run_many(writing.connection, _MOVE_END, moved)
        return Opened(store=store, recovered=recovered, notice=ErrorCode.JOURNAL_DAMAGED)

    def _entries(self, store: Store, start: Position) -> Iterator[Placed]:
        verifier = Verifier(store.signer.public_key)
        return read_entries(store.second_journal, start, head=store.head, verifier=verifier)

    def _key_fits(self) -> bool:
        """Whether the second journal opens with this key: then it is not the key that is wrong."""
        return self._place.second_journal_file.exists() and _opens(self._second_journal())

    def _second_journal(self) -> SecondJournal:
        self._place.second_journal.mkdir(parents=True, exist_ok=True, mode=0o700)
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
        store = Store(
            engine,
            second,
            identity=identity,
            signer=Signer(self._secrets.signing_seed),
            trusted_time=self._trusted_time(head),
            head=head,
        )
        store.renew_second_journal = self._rewrite_second_journal
        store.keep_ballast = self._ballast.keep
        store.release_ballast = self._ballast.release
        self._ballast.keep()
        self._place.doubt.touch()
        store.on_ended_well = partial(self._place.doubt.unlink, missing_ok=True)
        return store

    def _trusted_time(self, head: Head) -> TrustedTime:
        return TrustedTime(self._clock, not_before_ms=milliseconds_of(head.stamp))


def _opens(second: SecondJournal) -> bool:
    try:
        return next(second.read_from(Position(0, 0)), None) is not None
    except TillfoldError:
        return False
    finally:
        second.close()


def _check(connection: Connection, *, wholly: bool) -> tuple[Identity, Head]:
    """Whether the database is sound.

    After a till that ended well only the tables that exist nowhere else are gone through: the
    pages of the others carry a checksum that tells when one is read, and reading all of a large
    member base takes half of the time that a start may take.
    """
    connection.exec_driver_sql("BEGIN IMMEDIATE")
    bring_up_to_date(connection)
    connection.exec_driver_sql("COMMIT")
    checks = ("1",) if wholly else _OWN_TABLES
    sound = all(
        connection.exec_driver_sql(f"PRAGMA quick_check({what})").scalar() == "ok"
        for what in checks
    )
    identity = read_identity(connection) if sound else None
    if identity is None or has_gap(connection):
        raise TillfoldError(ErrorCode.DATABASE_DAMAGED)
    return identity, read_head(connection, identity.epoch)


def _set_aside(path: Path, now_ms: int) -> None:
    """Rename a file and what belongs to it; nothing is ever deleted or overwritten."""
    moment = datetime.fromtimestamp(now_ms // 1000, UTC)
    names = (f"{path.name}.set-aside-{moment:%Y%m%dT%H%M%S}{more}" for more in _endings())
    free = next(
        name for name in names if not any(path.with_name(name + end).exists() for end in _ENDS)
    )
    for end in _ENDS:
        old = path.with_name(path.name + end)
        if old.exists():
            old.rename(path.with_name(free + end))


def _endings() -> Iterator[str]:
    yield ""
    yield from (f"-{number}" for number in count(2))


def _keep(store: Store, portion: list[Placed]) -> None:
    with store.write() as writing:
        store.keep(writing, [sealed for sealed, _ in portion], [end for _, end in portion])
