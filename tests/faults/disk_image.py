"""A disk as files in memory, the calls that change it, and what a crash may leave of them."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from random import Random  # noqa: TID251 - seeded: the same states in every run
from typing import Final

import msgspec

# What a till writes into this file is no part of its disk, but what it acknowledged.
TOLD: Final = "told"
_SECTOR_BYTES: Final = 512
_TORN: Final = 0.3


class Write(msgspec.Struct, frozen=True, tag=True):
    file: int
    offset: int
    data: bytes


class Truncate(msgspec.Struct, frozen=True, tag=True):
    file: int
    size_bytes: int


class Link(msgspec.Struct, frozen=True, tag=True):
    """A name begins to mean a file; the one that it meant before loses it."""

    name: str
    file: int


class Rename(msgspec.Struct, frozen=True, tag=True):
    old: str
    new: str


class Unlink(msgspec.Struct, frozen=True, tag=True):
    name: str


class Flush(msgspec.Struct, frozen=True, tag=True):
    """fsync of a file: its content and its length are on the disk."""

    file: int


class FlushFolder(msgspec.Struct, frozen=True, tag=True):
    """fsync of a folder: the names in it are on the disk, and whatever names came before."""

    name: str


class Told(msgspec.Struct, frozen=True, tag=True):
    """The till acknowledged everything up to this order."""

    order: int


Naming = Link | Rename | Unlink
Call = Write | Truncate | Naming | Flush | FlushFolder | Told


class Image(msgspec.Struct):
    folders: list[str]
    names: dict[str, int] = {}
    files: dict[int, bytearray] = {}

    def apply(self, call: Call) -> None:
        match call:
            case Write():
                self._write(call.file, call.offset, call.data)
            case Truncate():
                content = self.files[call.file]
                del content[call.size_bytes :]
                content.extend(bytes(call.size_bytes - len(content)))
            case Link():
                self.files.setdefault(call.file, bytearray())
                self.names[call.name] = call.file
            case Rename():
                self.names[call.new] = self.names.pop(call.old)
            case Unlink():
                del self.names[call.name]
            case Flush() | FlushFolder() | Told():
                pass

    def copy(self) -> "Image":
        files = {file: bytearray(self.files[file]) for file in self.names.values()}
        return Image(list(self.folders), dict(self.names), files)

    def save(self, folder: Path) -> None:
        """Write the files into a folder of a real disk."""
        for name in self.folders:
            (folder / name).mkdir(parents=True, exist_ok=True)
        for name, file in self.names.items():
            (folder / name).write_bytes(self.files[file])

    def _write(self, file: int, offset: int, data: bytes) -> None:
        content = self.files[file]
        content.extend(bytes(max(0, offset - len(content))))
        content[offset : offset + len(data)] = data


def read_image(folder: Path) -> Image:
    paths = sorted(folder.rglob("*"))
    image = Image([str(path.relative_to(folder)) for path in paths if path.is_dir()])
    for file, path in enumerate((path for path in paths if path.is_file()), start=1):
        image.names[str(path.relative_to(folder))] = file
        image.files[file] = bytearray(path.read_bytes())
    return image


def crash_state(base: Image, calls: Sequence[Call], random: Random) -> Image:
    """What a disk may hold on which `base` was safe, after a crash behind the last of `calls`.

    All that was flushed is there. Of the rest each write is there or not, and 30 % of those that
    are there only in some of their sectors. Names change in order, as in a file system with a
    journal: of the changes that were not flushed a first part is there.
    """
    state = base.copy()
    kept = random.choice((0.0, 1.0, random.random(), random.random()))
    safe_names = max(
        (n for n, call in enumerate(calls) if isinstance(call, FlushFolder)), default=-1
    )
    open_names = [n for n, call in enumerate(calls) if isinstance(call, Naming) and n > safe_names]
    last_name = random.choice([safe_names, *open_names]) if open_names else safe_names
    flushed = {call.file: n for n, call in enumerate(calls) if isinstance(call, Flush)}
    for n, call in enumerate(calls):
        match call:
            case Write() | Truncate():
                safe = n < flushed.get(call.file, -1)
                state.files.setdefault(call.file, bytearray())
                for piece in [call] if safe else _left(call, kept, random):
                    state.apply(piece)
            case _ if not isinstance(call, Naming) or n <= last_name:
                state.apply(call)
    return state


def _left(call: Write | Truncate, kept: float, random: Random) -> Iterable[Write | Truncate]:
    if random.random() >= kept:
        return ()
    if isinstance(call, Write) and random.random() < _TORN:
        return [piece for piece in _sectors(call) if random.random() < 0.5]
    return (call,)


def _sectors(call: Write) -> Iterator[Write]:
    """The parts of a write that lie in one sector of the file each."""
    offset, end = call.offset, call.offset + len(call.data)
    while offset < end:
        until = min(end, (offset // _SECTOR_BYTES + 1) * _SECTOR_BYTES)
        yield Write(call.file, offset, call.data[offset - call.offset : until - call.offset])
        offset = until
