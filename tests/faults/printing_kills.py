"""kill -9 of a till at every state of what it prints."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random  # noqa: TID251 - seeded: the same moments in every run
from typing import Final, NoReturn

import msgspec

from pos_client.bootstrap.warming import warm_up
from pos_client.storage.spool import JobKind
from tests.faults.printing import (
    SUMMARY,
    Life,
    Moment,
    Paper,
    Summary,
    be_a_printer,
    be_a_printing_till,
    be_a_till_at_rest,
)
from tests.faults.processes import Child
from tests.faults.report import Report, timed

_MARK: Final = "可能重复"
# A till with a long history is slower to look through; so each serves for some lives only.
_KILLS_A_TILL: Final = 25
# More bytes than a receipt and a ticket have with their questions, and more answers.
_MOST_BYTES: Final = 1_600
_MOST_ANSWERS: Final = 12
_MOMENTS: Final = (Moment.SENDING, *Moment)


def run(folder: Path, *, count: int, seed: int, careless: bool = False) -> Report:
    """Kill a till `count` times. Not for a process with threads: it forks."""
    warm_up()  # once for all lives
    random = Random(seed)
    name = "till killed that forgets its doubts" if careless else "till killed while it prints"
    with timed(Report(name=name, seed=seed)) as report:
        for till in range(-(-count // _KILLS_A_TILL)):
            place = folder / f"till-{till}"
            place.mkdir(parents=True)
            paper = Paper(place / "paper.jsonl")
            printer = Child(partial(be_a_printer, paper=paper))
            printer.wait_for_number()
            port = printer.last_number()
            assert port is not None
            before = report.acknowledged
            for _ in range(min(_KILLS_A_TILL, count - report.faults)):
                moment = _MOMENTS[report.faults % len(_MOMENTS)]
                life = _life(random, moment, place, port)
                life = msgspec.structs.replace(life, careless=careless)
                _live(partial(be_a_printing_till, life=life, paper=paper), report, life.moment)
            life = Life(folder=place, printer_port=port, moment=Moment.QUIET, careless=careless)
            rest = Child(partial(be_a_till_at_rest, life=life, paper=paper))
            assert rest.wait_for_end()
            rest.kill()
            _look(life, paper, report.acknowledged - before, report)
            printer.kill()
    return report


def _life(random: Random, moment: Moment, place: Path, port: int) -> Life:
    amounts = {
        Moment.CONNECTING: random.randint(1, 2),
        Moment.SENDING: random.randint(1, _MOST_BYTES),
        Moment.ANSWERED: random.randint(1, _MOST_ANSWERS),
    }
    return Life(
        folder=place,
        printer_port=port,
        moment=moment,
        amount=amounts.get(moment, 0),
    )


def _live(be: Callable[[Callable[[int], None]], NoReturn], report: Report, moment: Moment) -> None:
    child = Child(be)
    assert child.wait_for_end(), moment
    report.note(child.kill(), 0)
    report.saw(moment)


def _look(life: Life, paper: Paper, acknowledged: int, report: Report) -> None:
    """Every sale has its receipt and its ticket on paper, and only one of each without a mark."""
    summary = msgspec.json.decode((life.folder / SUMMARY).read_bytes(), type=Summary)
    report.lost += max(0, acknowledged - len(summary.sold))
    report.unacknowledged += max(0, len(summary.sold) - acknowledged)
    titles = {(job.kind, job.title) for job in summary.jobs}
    for number in summary.sold:
        wanted = ((JobKind.RECEIPT, number), (JobKind.KITCHEN, f"{number}/1"))
        report.lost += sum(1 for each in wanted if each not in titles)
    for job in summary.jobs:
        copies = paper.copies(job.title)
        unmarked = [text for text in copies if _MARK not in text]
        report.lost += 0 if copies else 1
        report.doubled += max(0, len(unmarked) - 1)
        if job.doubt_reason:
            report.saw(f"doubt: {job.kind} {job.doubt_reason}")
        if len(copies) > len(unmarked):
            report.saw("printed again with a mark")
