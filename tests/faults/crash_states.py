"""Crash states: a till sells on a disk that records; then the disk is put together as a crash at
any moment may have left it, and opened.
"""

import itertools
import os
import shutil
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from copy import copy
from functools import partial
from pathlib import Path
from random import Random  # noqa: TID251 - seeded: the same states in every run
from typing import Final

from domain.errors import TillfoldError
from pos_client.storage.opening import DATABASE_NAME, Place
from pos_client.storage.second_journal import FILE_NAME
from tests.builders.till import TillFiles
from tests.faults.disk_image import TOLD, Call, Image, Link, Told, Write, crash_state, read_image
from tests.faults.disks import mount_memory
from tests.faults.power_cuts import flush_seldom
from tests.faults.recording import record
from tests.faults.report import Report, timed
from tests.faults.selling import look, new_till, open_or_rebuild, sell

_STATES_A_RECORDING: Final = 25
_RECORDINGS_A_TILL: Final = 4
_MOST_ORDERS: Final = 40
_DATABASE: Final = f"data/{DATABASE_NAME}"
# The recording of each till that begins with a damaged file, and the file: in turns.
_DAMAGING: Final = 1
_DAMAGED: Final = (_DATABASE, f"second/{FILE_NAME}")


class _EnoughError(Exception):
    """The recorded till has sold what it was to sell."""


def run(folder: Path, *, count: int, seed: int, lazily: bool = False) -> Report:
    """Open `count` states. For root, in a mount namespace of its own, without threads.

    `lazily` is the control: nothing but a checkpoint of the database is flushed.
    """
    random = Random(seed)
    # Where the till is only looked at, its flushes prove nothing: let them cost nothing.
    mount_memory(folder / "memory", kibibytes=256 * 1024)
    name = "crash state, lazy till" if lazily else "crash state"
    with timed(Report(name=name, seed=seed)) as report:
        for number in itertools.count():
            if report.faults >= count:
                break
            place = folder / "memory" / f"till-{number}"
            till = _Till(place, random, report)
            till.go(count, damaged=None if lazily else _DAMAGED[number % 2], lazily=lazily)
            shutil.rmtree(place)
    return report


class _Till:
    def __init__(self, folder: Path, random: Random, report: Report) -> None:
        self._folder = folder
        self._random = random
        self._report = report
        self._files = new_till(folder / "new")
        self._image = read_image(folder / "new")
        self._held = 0

    def go(self, count: int, *, damaged: str | None, lazily: bool) -> None:
        """Each recording begins with what a crash in the one before may have left."""
        for number in range(_RECORDINGS_A_TILL):
            if number == _DAMAGING and damaged is not None:
                self._damage(damaged)
            calls = self._recorded(lazily=lazily)
            moments = _moments(calls, self._image.names.get(_DATABASE))
            following = None
            for _ in range(min(_STATES_A_RECORDING, count - self._report.faults)):
                until = calls[: self._random.choice(self._random.choice(moments) or moments[0])]
                if len(until) in moments[-1]:
                    self._report.saw("while the database was written")
                state = crash_state(self._image, until, self._random)
                held = self._look(state, until)
                following = following if held is None else (state, held)
            if following is not None:
                self._image, self._held = following

    def _damage(self, name: str) -> None:
        """One file of two: what a till with both damaged has left is at its server."""
        content = self._image.files[self._image.names[name]]
        content[self._random.choice((1, len(content) - 10))] ^= 0x55
        self._report.saw(f"{name} damaged before")

    def _recorded(self, *, lazily: bool) -> list[Call]:
        be = partial(
            _be_a_till,
            first=self._held + 1,
            orders=self._random.randint(1, _MOST_ORDERS),
            ends_well=self._random.random() < 0.5,
            lazily=lazily,
        )
        return record(
            self._image.copy(), self._folder, lambda disk: _fork(partial(be, self._at(disk)))
        )

    def _look(self, state: Image, calls: Sequence[Call]) -> int | None:
        """Open what a crash behind these calls left; the orders in it, None where any is lost."""
        report, found = self._report, self._report.lost + self._report.doubled
        told = max((call.order for call in calls if isinstance(call, Told)), default=None)
        report.note(told, self._held)
        folder = self._folder / "state"
        state.save(folder)
        try:
            held = look(self._at(folder), told or self._held, report)
        except (TillfoldError, AssertionError) as error:
            report.damaged += isinstance(error, AssertionError)  # the other is counted already
            report.saw(f"damaged: {error}")
            return None
        finally:
            shutil.rmtree(folder)
        return held if report.lost + report.doubled == found else None

    def _at(self, folder: Path) -> TillFiles:
        files = copy(self._files)
        files.place = Place(data=folder / "data", second_journal=folder / "second")
        return files


def _moments(calls: Sequence[Call], database: int | None) -> list[Sequence[int]]:
    """Where to crash: anywhere, before the first order, while the database is written."""
    first = next((n for n, call in enumerate(calls) if isinstance(call, Told)), len(calls))
    anywhere, early = range(len(calls) + 1), range(first + 1)
    made = {call.file for call in calls if isinstance(call, Link) and call.name == _DATABASE}
    files = {database, *made}
    writing = [n + 1 for n, c in enumerate(calls) if isinstance(c, Write) and c.file in files]
    return [anywhere, early, writing]


def _be_a_till(files: TillFiles, *, first: int, orders: int, ends_well: bool, lazily: bool) -> None:
    store = open_or_rebuild(files)[0].store
    if lazily:
        flush_seldom(store)
    told = os.open(files.place.data.parent / TOLD, os.O_WRONLY)

    def tell(order: int) -> None:
        os.write(told, b"%d" % order)
        if order >= first + orders:
            raise _EnoughError

    with suppress(_EnoughError):
        sell(store, first, tell)
    if ends_well:
        store.close()


def _fork(be: Callable[[], None]) -> None:
    """A process of its own, which ends without tidying up, as if it were killed."""
    pid = os.fork()
    if pid == 0:
        ended = 1
        try:
            be()
            ended = 0
        finally:
            if ended:
                traceback.print_exc()
            os._exit(ended)
    assert os.waitpid(pid, 0)[1] == 0
