"""An asynchronous standby that lagged takes over: real tills bring what it lacks, by themselves."""

import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random  # noqa: TID251 - seeded: the same moments in every run
from typing import Final

from sqlalchemy import Connection

from domain.identifiers import MemberId, StoreId
from sync_server.bootstrap import build_context
from sync_server.use_cases import enrolment
from sync_server.use_cases.books import points_balances
from sync_server.use_cases.context import Context
from sync_server.use_cases.head_office import decide
from sync_server.use_cases.verification import verify
from tests.builders.sync_server import BRAND, Clock, prepare
from tests.builders.till import RICE, configured, staffed
from tests.faults.postgresql import Postgresql, fresh_postgresql
from tests.faults.postgresql_faults import served, settings_of
from tests.faults.report import Report, timed
from tests.harness.network import Cable
from tests.pos_client.sync.joined import JoinedTill, enrol

_POINTS_A_SALE: Final = 3
_PATIENCE_S: Final = 60.0
_LOOK_AGAIN_S: Final = 0.2


class SellingTill:
    """A real till with its threads, and one member whose points count its sales."""

    def __init__(self, folder: Path, number: int) -> None:
        self.till = JoinedTill(folder / f"till-{number}")
        self.number = number
        self.member = MemberId("")
        self.sales = 0

    def join(self, context: Context, url: str) -> None:
        code = enrolment.issue_code(context, BRAND, StoreId("A"), f"A{self.number}").code
        self.till.join(url, code)
        self.till.wait(lambda: self.till.machinery.counter.home().staffed, "the staff is here")
        self.member = enrol(self.till, f"1380013{self.number:04}")

    def sell(self, count: int) -> None:
        for _ in range(count):
            self.till.sell(RICE, total_fen=300, member=self.member)
        self.sales += count


def run(folder: Path, *, count: int, seed: int) -> Report:
    random = Random(seed)
    with timed(Report(name="standby that lagged", seed=seed)) as report:
        for turn in range(count):
            own = folder / f"turn-{turn}"
            own.mkdir(parents=True)
            with fresh_postgresql(2) as (first, second):
                prepare(settings_of(own, first.begin()), Clock()).database.close()
                _lose(own, first, second, random=random, report=report)
    return report


def _lose(
    folder: Path, first: Postgresql, second: Postgresql, *, random: Random, report: Report
) -> None:
    with Cable(0) as cable, _tills(folder) as tills:
        first.standby(second)
        first.wait_for_standby(synchronous=False)
        with served(folder, first) as url, _context(folder, first) as context:
            cable.lead_to(_port(url))
            decide(context, BRAND, [*staffed(), *configured()], actor="hq")
            for each in tills:
                each.join(context, cable.url)
            _sell(tills, random, report)
            first.wait_until_followed(second)
            second.stop()
            _sell(tills, random, report)
            first.kill()
        cable.cut()
        for each in tills:
            each.sell(random.randint(0, 3))
        second.start(standing_by=True)
        second.promote()
        report.faults += 1
        with served(folder, second) as url, _context(folder, second) as context:
            cable.lead_to(_port(url))
            _note_lost(context, tills, report)
            cable.join()
            _heal(context, tills, report)


def _sell(tills: Sequence[SellingTill], random: Random, report: Report) -> None:
    """Sales that the server has acknowledged, to each till by receipt and page."""
    for each in tills:
        count = random.randint(1, 12)
        each.sell(count)
        report.acknowledged += count
    for each in tills:
        each.till.wait_for_quiet()


def _note_lost(context: Context, tills: Sequence[SellingTill], report: Report) -> None:
    """Without such a loss the run would prove nothing."""
    offline = sum(each.till.status().sync.waiting for each in tills)
    lost = sum(each.sales for each in tills) - offline - sum(_sales(context, tills))
    for _ in range(lost):
        report.saw("acknowledged sales that the standby lacked")


def _heal(context: Context, tills: Sequence[SellingTill], report: Report) -> None:
    """Nothing new is sold: the tills find by themselves what is missing."""
    with contextlib.suppress(TimeoutError):
        _until(lambda: _sales(context, tills) == [each.sales for each in tills], tills)
        _until(lambda: all(each.till.status().sync.waiting == 0 for each in tills), tills)
        _until(lambda: all(_shows_all(one, tills) for one in tills), tills)
    for each, held in zip(tills, _sales(context, tills), strict=True):
        report.lost += max(0, each.sales - held)
        report.doubled += max(0, held - each.sales)
    report.damaged += len(verify(context, BRAND).findings)
    report.damaged += sum(not _shows_all(one, tills) for one in tills)


def _sales(context: Context, tills: Sequence[SellingTill]) -> list[int]:
    def work(connection: Connection) -> dict[str, int]:
        return dict(points_balances(connection, BRAND))

    points = context.database.read(work, brand=BRAND)
    return [points.get(each.member, 0) // _POINTS_A_SALE for each in tills]


def _shows_all(one: SellingTill, tills: Sequence[SellingTill]) -> bool:
    counter = one.till.machinery.counter
    return all(
        counter.open_member(each.member).guest.points == each.sales * _POINTS_A_SALE
        for each in tills
    )


def _until(condition: Callable[[], bool], tills: Sequence[SellingTill]) -> None:
    """As time passes a till asks again by itself; here it is asked to.

    Raises:
        TimeoutError: it did not come about.
    """
    give_up = time.monotonic() + _PATIENCE_S
    while not condition():
        if time.monotonic() > give_up:
            raise TimeoutError
        for each in tills:
            each.till.machinery.sync_now()
        tills[0].till.changed.wait(_LOOK_AGAIN_S)
        tills[0].till.changed.clear()


@contextlib.contextmanager
def _tills(folder: Path) -> Iterator[list[SellingTill]]:
    tills = [SellingTill(folder, number) for number in range(2)]
    try:
        yield tills
    finally:
        for each in tills:
            each.till.close()


@contextlib.contextmanager
def _context(folder: Path, database: Postgresql) -> Iterator[Context]:
    context = build_context(settings_of(folder, database))
    with contextlib.closing(context.database):
        yield context


def _port(url: str) -> int:
    return int(url.rpartition(":")[2])
