"""Runs operations off the Qt thread and brings their results back to it."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot

from domain.errors import TillfoldError

T = TypeVar("T")
_log = logging.getLogger(__name__)


class Background(QObject):
    """Three workers: for short operations in the order asked, for long ones, for remote ones.

    Long ones are imports, remote ones wait for the server.

    Callbacks run on the thread that made this object. An error that is no TillfoldError is a
    fault of ours: it is raised on the Qt thread, where the program's last handler sees it.
    """

    _returned = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._short = ThreadPoolExecutor(1, thread_name_prefix="operation")
        self._long = ThreadPoolExecutor(1, thread_name_prefix="long-operation")
        self._remote = ThreadPoolExecutor(1, thread_name_prefix="remote-operation")
        self._returned.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def run(
        self,
        operation: Callable[[], T],
        on_done: Callable[[T], None],
        on_error: Callable[[TillfoldError], None],
    ) -> None:
        self._short.submit(self._work, operation, on_done, on_error)

    def run_long(
        self,
        operation: Callable[[], T],
        on_done: Callable[[T], None],
        on_error: Callable[[TillfoldError], None],
    ) -> None:
        self._long.submit(self._work, operation, on_done, on_error)

    def run_remote(
        self,
        operation: Callable[[], T],
        on_done: Callable[[T], None],
        on_error: Callable[[TillfoldError], None],
    ) -> None:
        self._remote.submit(self._work, operation, on_done, on_error)

    def call(self, callback: Callable[[], None]) -> None:
        """Run `callback` on the Qt thread; may be called from any thread."""
        self._returned.emit(callback)

    def close(self) -> None:
        """Finish what runs, drop what waits."""
        self._short.shutdown(wait=True, cancel_futures=True)
        self._long.shutdown(wait=True, cancel_futures=True)
        self._remote.shutdown(wait=True, cancel_futures=True)

    def _work(
        self,
        operation: Callable[[], T],
        on_done: Callable[[T], None],
        on_error: Callable[[TillfoldError], None],
    ) -> None:
        try:
            result = operation()
        except TillfoldError as error:
            refused = error
            self._returned.emit(lambda: on_error(refused))
        except Exception as error:  # noqa: BLE001 - carried to the Qt thread and raised there
            fault = error
            self._returned.emit(lambda: _raise(fault))
        else:
            self._returned.emit(lambda: on_done(result))

    @Slot(object)
    def _deliver(self, callback: Callable[[], None]) -> None:
        callback()


def _raise(fault: Exception) -> None:
    raise fault
