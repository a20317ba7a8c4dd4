"""One till program a data directory."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QLockFile

from domain.errors import ErrorCode, TillfoldError


@contextmanager
def only_one_till(data: Path) -> Iterator[None]:
    """Hold the data directory; a lock left by a program that died is taken over.

    Raises:
        TillfoldError: `till_already_running`.
    """
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = QLockFile(str(data / "till.lock"))
    # A lock is stale only when its process is gone, never by age: tills run for weeks.
    lock.setStaleLockTime(0)
    if not lock.tryLock(0):
        raise TillfoldError(ErrorCode.TILL_ALREADY_RUNNING)
    try:
        yield
    finally:
        lock.unlock()
