"""Which SQLite both programs trust with a write-ahead log."""

from typing import Final

from domain.errors import ErrorCode, TillfoldError

# The WAL-reset fault of SQLite 3.7.0-3.51.2 and the withdrawn 3.52.0 (sqlite.org/wal.html); the
# fix was also brought to the 3.44 and 3.50 lines.
_FIXED_SINCE: Final = (3, 51, 3)
_FIXED_LINES: Final = {(3, 44): 6, (3, 50): 7}
_WITHDRAWN: Final = (3, 52, 0)


def check_sqlite_version(version: tuple[int, int, int]) -> None:
    """Refuse a SQLite that can corrupt a write-ahead log.

    Raises:
        TillfoldError: `sqlite_unsafe`.
    """
    safe = version >= _FIXED_SINCE and version != _WITHDRAWN
    safe = safe or version[2] >= _FIXED_LINES.get(version[:2], 1_000)
    if not safe:
        raise TillfoldError(ErrorCode.SQLITE_UNSAFE, version=".".join(map(str, version)))
