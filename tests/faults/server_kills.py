"""kill -9 of `sync-server run` at random moments of its start and of its work."""

import contextlib
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from random import Random  # noqa: TID251 - seeded: the same moments in every run
from typing import Final, NoReturn

from domain.identifiers import StoreId
from sync_server.__main__ import main as sync_server
from sync_server.bootstrap import build_context
from sync_server.settings import read_settings
from sync_server.use_cases import enrolment
from tests.builders.sync_client import SyncClient
from tests.builders.sync_server import BRAND, Clock, prepare
from tests.builders.terminal import TestTerminal
from tests.faults.pushing import BROKEN, PushingTill, compare
from tests.faults.report import Report, timed

_TILLS: Final = 3
_LARGEST_BATCH: Final = 30
# From the moment at which it listens, or has answered once.
_LONGEST_LIFE_S: Final = 0.2
# Going through all books after each kill takes the longer the more there is.
_KILLS_A_SERVER: Final = 25


def run(folder: Path, *, count: int, seed: int) -> Report:
    """Kill servers `count` times. Not for a process with threads: it forks."""
    random = Random(seed)
    with timed(Report(name="server killed", seed=seed)) as report:
        for server in range(-(-count // _KILLS_A_SERVER)):
            kills = min(_KILLS_A_SERVER, count - report.faults)
            _kill_one(folder / f"server-{server}", kills, random=random, report=report)
    return report


def _kill_one(folder: Path, kills: int, *, random: Random, report: Report) -> None:
    settings = _set_up(folder)
    with contextlib.ExitStack() as stack:
        tills = [
            PushingTill(SyncClient("http://127.0.0.1", TestTerminal(f"till-{n}")), n)
            for n in range(_TILLS)
        ]
        for till in tills:
            stack.callback(till.client.close)
        with _serving(folder, settings) as url:
            for till in tills:
                till.point_at(url)
                till.client.enrol(_new_code(settings, f"A{till.number}"))
        for _ in range(kills):
            _live_and_die(folder, settings, tills, random=random, report=report)
            _look(settings, tills, report)
        with _serving(folder, settings) as url:
            for till in tills:
                till.point_at(url)
                till.push()
        _look(settings, tills, report)
        report.acknowledged += sum(till.acknowledged for till in tills)


def _set_up(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    settings = folder / "server.toml"
    database = folder / "server.db"
    settings.write_text(f'database = "{database}"\nport = 0\nlog_level = "ERROR"\n')
    context = prepare(read_settings(settings), Clock())
    context.database.close()
    return settings


def _new_code(settings: Path, label: str) -> str:
    context = build_context(read_settings(settings))
    with contextlib.closing(context.database):
        return enrolment.issue_code(context, BRAND, StoreId("A"), label).code


def _live_and_die(
    folder: Path, settings: Path, tills: list[PushingTill], *, random: Random, report: Report
) -> None:
    """Start a server, push to it as fast as can be, and kill it at some moment in between."""
    with _serving(folder, settings) as url:
        server = _pid(folder)
        signal.signal(signal.SIGALRM, lambda _number, _frame: os.kill(server, signal.SIGKILL))
        for till in tills:
            till.point_at(url)
        before = sum(till.acknowledged for till in tills)
        if report.faults % 2:
            # Every other server lives until it has answered, however slow the machine is.
            tills[0].sell(1)
            tills[0].push()
        signal.setitimer(signal.ITIMER_REAL, random.uniform(0.001, _LONGEST_LIFE_S))
        try:
            while True:
                till = random.choice(tills)
                till.sell(random.randint(1, _LARGEST_BATCH))
                till.push()
        except BROKEN:
            report.faults += 1
    answered = sum(till.acknowledged for till in tills) > before
    report.saw("while serving" if answered else "before the first answer")


@contextlib.contextmanager
def _serving(folder: Path, settings: Path) -> Iterator[str]:
    """The real program in a process of its own, forked so that 200 starts take no minutes."""
    hear, speak = os.pipe()
    server = os.fork()
    if server == 0:
        os.close(hear)
        _be_a_server(folder, settings, speak)
    os.close(speak)
    (folder / "server.pid").write_text(str(server))
    try:
        with os.fdopen(hear, encoding="utf-8") as said:
            line = said.readline()
            assert "listening on" in line, (folder / "server.log").read_text()
            yield line.split()[-1]
    finally:
        os.kill(server, signal.SIGKILL)
        os.waitpid(server, 0)


def _pid(folder: Path) -> int:
    return int((folder / "server.pid").read_text())


def _be_a_server(folder: Path, settings: Path, speak: int) -> NoReturn:
    try:
        log = os.open(folder / "server.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(speak, 1)
        os.dup2(log, 2)
        os._exit(sync_server(["--settings", str(settings), "run"]))
    finally:
        os._exit(1)


def _look(settings: Path, tills: list[PushingTill], report: Report) -> None:
    context = build_context(read_settings(settings))
    with contextlib.closing(context.database):
        compare(context, BRAND, tills, report)
