"""kill -9 of a till's storage process at random moments of its start and of its work."""

import os
import signal
import struct
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random  # noqa: TID251 - seeded: the same moments in every run
from typing import Final, NoReturn

from domain.errors import TillfoldError
from tests.builders.till import TillFiles
from tests.faults.report import Report, timed
from tests.faults.selling import compare, new_till, sell

# Opening takes some 40 ms of it.
_LONGEST_LIFE_S: Final = 0.16
# A journal that only grows would make each look at it slower than the one before.
_KILLS_A_TILL: Final = 25
_ORDER: Final = struct.Struct(">Q")


def run(folder: Path, *, count: int, seed: int, write_behind: bool = False) -> Report:
    """Kill a till `count` times. Not for a process with threads: it forks."""
    random = Random(seed)
    name = "till killed that writes behind" if write_behind else "till killed"
    with timed(Report(name=name, seed=seed)) as report:
        for till in range(-(-count // _KILLS_A_TILL)):
            files = new_till(folder / f"till-{till}")
            acknowledged = 0
            for _ in range(min(_KILLS_A_TILL, count - report.faults)):
                be = partial(
                    _be_a_till, files=files, first=acknowledged + 1, write_behind=write_behind
                )
                words = _live_and_die(be, life_s=random.uniform(0, _LONGEST_LIFE_S))
                acknowledged = _heard(words, acknowledged, report)
                _look(files, acknowledged, report)
    return report


def _live_and_die(be: Callable[[int], NoReturn], life_s: float) -> bytes:
    """Let a process live so long; answers all that it said."""
    hear, speak = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(hear)
        be(speak)
    os.close(speak)
    time.sleep(life_s)  # the fault itself: there is nothing to wait for
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL, "the till ended before it was killed"
    with os.fdopen(hear, "rb") as said:
        return said.read()


def _heard(words: bytes, acknowledged: int, report: Report) -> int:
    """The last order that the till said was durable."""
    whole = len(words) // _ORDER.size
    told = _ORDER.unpack_from(words, (whole - 1) * _ORDER.size)[0] if whole else acknowledged
    report.faults += 1
    report.acknowledged += told - acknowledged
    report.saw("killed while selling" if whole else "killed before the first sale")
    return int(told)


def _be_a_till(speak: int, *, files: TillFiles, first: int, write_behind: bool) -> NoReturn:
    try:
        store = files.opener.open().store
        sell(store, first, lambda order: _tell(speak, order), write_behind=write_behind)
    finally:
        os._exit(1)


def _tell(speak: int, order: int) -> None:
    os.write(speak, _ORDER.pack(order))


def _look(files: TillFiles, acknowledged: int, report: Report) -> None:
    try:
        with files.opened() as opened:
            if opened.recovered:
                report.saw("taken from the second journal")
            assert opened.notice is None, opened.notice
            compare(opened.store, acknowledged, report)
    except TillfoldError:
        report.damaged += 1
        raise
