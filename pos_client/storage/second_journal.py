"""The second journal: every entry once more, in a file of its own.

One flipped byte in a write-ahead log silently drops every later commit and the database still
calls itself sound (shared notes on reliability, finding 6). This file is what tells, and what the
database is rebuilt from.

Format: the magic, then records. A record is its length (4 bytes, big-endian), a nonce (12 bytes)
and AES-256-GCM of the payload, with the record's number as associated data. Record 0 holds the
till's identity; record n holds the n-th entry: its signature (64 bytes), then its content. A
record cut short at the end was never promised.
"""

import os
import struct
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Final

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from domain.entries import LARGEST_ENTRY_BYTES, SignedEntry
from domain.errors import ErrorCode, TillfoldError

FILE_NAME: Final = "second-journal"
MAGIC: Final = b"TFJ1"
_SIGNATURE_BYTES: Final = 64
_NONCE_BYTES: Final = 12
_TAG_BYTES: Final = 16
_FRAME_BYTES: Final = 4 + _NONCE_BYTES + _TAG_BYTES
_LARGEST_RECORD: Final = LARGEST_ENTRY_BYTES + 1024


class Position(msgspec.Struct, frozen=True, array_like=True):
    """How far the file reaches: its length and the records in it, the identity included."""

    size_bytes: int
    records: int


class SecondJournal:
    """An open second journal. One writer; every method belongs to the storage thread.

    Raises:
        TillfoldError: `journal_damaged` where a record does not decrypt.
    """

    def __init__(self, path: Path, key: bytes, entropy: Callable[[int], bytes]) -> None:
        self.path = path
        self._cipher = AESGCM(_derive(key))
        self._entropy = entropy
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
        self._file = os.fdopen(descriptor, "r+b", buffering=0)
        # Its one thread flushes while the database commits: two flushes at once cost one.
        self._flusher = ThreadPoolExecutor(1, thread_name_prefix="second-journal")
        self.position = Position(0, 0)

    def start(self, identity: bytes) -> None:
        """Begin an empty file with the till's identity."""
        self._write_at(0, MAGIC)
        self.position = Position(len(MAGIC), 0)
        self.append([identity])
        _sync_directory(self.path.parent)

    def end_after(
        self, payloads: Sequence[bytes], *, after: Position | None = None
    ) -> list[Position]:
        """Where the file will end after each of these records; nothing is written."""
        ends = []
        start = after or self.position
        size, records = start.size_bytes, start.records
        for payload in payloads:
            size, records = size + _FRAME_BYTES + len(payload), records + 1
            ends.append(Position(size, records))
        return ends

    def end_of_identity(self, identity: bytes) -> Position:
        """Where a file ends that holds nothing but the till's identity."""
        return self.end_after([identity], after=Position(len(MAGIC), 0))[0]

    def append(self, payloads: Sequence[bytes]) -> None:
        """Write records and return when they are on the disk.

        Raises:
            OSError: nothing was appended; the file is as long as before.
        """
        self.begin_append(payloads).result()

    def begin_append(self, payloads: Sequence[bytes]) -> "Future[None]":
        """Write records, and flush them while the caller goes on; its result is the flush's.

        Raises:
            OSError: nothing was appended; the file is as long as before.
        """
        if not payloads:
            done: Future[None] = Future()
            done.set_result(None)
            return done
        data = b"".join(
            self._seal(payload, self.position.records + place)
            for place, payload in enumerate(payloads)
        )
        end = self.end_after(payloads)[-1]
        try:
            self._write_at(self.position.size_bytes, data)
        except OSError:
            self.cut_back(self.position)
            raise
        self.position = end
        return self._flusher.submit(_flush, self._file.fileno())

    def holds(self, start: Position, payload: bytes) -> bool:
        """Whether the record that begins at `start` is this one, whole."""
        try:
            frame = self._frame(start.size_bytes, self.size_bytes)
            return frame is not None and self._open(frame, start.records) == payload
        except TillfoldError:
            return False

    def cut_back(self, position: Position) -> None:
        """Take back what a transaction that did not commit had written."""
        # First of all: whatever the disk says, the next record is to be written here.
        self.position = position
        self._file.truncate(position.size_bytes)
        _flush(self._file.fileno())

    def read_from(self, position: Position) -> Iterator[bytes]:
        """The payloads behind `position`; this journal's own position follows them.

        A record cut short at the very end ends the reading without an error.
        """
        offset, record = position.size_bytes, position.records
        if offset == 0:
            self._check_magic()
            offset = len(MAGIC)
        size = self.size_bytes
        while (frame := self._frame(offset, size)) is not None:
            payload = self._open(frame, record)
            offset, record = offset + 4 + len(frame), record + 1
            self.position = Position(offset, record)
            yield payload
        self.position = Position(offset, record)

    @property
    def has_torn_tail(self) -> bool:
        """Whether, after all was read, bytes are left that make no whole record."""
        return self.size_bytes != self.position.size_bytes

    def cut_torn_tail(self) -> None:
        """Cut off a record that was never promised to anybody."""
        if self.has_torn_tail:
            self.cut_back(self.position)

    @property
    def size_bytes(self) -> int:
        return os.fstat(self._file.fileno()).st_size

    def close(self) -> None:
        self._flusher.shutdown(wait=True)
        self._file.close()

    def _write_at(self, offset: int, data: bytes) -> None:
        self._file.seek(offset)
        view = memoryview(data)
        while view:
            view = view[self._file.write(view) :]

    def _read_at(self, offset: int, count: int) -> bytes:
        self._file.seek(offset)
        return self._file.read(count)

    def _check_magic(self) -> None:
        if self._read_at(0, len(MAGIC)) != MAGIC:
            raise TillfoldError(ErrorCode.JOURNAL_DAMAGED)

    def _frame(self, offset: int, size: int) -> bytes | None:
        head = self._read_at(offset, 4)
        if len(head) < 4:  # noqa: PLR2004 - the length field
            return None
        (length,) = struct.unpack(">I", head)
        if not _NONCE_BYTES + _TAG_BYTES <= length <= _LARGEST_RECORD:
            raise TillfoldError(ErrorCode.JOURNAL_DAMAGED)
        if offset + 4 + length > size:
            return None
        return self._read_at(offset + 4, length)

    def _seal(self, payload: bytes, record: int) -> bytes:
        nonce = self._entropy(_NONCE_BYTES)
        sealed = self._cipher.encrypt(nonce, payload, struct.pack(">Q", record))
        return struct.pack(">I", len(nonce) + len(sealed)) + nonce + sealed

    def _open(self, frame: bytes, record: int) -> bytes:
        nonce, sealed = frame[:_NONCE_BYTES], frame[_NONCE_BYTES:]
        try:
            return self._cipher.decrypt(nonce, sealed, struct.pack(">Q", record))
        except InvalidTag as error:
            raise TillfoldError(ErrorCode.JOURNAL_DAMAGED) from error


def encode_record(entry: SignedEntry) -> bytes:
    return entry.signature + entry.content


def decode_record(record: bytes) -> SignedEntry:
    return SignedEntry(record[_SIGNATURE_BYTES:], record[:_SIGNATURE_BYTES])


def _derive(key: bytes) -> bytes:
    """A key of its own, so that database and second journal never share one."""
    return HKDF(SHA256(), 32, salt=None, info=b"tillfold second journal 1").derive(key)


# Data and length reach the disk; the time of change need not.
_flush: Final[Callable[[int], None]] = getattr(os, "fdatasync", os.fsync)


def _sync_directory(directory: Path) -> None:
    if os.name == "nt":  # Windows has no such call and needs none
        return
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
