"""kill -9 of a till's storage process at random moments of its start and of its work."""

import time
from functools import partial
from pathlib import Path
from random import Random  # noqa: TID251 - seeded: the same moments in every run
from typing import Final

from tests.faults.processes import Child
from tests.faults.report import Report, timed
from tests.faults.selling import be_a_till, look, new_till

# From its start, or from its first sale.
_LONGEST_LIFE_S: Final = 0.1
# Every other one is hit only once it has sold something, however slow the machine is.
# A journal that only grows would make each look at it slower than the one before.
_KILLS_A_TILL: Final = 25


def run(folder: Path, *, count: int, seed: int, write_behind: bool = False) -> Report:
    """Kill a till `count` times. Not for a process with threads: it forks."""
    random = Random(seed)
    name = "till killed that writes behind" if write_behind else "till killed"
    with timed(Report(name=name, seed=seed)) as report:
        for till in range(-(-count // _KILLS_A_TILL)):
            files = new_till(folder / f"till-{till}")
            held = 0
            for _ in range(min(_KILLS_A_TILL, count - report.faults)):
                be = partial(be_a_till, files=files, first=held + 1, write_behind=write_behind)
                child = Child(be)
                if report.faults % 2:
                    child.wait_for_number()
                time.sleep(random.uniform(0, _LONGEST_LIFE_S))  # the moment is the fault itself
                told = child.kill()
                report.note(told, held)
                held = look(files, told or held, report)
    return report
