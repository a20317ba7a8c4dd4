"""A backup on the disk: a folder with a manifest, a file a table, and the key where wanted."""

import hashlib
import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO, Final

import msgspec
import zstandard

from domain.errors import ErrorCode, TillfoldError
from sync_server.database.dump import Row

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
KEY: Final = "server.key"
_OWNER_ONLY: Final = 0o700
_READ_AT_ONCE: Final = 1 << 20
_LENGTH_BYTES: Final = 4

_encoder: Final = msgspec.msgpack.Encoder()
_part: Final = msgspec.msgpack.Decoder(list[tuple[Any, ...]])


class BrandHead(msgspec.Struct, frozen=True, kw_only=True):
    """Where a brand's feed stood. `journals` counts its terminals, head office's among them."""

    brand_id: str
    name: str
    history: str
    version: int
    journals: int
    entries: int


class TableFile(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    columns: tuple[str, ...]
    rows: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """`revision` is that of the tables, `public_key` belongs to the key that signs receipts."""

    format: int
    release: str
    revision: str
    made_ms: int
    database: str
    public_key: str
    with_key: bool
    brands: tuple[BrandHead, ...]
    tables: tuple[TableFile, ...]


class TableWriter:
    """Rows into a file: parts of msgpack, each with its length before it, in zstd."""

    def __init__(self, folder: Path, name: str) -> None:
        self._file: BinaryIO = _new_file(folder / _file_name(name))
        self._packed = zstandard.ZstdCompressor(level=6).stream_writer(self._file, closefd=False)
        self.rows = 0

    def write(self, rows: Sequence[Row]) -> None:
        content = _encoder.encode(rows)
        self._packed.write(len(content).to_bytes(_LENGTH_BYTES, "big") + content)
        self.rows += len(rows)

    def close(self) -> None:
        self._packed.flush(zstandard.FLUSH_FRAME)
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()


def read_table(folder: Path, name: str) -> Iterator[list[Row]]:
    """The rows of a table in parts, as they were written."""
    with (
        (folder / _file_name(name)).open("rb") as file,
        zstandard.ZstdDecompressor().stream_reader(file) as reader,
    ):
        while head := reader.read(_LENGTH_BYTES):
            yield _part.decode(reader.read(int.from_bytes(head, "big")))


def _file_name(table: str) -> str:
    return f"{table}.rows.zst"


def sha256_of(folder: Path, name: str) -> str:
    digest = hashlib.sha256()
    with (folder / _file_name(name)).open("rb") as file:
        while part := file.read(_READ_AT_ONCE):
            digest.update(part)
    return digest.hexdigest()


def begin(target: Path) -> Path:
    """A new folder beside `target`, which takes its name only when everything is in it.

    Raises:
        TillfoldError: `already_exists`: a backup never replaces anything.
    """
    partial = target.with_name(target.name + ".partial")
    if target.exists() or partial.exists():
        raise TillfoldError(ErrorCode.ALREADY_EXISTS)
    partial.mkdir(mode=_OWNER_ONLY, parents=True)
    return partial


def finish(partial: Path, target: Path, manifest: Manifest) -> None:
    with _new_file(partial / MANIFEST) as file:
        file.write(msgspec.json.format(msgspec.json.encode(manifest), indent=2))
        file.flush()
        os.fsync(file.fileno())
    partial.rename(target)


def give_up(partial: Path) -> None:
    """Take away what was begun and is of no use."""
    shutil.rmtree(partial, ignore_errors=True)


def copy_key(source: Path, folder: Path) -> None:
    with _new_file(folder / KEY) as file:
        file.write(source.read_bytes())
        file.flush()
        os.fsync(file.fileno())


def _new_file(path: Path) -> BinaryIO:
    """A file that is new and that only this user can read."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a backup whose files are all there and as they were written.

    Raises:
        TillfoldError: `backup_damaged` with the file.
    """
    try:
        manifest = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)
    except (OSError, msgspec.DecodeError) as error:
        raise TillfoldError(ErrorCode.BACKUP_DAMAGED, where=MANIFEST) from error
    if manifest.format != FORMAT:
        raise TillfoldError(ErrorCode.DATABASE_NEWER)
    for table in manifest.tables:
        _check(folder, table)
    return manifest


def _check(folder: Path, table: TableFile) -> None:
    # The name becomes part of a path and of a statement.
    plain = table.name.isidentifier() and all(name.isidentifier() for name in table.columns)
    try:
        whole = plain and sha256_of(folder, table.name) == table.sha256
    except OSError:
        whole = False
    if not whole:
        raise TillfoldError(ErrorCode.BACKUP_DAMAGED, where=_file_name(table.name))
