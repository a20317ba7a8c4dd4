"""Power cuts: a till sells on a disk that goes dark at a random moment."""

import os
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from random import Random  # noqa: TID251 - seeded: the same moments in every run
from typing import Final

from pos_client.storage import second_journal
from pos_client.storage.direct import run as run_sql
from pos_client.storage.store import Store
from tests.faults.disks import Disk
from tests.faults.processes import Child
from tests.faults.report import Report, timed
from tests.faults.selling import be_a_till, look, new_till

_LONGEST_LIFE_S: Final = 0.2
# Every other one is hit only once it has sold something, however slow the machine is.
_CUTS_A_TILL: Final = 25


def run(folder: Path, *, count: int, seed: int, lazily: bool = False) -> Report:
    """Cut the power `count` times. For root, in a mount namespace of its own, without threads.

    `lazily` is the control: nothing but a checkpoint of the database reaches the disk in time.
    """
    random = Random(seed)
    name = "power cut, lazy till" if lazily else "power cut"
    with timed(Report(name=name, seed=seed)) as report:
        for number in range(-(-count // _CUTS_A_TILL)):
            disks = [
                Disk(folder / f"till-{number}-disk-{place}") for place in range(1 + number % 2)
            ]
            cuts = min(_CUTS_A_TILL, count - report.faults)
            _cut(disks, cuts, random=random, lazily=lazily, report=report)
    return report


def _cut(disks: Sequence[Disk], cuts: int, *, random: Random, lazily: bool, report: Report) -> None:
    """Cut off one till. Where there are two disks the second journal is on the other one."""
    files = new_till(disks[0].path / "till", second_journal=disks[-1].path / "second")
    os.sync()
    held = 0
    for _ in range(cuts):
        prepare = flush_seldom if lazily else _as_it_is
        child = Child(partial(be_a_till, files=files, first=held + 1, prepare=prepare))
        if report.faults % 2:
            child.wait_for_number()
        time.sleep(random.uniform(0, _LONGEST_LIFE_S))  # the moment is the fault itself
        # Only what was read before the cut was promised to anybody.
        told = child.last_number()
        for disk in disks:
            disk.cut()
        child.kill()
        for disk in disks:
            disk.power_on()
        report.note(told, held)
        report.saw("with two disks" if len(disks) > 1 else "with one disk")
        held = look(files, told or held, report)
    for disk in disks:
        disk.unmount()


def _as_it_is(_store: Store) -> None:
    pass


def flush_seldom(store: Store) -> None:
    """The control's fault: a checkpoint of the database is all that is flushed."""
    with store.read() as connection:
        pass
    run_sql(connection, "PRAGMA synchronous = NORMAL")
    second_journal._flush = lambda _descriptor: None  # type: ignore[misc]
