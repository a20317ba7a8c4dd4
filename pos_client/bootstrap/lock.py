"""One till program a data directory, and a directory that can be worked in."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from PySide6.QtCore import QLockFile

from domain.errors import ErrorCode, TillfoldError

_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT})
# The settings name a place where no folder can be.
_NO_PLACE: Final = frozenset({errno.ENOENT, errno.EEXIST, errno.ENOTDIR, errno.ENAMETOOLONG})


@contextmanager
def only_one_till(data: Path) -> Iterator[None]:
    """Hold the data directory; a lock left by a program that died is taken over.

    Raises:
        TillfoldError: `till_already_running`; `settings_malformed`, `disk_full` or `disk_failed`
            where nothing can be written there.
    """
    _prove_writable(data)
    lock = QLockFile(str(data / "till.lock"))
    # A lock is stale only when its process is gone, never by age: tills run for weeks.
    lock.setStaleLockTime(0)
    if not lock.tryLock(0):
        raise TillfoldError(ErrorCode.TILL_ALREADY_RUNNING)
    try:
        yield
    finally:
        lock.unlock()


def _prove_writable(data: Path) -> None:
    """A lock file that cannot be written looks like one that somebody holds."""
    trial = data / "till.trial"
    try:
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        trial.write_bytes(bytes(1))
        trial.unlink()
    except ValueError as error:
        raise _misnamed(str(error)) from error
    except OSError as error:
        if error.errno in _NO_PLACE:
            raise _misnamed(error.strerror or "") from error
        full = error.errno in _FULL
        raise TillfoldError(ErrorCode.DISK_FULL if full else ErrorCode.DISK_FAILED) from error


def _misnamed(reason: str) -> TillfoldError:
    return TillfoldError(ErrorCode.SETTINGS_MALFORMED, where=f"data_directory: {reason}")
