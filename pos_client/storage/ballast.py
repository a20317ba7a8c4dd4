"""Ballast: space that is kept back for the day on which the disk is full.

The sale that finds the disk full is refused, the ballast goes overboard, and the same sale goes
through when it is tried again. That buys time to free some space; then it is taken up again.
"""

import logging
import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final, TypeVar

from domain.errors import ErrorCode, TillfoldError

T = TypeVar("T")

_log = logging.getLogger(__name__)

FILE_NAME: Final = "till.ballast"
# Made only where as much again stays free.
_ROOM: Final = 2
_PIECE: Final = bytes(1024 * 1024)


class Ballast:
    """A file that holds nothing. It never stops a till: where it cannot be made there is none."""

    def __init__(self, path: Path, size_bytes: int) -> None:
        self._path = path
        self._size_bytes = size_bytes
        self._wanted = True

    def keep(self) -> None:
        """Make it where it is missing and there is room; of no cost while it is there."""
        if not self._wanted:
            return
        try:
            self._wanted = not self._has_whole() and not self._made()
        except OSError:
            # Not tried with every sale from now on: at the next start, or after a full disk.
            self._wanted = False
            _log.exception("ballast not made")
            with suppress(OSError):
                self._path.unlink(missing_ok=True)

    def release(self) -> bool:
        """Give its space to whatever is to be written next; whether there was any."""
        if self._size_bytes == 0:
            return False
        try:
            self._path.unlink()
        except OSError:
            return False
        _log.warning("ballast released", extra={"bytes": self._size_bytes})
        self._wanted = True
        return True

    def try_twice(self, work: Callable[[], T]) -> T:
        """Do what may be repeated; where there is no room for it, once more without ballast."""
        try:
            return work()
        except TillfoldError as error:
            # Where SQLite cannot make its shared memory, it calls a full disk a failing one.
            no_room = error.code in {ErrorCode.DISK_FULL, ErrorCode.DISK_FAILED}
            if not no_room or not self.release():
                raise
            return work()

    def _has_whole(self) -> bool:
        return (
            self._size_bytes > 0
            and self._path.exists()
            and self._path.stat().st_size == self._size_bytes
        )

    def _made(self) -> bool:
        if self._size_bytes == 0:
            self._path.unlink(missing_ok=True)
            return True
        if shutil.disk_usage(self._path.parent).free < _ROOM * self._size_bytes:
            return False
        with self._path.open("wb", buffering=0) as file:
            if hasattr(os, "posix_fallocate"):
                os.posix_fallocate(file.fileno(), 0, self._size_bytes)
            else:
                for start in range(0, self._size_bytes, len(_PIECE)):
                    file.write(_PIECE[: self._size_bytes - start])
        return True
