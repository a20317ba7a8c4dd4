"""A till's medium that fails: at any step of a write, and what was not flushed may be gone.

The till's real storage writes real files. Here the steps of a write are watched; at the armed one
the files are copied as a power cut would leave them, and the machine is gone. What was flushed is
whole in the copy; of what was not any part may be there.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from pos_client.storage import direct, opening, second_journal, store
from pos_client.storage.opening import DATABASE_NAME, Place
from pos_client.storage.second_journal import FILE_NAME, SecondJournal
from tests.simulation.chance import Chance
from tests.simulation.patching import patched
from tests.simulation.reached import Reached

_WAL: Final = f"{DATABASE_NAME}-wal"
_WAL_HEADER_BYTES: Final = 32
_FRAME_BYTES: Final = 24 + 4096


class CrashPoint(StrEnum):
    """The steps of a write; the values are names of `reached`."""

    BEFORE_SECOND = "crash before the second journal was written"
    BETWEEN = "crash between second journal and commit"
    BEFORE_FLUSH = "crash after the commit, before the flush"
    AFTER_WRITE = "crash after a write"


class MachineCrashed(BaseException):
    """The power is gone."""


class Disk:
    """One till's folder. A crash leaves a copy of it as the new folder."""

    def __init__(self, folder: Path, chance: Chance, reached: Reached) -> None:
        self._base = folder
        self._chance = chance
        self._reached = reached
        self._generation = 0
        self.armed: CrashPoint | None = None
        self.second_flushed = 0
        self.wal_flushed = 0

    @property
    def place(self) -> Place:
        folder = self._base / str(self._generation)
        return Place(data=folder / "data", second_journal=folder / "second")

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Steps of writes inside concern this disk."""
        before = _Watch.disk
        _Watch.disk = self
        try:
            yield
        finally:
            _Watch.disk = before

    def crash_if(self, point: CrashPoint) -> None:
        if self.armed is point:
            self.crash()

    def crash_if_after_write(self) -> None:
        self.crash_if(CrashPoint.AFTER_WRITE)

    def crash(self) -> None:
        """Leave the image of a power cut and raise.

        Raises:
            MachineCrashed: always.
        """
        if self.armed is not None:
            self._reached.note(self.armed.value)
        self.armed = None
        self.copy_on()
        self._tear(self.place.second_journal / FILE_NAME, self.second_flushed)
        self._tear(self.place.data / _WAL, self.wal_flushed)
        raise MachineCrashed

    def copy_on(self) -> None:
        """Go on with a copy of the files as they are now."""
        old = self._base / str(self._generation)
        self._generation += 1
        shutil.copytree(old, self._base / str(self._generation), ignore=_without_shared_memory)

    def keep_image(self, image: Path) -> None:
        """Copy the files as they are between two steps; of several images the last one counts."""
        shutil.rmtree(image, ignore_errors=True)
        shutil.copytree(self._base / str(self._generation), image, ignore=_without_shared_memory)

    def bring_back(self, image: Path) -> None:
        self._generation += 1
        shutil.copytree(image, self._base / str(self._generation))

    def wipe_old(self) -> None:
        """Files of a machine that is gone are in nobody's way but the tester's."""
        for number in range(self._generation):
            shutil.rmtree(self._base / str(number), ignore_errors=True)

    def lose_database(self) -> None:
        for end in ("", "-wal", "-shm"):
            (self.place.data / f"{DATABASE_NAME}{end}").unlink(missing_ok=True)

    def lose_second_journal(self) -> None:
        self.place.second_journal_file.unlink()

    def drop_commits(self) -> bool:
        """A damaged frame ends the write-ahead log early; whether anything was dropped."""
        path = self.place.data / _WAL
        frames = (_size(path) - _WAL_HEADER_BYTES) // _FRAME_BYTES
        if frames < 1:
            return False
        os.truncate(path, _WAL_HEADER_BYTES + self._chance.randrange(frames) * _FRAME_BYTES)
        return True

    def note_all_flushed(self) -> None:
        """What a machine finds when it starts has survived."""
        self.second_flushed = _size(self.place.second_journal_file)
        self.note_committed()

    def note_committed(self) -> None:
        self.wal_flushed = _size(self.place.data / _WAL)

    def _tear(self, path: Path, flushed: int) -> None:
        size = _size(path)
        if size <= flushed:
            return
        kept = self._chance.choice((flushed, size, self._chance.randint(flushed, size)))
        if kept < size:
            os.truncate(path, kept)
            if path.name == FILE_NAME:
                self._reached.note("second journal torn")


class _Watch:
    """Whose files are being written. There is one thread that writes."""

    disk: Disk | None = None


class _Flush:
    """What `begin_append` answers: the flush comes when its result is asked for, after the commit.

    On a real disk the two run side by side; this is the order that loses most.
    """

    def __init__(self, file_number: int) -> None:
        self._file_number = file_number
        self._done = False

    def result(self) -> None:
        if not self._done:
            self._done = True
            # By its name in the module, so that a planted bug is seen.
            second_journal._flush(self._file_number)

    def exception(self) -> None:
        self.result()


class _Flusher:
    def submit(self, _flush: object, file_number: int) -> _Flush:
        return _Flush(file_number)

    def shutdown(self, *, wait: bool) -> None:
        pass


class WatchedSecondJournal(SecondJournal):
    def __init__(self, *arguments: Any) -> None:  # noqa: ANN401 - handed on as they are
        super().__init__(*arguments)
        self._flusher = _Flusher()  # type: ignore[assignment]

    def begin_append(self, payloads: Any) -> Any:  # noqa: ANN401 - handed on as they are
        disk = _Watch.disk
        if disk is not None and payloads:
            disk.crash_if(CrashPoint.BEFORE_SECOND)
        begun = super().begin_append(payloads)
        if disk is not None and payloads:
            disk.crash_if(CrashPoint.BETWEEN)
        return begun


def _watched_flush(file_number: int) -> None:
    if _Watch.disk is not None:
        _Watch.disk.second_flushed = os.fstat(file_number).st_size


def _watched_run(connection: Any, sql: str, values: Any = ()) -> None:  # noqa: ANN401
    _plain_run(connection, sql, values)
    if sql == "COMMIT" and _Watch.disk is not None:
        _Watch.disk.note_committed()
        _Watch.disk.crash_if(CrashPoint.BEFORE_FLUSH)


_plain_run: Final = direct.run


@contextmanager
def watched_disks() -> Iterator[None]:
    """Inside, the tills' storage writes to disks that can fail."""
    with (
        patched(opening, "SecondJournal", WatchedSecondJournal),
        patched(second_journal, "_flush", _watched_flush),
        patched(store, "run", _watched_run),
    ):
        yield


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _without_shared_memory(_folder: str, names: list[str]) -> list[str]:
    """It does not survive a power cut."""
    return [name for name in names if name.endswith("-shm")]
