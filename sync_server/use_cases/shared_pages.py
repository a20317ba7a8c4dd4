"""Pages of the feed that many tills ask for at once.

Told of a change, all tills of a store ask for the rows behind the same cursor. What they get is the
same as long as the brand's version is: rows and sums change only under a new one. So the first
answer serves them all.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from domain.identifiers import StoreId
from domain.protocol import FeedRow, ScopeSum
from sync_server.database.brands import Brand

# Far more than changed since a till that listens has asked last; longer pages are for one till.
NEAR_VERSIONS: Final = 500
_MOST_PAGES: Final = 64
_LOCKS: Final = 16


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """All that an answer depends on; the brand with its history and its version."""

    brand: Brand
    store_id: StoreId
    cursor: int
    began: int
    limit: int

    @property
    def is_near(self) -> bool:
        return self.brand.version - self.cursor <= NEAR_VERSIONS


class Shared(msgspec.Struct, frozen=True, kw_only=True):
    """Rows, and the cursor behind them where more follow; else what all rows add up to."""

    rows: Sequence[FeedRow]
    following: int | None
    sums: tuple[ScopeSum, ...] = ()


class SharedPages:
    """The last pages of a process. From any thread."""

    def __init__(self) -> None:
        self._held: OrderedDict[Asked, Shared] = OrderedDict()
        self._holding = threading.Lock()
        self._reading = tuple(threading.Lock() for _ in range(_LOCKS))

    def get(self, asked: Asked, read: Callable[[], Shared]) -> Shared:
        """The page; of those who ask for it at the same time one reads it, the others wait."""
        if not asked.is_near:
            return read()
        with self._reading[hash(asked) % _LOCKS]:
            found = self._find(asked)
            if found is None:
                found = read()
                self._keep(asked, found)
            return found

    def _find(self, asked: Asked) -> Shared | None:
        with self._holding:
            return self._held.get(asked)

    def _keep(self, asked: Asked, page: Shared) -> None:
        with self._holding:
            self._held[asked] = page
            if len(self._held) > _MOST_PAGES:
                self._held.popitem(last=False)
