"""What every use case is handed by the bootstrap: database, keys, time, entropy."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from domain.identifiers import ENTROPY_BYTES, BrandId, new_identifier
from sync_server.authentication.keys import ServerKeys
from sync_server.database.connection import Database
from sync_server.use_cases.shared_pages import SharedPages


class HeadBoard:
    """The heads of the brands' feeds as last committed here, for those who wait for news.

    Listeners are called on the thread that committed and must return at once. `tell_others` lets
    the other processes know.
    """

    def __init__(self, tell_others: Callable[[BrandId, int], None] | None = None) -> None:
        self._tell_others = tell_others
        self._lock = threading.Lock()
        self._listeners: set[Callable[[BrandId, int], None]] = set()

    def announce(self, brand_id: BrandId, head: int) -> None:
        with self._lock:
            listeners = tuple(self._listeners)
        for listener in listeners:
            listener(brand_id, head)
        if self._tell_others is not None:
            self._tell_others(brand_id, head)

    def listen(self, listener: Callable[[BrandId, int], None]) -> None:
        with self._lock:
            self._listeners.add(listener)

    def leave(self, listener: Callable[[BrandId, int], None]) -> None:
        with self._lock:
            self._listeners.discard(listener)


@dataclass(frozen=True, kw_only=True)
class Context:
    """`now_ms` answers Unix milliseconds; `entropy(count)` that many unguessable bytes.

    A brand with more members than `members_on_till` feeds each store those that it meets.
    """

    database: Database
    keys: ServerKeys
    now_ms: Callable[[], int]
    entropy: Callable[[int], bytes]
    heads: HeadBoard = field(default_factory=HeadBoard)
    pages: SharedPages = field(default_factory=SharedPages)
    members_on_till: int = 200_000

    def new_identifier(self) -> str:
        return new_identifier(self.now_ms(), self.entropy(ENTROPY_BYTES))
