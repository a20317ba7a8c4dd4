"""The commands that run until a signal says stop: the server and the worker."""

import contextlib
import gc
import resource
import signal
import threading
from argparse import Namespace
from collections.abc import Callable, Iterator
from typing import Final

import msgspec

from domain.wording import Wording
from sync_server.bootstrap import (
    bind,
    build_context,
    build_program,
    migrate_database,
    refuse_unready,
)
from sync_server.operations.command_line import RUN, WORKER
from sync_server.settings import ServerSettings
from sync_server.use_cases.context import Context
from sync_server.use_cases.jobs import JOBS
from sync_server.use_cases.scheduled import keep_working, run_due

_STOP_SECONDS: Final = 10
# Requests under way, the database's files, logs.
_FILES_BESIDE: Final = 512
_COLLECTED_AFTER: Final = (20_000, 50, 100)
_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


def serve(settings: ServerSettings, parsed: Namespace, wording: Wording) -> int:
    """Serve tills and head office; do the scheduled jobs too where the settings say so."""
    given = {"host": parsed.host, "port": parsed.port}
    changes = {name: value for name, value in given.items() if value is not None}
    settings = msgspec.structs.replace(settings, **changes)
    if parsed.migrate:
        migrate_database(settings)
    context = build_context(settings)
    with contextlib.closing(context.database):
        refuse_unready(context, wording.text("where.migrate"))
        with bind(settings) as listening, _jobs_beside(context, settings):
            host, port = listening.getsockname()[:2]
            address = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
            line = wording.text("run.listening", address=address)
            program = build_program(settings, context, lambda: print(line, flush=True))
            _collect_seldom()
            allow_files(settings.live_channels + _FILES_BESIDE)
            _end_calmly()
            program.run([listening])
    return 0


def _collect_seldom() -> None:
    """A batch makes a hundred thousand values, none in a cycle: looking for some took a fifth."""
    gc.freeze()
    gc.set_threshold(*_COLLECTED_AFTER)


def allow_files(wanted: int) -> None:
    """Let the process open so many files and sockets, as far as the system lets it.

    Linux begins with 1,024, and each live channel is one.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def _end_calmly() -> None:
    """Having closed down, uvicorn raises the signal once more: to be asked to stop is no fault."""
    for wanted in _SIGNALS:
        signal.signal(wanted, lambda _number, _frame: None)


@contextlib.contextmanager
def _jobs_beside(context: Context, settings: ServerSettings) -> Iterator[None]:
    """The worker's loop on a thread of the server."""
    if not settings.jobs_in_server:
        yield
        return
    stop = threading.Event()
    # A daemon: a job that hangs does not keep a server that was asked to stop.
    thread = threading.Thread(target=keep_working, args=(context, JOBS, stop), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(_STOP_SECONDS)


def work(settings: ServerSettings, parsed: Namespace, wording: Wording) -> int:
    """Do scheduled jobs, beside as many other workers as there may be."""
    context = build_context(settings)
    with contextlib.closing(context.database):
        refuse_unready(context, wording.text("where.migrate"))
        if parsed.once:
            print(wording.text("worker.done", jobs=" ".join(run_due(context, JOBS)) or "-"))
            return 0
        stop = threading.Event()
        for wanted in _SIGNALS:
            signal.signal(wanted, lambda _number, _frame: stop.set())
        print(wording.text("worker.works"), flush=True)
        keep_working(context, JOBS, stop)
    return 0


LONG_RUNNING: Final[dict[str, Callable[[ServerSettings, Namespace, Wording], int]]] = {
    RUN: serve,
    WORKER: work,
}
