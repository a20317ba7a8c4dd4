"""PostgreSQL killed in the middle of pushes, and a standby promoted in its place."""

import contextlib
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random  # noqa: TID251 - seeded: the same moments in every run
from typing import Final

from domain.errors import ErrorCode
from domain.identifiers import StoreId
from sync_server.bootstrap import build_context
from sync_server.settings import ServerSettings
from sync_server.use_cases import enrolment
from tests.builders.sync_client import Refused, SyncClient
from tests.builders.sync_server import BRAND, Clock, prepare
from tests.builders.terminal import TestTerminal
from tests.faults.postgresql import Postgresql, fresh_postgresql
from tests.faults.pushing import BROKEN, PushingTill, compare
from tests.faults.report import Report, timed
from tests.harness.process import Program

_TILLS: Final = 4
_LARGEST_BATCH: Final = 20
_LONGEST_LIFE_S: Final = 0.6
_JOIN_S: Final = 60.0


def kill_database(folder: Path, *, count: int, seed: int) -> Report:
    """kill -9 of PostgreSQL with all its processes, under a server that goes on."""
    random = Random(seed)
    with timed(Report(name="PostgreSQL killed", seed=seed)) as report, fresh_postgresql() as (own,):
        own.begin()
        with _joined(folder, own) as tills, served(folder, own) as url:
            for _ in range(count):
                _kill_under_load(own, tills, url, random=random, report=report)
                own.start()
                _look(folder, own, tills, report)
            _push_the_rest(tills, url)
            _look(folder, own, tills, report)
            report.acknowledged = sum(till.acknowledged for till in tills)
    return report


def promote_standby(folder: Path, *, count: int, seed: int) -> Report:
    """A synchronous standby takes over from a server that was killed under load."""
    random = Random(seed)
    with timed(Report(name="standby promoted", seed=seed)) as report:
        for turn in range(count):
            own = folder / f"turn-{turn}"
            own.mkdir(parents=True)
            with fresh_postgresql(2) as (first, second):
                _promote(own, first.begin(), second, random=random, report=report)
    return report


def _promote(
    folder: Path, first: Postgresql, second: Postgresql, *, random: Random, report: Report
) -> None:
    with _joined(folder, first) as tills:
        first.standby(second)
        first.wait_for_standby(synchronous=True)
        with served(folder, first) as url:
            _kill_under_load(first, tills, url, random=random, report=report)
        second.promote()
        _look(folder, second, tills, report)
        with served(folder, second) as url:
            _push_the_rest(tills, url)
        _look(folder, second, tills, report)
        report.acknowledged += sum(till.acknowledged for till in tills)


def settings_of(folder: Path, database: Postgresql) -> ServerSettings:
    return ServerSettings(database=database.address, key_file=str(folder / "server.key"), port=0)


@contextlib.contextmanager
def _joined(folder: Path, database: Postgresql) -> Iterator[list[PushingTill]]:
    """A brand in an empty database, and tills of it."""
    folder.mkdir(parents=True, exist_ok=True)
    context = prepare(settings_of(folder, database), Clock())
    with contextlib.closing(context.database), contextlib.ExitStack() as stack:
        tills = []
        for number in range(_TILLS):
            terminal = TestTerminal(f"till-{number}")
            code = enrolment.issue_code(context, BRAND, StoreId("A"), f"A{number}").code
            terminal.become(enrolment.enrol(context, terminal.enrol_request(code)))
            client = stack.enter_context(SyncClient("http://127.0.0.1", terminal))
            tills.append(PushingTill(client, number))
        yield tills


@contextlib.contextmanager
def served(folder: Path, database: Postgresql) -> Iterator[str]:
    """`sync-server run` on this database, as a process; its address."""
    settings = settings_of(folder, database)
    file = folder / "server.toml"
    file.write_text(
        f'database = "{settings.database}"\nkey_file = "{settings.key_file}"\nport = 0\n'
    )
    arguments = ["--settings", str(file), "run"]
    program = Program("sync_server", arguments, log=folder / "server.log")
    try:
        yield program.line_with("listening on").split()[-1]
    finally:
        program.stop()


def _kill_under_load(
    database: Postgresql,
    tills: Sequence[PushingTill],
    url: str,
    *,
    random: Random,
    report: Report,
) -> None:
    """All tills push at once, until each is refused because the database is gone."""
    under_load = threading.Event()
    with ThreadPoolExecutor(len(tills)) as pool:
        pushing = [
            pool.submit(_push_until_refused, till, url, Random(random.random()), under_load)
            for till in tills
        ]
        assert under_load.wait(_JOIN_S)
        threading.Event().wait(random.uniform(0, _LONGEST_LIFE_S))  # the moment of the fault
        database.kill()
        for one in pushing:
            one.result(_JOIN_S)
    report.faults += 1


def _push_until_refused(
    till: PushingTill, url: str, random: Random, answered: threading.Event
) -> None:
    till.point_at(url)
    try:
        while True:
            till.sell(random.randint(1, _LARGEST_BATCH))
            till.push()
            answered.set()
    except BROKEN:
        pass
    except Refused as refused:
        if refused.code is not ErrorCode.SERVER_FAILED:
            raise


def _push_the_rest(tills: Sequence[PushingTill], url: str) -> None:
    for till in tills:
        till.point_at(url)
        till.push()


def _look(folder: Path, database: Postgresql, tills: Sequence[PushingTill], report: Report) -> None:
    context = build_context(settings_of(folder, database))
    with contextlib.closing(context.database):
        compare(context, BRAND, tills, report)
