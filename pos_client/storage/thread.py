"""The one thread that owns the local database."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from pos_client.storage.store import Store

T = TypeVar("T")


class StorageThread:
    """Runs work on the store, one piece after the other, in the order in which it was asked."""

    def __init__(self) -> None:
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="storage")
        self._store: Store | None = None

    def run(self, work: Callable[[Store], T]) -> T:
        """Wait for `work(store)`; its errors are raised here. Not for the Qt thread."""
        return self._executor.submit(self._with_store, work).result()

    def run_first(self, work: Callable[[], T]) -> T:
        """Work on the storage thread before there is a store: opening it."""
        return self._executor.submit(work).result()

    def adopt(self, store: Store) -> None:
        """The store that `run` hands out from now on."""
        self._store = store

    def close(self) -> None:
        if self._store is not None:
            self._executor.submit(self._store.close).result()
        self._executor.shutdown(wait=True)

    def _with_store(self, work: Callable[[Store], T]) -> T:
        if self._store is None:
            raise RuntimeError
        return work(self._store)
