"""The one thread that owns the local database."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from pos_client.storage.store import Store

T = TypeVar("T")


class StorageClosedError(Exception):
    """The program is ending: whoever still works beside the storage ends too."""


class StorageThread:
    """Runs work on the store, one piece after the other, in the order in which it was asked.

    Raises:
        StorageClosedError: for any work after `close`.
    """

    def __init__(self) -> None:
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="storage")
        self._store: Store | None = None
        self._closing = threading.Lock()
        self._closed = False
        # Asked for and not begun. Both sides hold the lock to change it.
        self._waiting = 0

    def run(self, work: Callable[[Store], T]) -> T:
        """Wait for `work(store)`; its errors are raised here. Not for the Qt thread."""
        return self._submit(lambda: self._with_store(work)).result()

    def run_first(self, work: Callable[[], T]) -> T:
        """Work on the storage thread before there is a store: opening it."""
        return self._submit(work).result()

    def is_wanted(self) -> bool:
        """Whether work waits behind what runs now: long work then ends at its next good place."""
        return self._waiting > 0

    def adopt(self, store: Store) -> None:
        """The store that `run` hands out from now on."""
        self._store = store

    def close(self) -> None:
        """Finish what was asked before, then close the files."""
        with self._closing:
            if self._closed:
                return
            self._closed = True
            self._waiting += 1  # for good
        if self._store is not None:
            self._executor.submit(self._store.close).result()
        self._executor.shutdown(wait=True)

    def _submit(self, work: Callable[[], T]) -> "Future[T]":
        with self._closing:
            if self._closed:
                raise StorageClosedError
            self._waiting += 1
            return self._executor.submit(self._begun, work)

    def _begun(self, work: Callable[[], T]) -> T:
        with self._closing:
            self._waiting -= 1
        return work()

    def _with_store(self, work: Callable[[Store], T]) -> T:
        if self._store is None:
            raise RuntimeError
        return work(self._store)
