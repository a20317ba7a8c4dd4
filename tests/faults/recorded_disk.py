"""A file system in memory that records every call that changes it (FUSE).

`python -m tests.faults.recorded_disk PLACE IMAGE CALLS` mounts at PLACE what IMAGE holds, says a
line once it is there, and when it is unmounted writes the calls to CALLS. One call after the other:
their order is the order in which they ended.
"""

import errno
import stat
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import mfusepy
import msgspec

from tests.faults.disk_image import (
    TOLD,
    Call,
    Flush,
    FlushFolder,
    Image,
    Link,
    Rename,
    Told,
    Truncate,
    Unlink,
    Write,
)

_TOLD_FILE: Final = 0


class RecordedDisk(mfusepy.Operations):  # type: ignore[misc]  # has no types
    use_ns = True

    def __init__(self, image: Image, *, on_mounted: Callable[[], None]) -> None:
        self._image = image
        self._on_mounted = on_mounted
        self._next = max(image.files, default=_TOLD_FILE) + 1
        self._born_ns = time.time_ns()
        self.calls: list[Call] = []

    def init(self, path: str) -> None:
        self._on_mounted()

    def getattr(self, path: str, fh: int | None = None) -> dict[str, Any]:
        name = _name(path)
        if fh is None and (not name or name in self._image.folders):
            return self._status(stat.S_IFDIR | 0o700, 0, 2)
        file = self._file(name) if fh is None else fh
        content = b"" if file == _TOLD_FILE else self._image.files[file]
        return self._status(stat.S_IFREG | 0o600, len(content), 1)

    def readdir(self, path: str, fh: int) -> list[str]:
        inside = [Path(name) for name in [*self._image.folders, *self._image.names]]
        return [".", "..", *(p.name for p in inside if p.parent == Path(_name(path) or "."))]

    def create(self, path: str, mode: int, fi: Any = None) -> int:  # noqa: ANN401 - as it is there
        self._next += 1
        self._do(Link(_name(path), self._next))
        return self._next

    def open(self, path: str, flags: int) -> int:
        return self._file(_name(path))

    def read(self, path: str, size: int, offset: int, fh: int) -> bytes:
        return bytes(self._image.files[fh][offset : offset + size])

    def write(self, path: str, data: bytes, offset: int, fh: int) -> int:
        self._do(Told(int(data)) if fh == _TOLD_FILE else Write(fh, offset, data))
        return len(data)

    def truncate(self, path: str, length: int, fh: int | None = None) -> int:
        self._do(Truncate(self._file(_name(path)) if fh is None else fh, length))
        return 0

    def fsync(self, path: str, datasync: int, fh: int) -> int:
        self._do(Flush(fh))
        return 0

    def fsyncdir(self, path: str, datasync: int, fh: int) -> int:
        self._do(FlushFolder(_name(path)))
        return 0

    def rename(self, old: str, new: str) -> int:
        self._do(Rename(_name(old), _name(new)))
        return 0

    def unlink(self, path: str) -> int:
        self._do(Unlink(_name(path)))
        return 0

    def chmod(self, path: str, mode: int) -> int:
        return 0

    def utimens(self, path: str, times: tuple[int, int] | None = None) -> int:
        return 0

    def _do(self, call: Call) -> None:
        self._image.apply(call)
        self.calls.append(call)

    def _file(self, name: str) -> int:
        if name == TOLD:
            return _TOLD_FILE
        if name not in self._image.names:
            raise mfusepy.FuseOSError(errno.ENOENT)
        return self._image.names[name]

    def _status(self, mode: int, size: int, links: int) -> dict[str, Any]:
        times = dict.fromkeys(("st_atime", "st_mtime", "st_ctime"), self._born_ns)
        return {"st_mode": mode, "st_size": size, "st_nlink": links, **times}


def _name(path: str) -> str:
    return path.removeprefix("/")


def main() -> int:
    place, image, calls = sys.argv[1:]
    disk = RecordedDisk(
        msgspec.msgpack.decode(Path(image).read_bytes(), type=Image),
        on_mounted=lambda: print("mounted", flush=True),
    )
    mfusepy.FUSE(disk, place, foreground=True, nothreads=True, hard_remove=True)
    Path(calls).write_bytes(msgspec.msgpack.encode(disk.calls))
    return 0


if __name__ == "__main__":
    sys.exit(main())
