"""The till's storage: one database, one second journal, one transaction at a time.

Order of a write: the database transaction is prepared; the entries are written to the second
journal; then its flush and the database's commit run side by side, and only when both are done is
the write acknowledged. A crash in between leaves an entry in one of the two alone, unacknowledged,
and the next start puts it into the other. A commit that fails takes the second journal back.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import msgspec
import sqlcipher3.dbapi2
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from domain.errors import ErrorCode, TillfoldError
from domain.facts import Fact
from domain.fold.aggregates import AggregateKey
from domain.identifiers import StaffId
from domain.signatures import Signer
from domain.stamps import Stamp, receive
from pos_client.storage.aggregates import fold_entries
from pos_client.storage.connection import storage_error
from pos_client.storage.direct import run
from pos_client.storage.epochs import begun_by, leave_branch, runs_by_epoch
from pos_client.storage.identity import Identity
from pos_client.storage.journal import Head, SealedEntry, seal, write_entries
from pos_client.storage.rights import note_uses
from pos_client.storage.second_journal import Position, SecondJournal, encode_record
from pos_client.time_and_chance import TrustedTime

_log = logging.getLogger(__name__)

Changed = frozenset[AggregateKey]


class Writing:
    """An open transaction. `connection` may write anything; entries go through `record`."""

    def __init__(self, connection: Connection, head: Head, position: Position) -> None:
        self.connection = connection
        self.head = head
        self.position = position
        self.sealed: list[SealedEntry] = []
        self.changed: Changed = frozenset()

    def follow(self, seen: Stamp, trusted_now_ms: int) -> None:
        """What is recorded next answers what was stamped so: it is later, whatever the clocks."""
        stamp = receive(self.head.stamp, seen, trusted_now_ms)
        self.head = msgspec.structs.replace(self.head, stamp=stamp)


class Store:
    """Belongs to the storage thread.

    After a commit, on that thread: `on_changed` is told which aggregates changed, `on_recorded`
    that this till has a new entry.
    """

    def __init__(
        self,
        engine: Engine,
        second_journal: SecondJournal,
        *,
        identity: Identity,
        signer: Signer,
        trusted_time: TrustedTime,
        head: Head,
    ) -> None:
        self._engine = engine
        # One connection for life; the driver's own transactions, begun and ended below.
        self._connection = engine.connect()
        self.second_journal = second_journal
        self.signer = signer
        self.identity = identity
        self.trusted_time = trusted_time
        self.head = head
        self._second_journal_failed = False
        self._sound = True
        self._disk_failed = False
        self.on_ended_well: Callable[[], None] = lambda: None
        self.keep_ballast: Callable[[], object] = lambda: None
        self.release_ballast: Callable[[], object] = lambda: None
        self.renew_second_journal: Callable[[Store], object] = _cannot_renew
        self.on_changed: Callable[[Changed], None] = lambda _changed: None
        self.on_recorded: Callable[[], None] = lambda: None

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One snapshot."""
        with self._watched():
            run(self._connection, "BEGIN")
            try:
                yield self._connection
            finally:
                self._end_transaction()

    @contextmanager
    def write(self) -> Iterator[Writing]:
        """One durable transaction; all of it or nothing.

        Raises:
            TillfoldError: `disk_full`, `disk_failed`, `database_damaged`; nothing was written.
                After the first `disk_full` the ballast is gone: there is room for another try.
        """
        with self._watched():
            run(self._connection, "BEGIN IMMEDIATE")
            writing = Writing(self._connection, self.head, self.second_journal.position)
            before = self.second_journal.position
            try:
                yield writing
                self._check_second_journal(writing)
                flushed = self.second_journal.begin_append(
                    [encode_record(item.signed) for item in writing.sealed]
                )
                run(self._connection, "COMMIT")
            except BaseException:
                self._end_transaction()
                if self.second_journal.position != before:
                    self.second_journal.cut_back(before)
                raise
        self.head = writing.head
        if flushed.exception() is not None:
            self._second_journal_lost()
        self.keep_ballast()
        if writing.sealed:
            self.on_recorded()
        if writing.changed:
            self.on_changed(writing.changed)

    def record(self, writing: Writing, facts: Sequence[Fact], actor: StaffId) -> list[SealedEntry]:
        """Write facts of this till: sealed, chained, signed, folded."""
        sealed = seal(
            facts,
            head=writing.head,
            identity=self.identity,
            signer=self.signer,
            actor=actor,
            trusted_now_ms=self.trusted_time.now_ms(),
        )
        self.add(writing, sealed)
        return sealed

    def add(self, writing: Writing, sealed: Sequence[SealedEntry]) -> None:
        """Write entries that are sealed already into database and second journal."""
        self.keep(writing, sealed, self._ends(writing, sealed))
        writing.sealed += sealed

    def keep(
        self, writing: Writing, sealed: Sequence[SealedEntry], ends: Sequence[Position]
    ) -> None:
        """Write sealed entries into the database: also those the second journal has already."""
        connection = writing.connection
        for first, until in runs_by_epoch(sealed):
            some = sealed[first:until]
            begun = begun_by(some[0])
            if begun is not None:
                writing.changed |= leave_branch(connection, begun)
            write_entries(connection, some, ends[first:until])
            note_uses(connection, some)
            touched = fold_entries(connection, [(item.entry, item.fact) for item in some])
            writing.changed |= touched
        self._move_head(writing, sealed[-1], ends[-1])

    def add_acknowledged(self, writing: Writing, sealed: Sequence[SealedEntry]) -> None:
        """Write entries that the server's rows hold already: into both journals, folded nowhere."""
        ends = self._ends(writing, sealed)
        write_entries(writing.connection, sealed, ends)
        note_uses(writing.connection, sealed)
        writing.sealed += sealed
        self._move_head(writing, sealed[-1], ends[-1])

    def _move_head(self, writing: Writing, last: SealedEntry, end: Position) -> None:
        writing.position = end
        writing.head = Head(
            epoch=last.entry.epoch,
            number=last.entry.number,
            hash=last.hash,
            stamp=last.entry.stamp,
        )

    def close(self) -> None:
        self._connection.close()
        self._engine.dispose()
        self.second_journal.close()
        if self._sound:
            self.on_ended_well()

    @contextmanager
    def _watched(self) -> Iterator[None]:
        """Translate errors; after damage the next start goes through the whole database."""
        try:
            with translated_errors():
                yield
        except TillfoldError as error:
            if error.code is ErrorCode.DISK_FULL:
                self.release_ballast()
            self._disk_failed = self._disk_failed or error.code is ErrorCode.DISK_FAILED
            damaged = error.code is ErrorCode.DATABASE_DAMAGED
            self._sound = self._sound and not damaged and not self._disk_failed
            if damaged and self._disk_failed:
                # SQLite takes what it could not read for damage: only a new start can tell.
                raise TillfoldError(ErrorCode.DISK_FAILED) from error
            raise

    def _second_journal_lost(self) -> None:
        """A flush failed: what it covered may be gone, so the file is written anew, once."""
        _log.error("second journal lost", extra={"entries": self.head.number})
        self._second_journal_failed = True
        try:
            self.renew_second_journal(self)
        except (OSError, TillfoldError):
            _log.exception("second journal not renewed")
        else:
            self._second_journal_failed = False

    def _check_second_journal(self, writing: Writing) -> None:
        """Without a second journal that holds, no further entry is made before a restart.

        The sale whose flush failed stands in the database.
        """
        if writing.sealed and self._second_journal_failed:
            raise TillfoldError(ErrorCode.DISK_FAILED)

    def _end_transaction(self) -> None:
        """Roll back, unless SQLite did: it does by itself after a full disk or an I/O error."""
        driver = self._connection.connection.driver_connection
        if driver is not None and driver.in_transaction:
            run(self._connection, "ROLLBACK")

    def _ends(self, writing: Writing, sealed: Sequence[SealedEntry]) -> list[Position]:
        return self.second_journal.end_after(
            [encode_record(item.signed) for item in sealed], after=writing.position
        )


def _cannot_renew(_store: Store) -> None:
    raise TillfoldError(ErrorCode.DISK_FAILED)


@contextmanager
def translated_errors() -> Iterator[None]:
    """Turn what a disk or a driver says into an error that a person can act on."""
    try:
        yield
    except (DBAPIError, sqlcipher3.dbapi2.Error) as error:
        known = storage_error(error)
        if known is None:
            raise
        raise known from error
    except OSError as error:
        full = error.errno in {28, 122}  # ENOSPC, EDQUOT
        code = ErrorCode.DISK_FULL if full else ErrorCode.DISK_FAILED
        raise TillfoldError(code) from error
