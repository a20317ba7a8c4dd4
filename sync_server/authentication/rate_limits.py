"""A limit on attempts by caller, in bounded memory."""

import threading
from collections import OrderedDict
from typing import Final

_WINDOW_MS: Final = 60_000
_CALLERS_KEPT: Final = 10_000


class RateLimit:
    """At most `attempts` a minute from one caller. Safe to use from many threads."""

    def __init__(self, attempts: int) -> None:
        self._attempts = attempts
        self._lock = threading.Lock()
        self._windows: OrderedDict[str, tuple[int, int]] = OrderedDict()

    def allows(self, caller: str, now_ms: int) -> bool:
        """Count an attempt and say whether it is within the limit."""
        with self._lock:
            began_ms, count = self._windows.pop(caller, (now_ms, 0))
            # A clock that was set back must not lock anybody out until it has caught up.
            if not 0 <= now_ms - began_ms < _WINDOW_MS:
                began_ms, count = now_ms, 0
            self._windows[caller] = (began_ms, count + 1)
            if len(self._windows) > _CALLERS_KEPT:
                self._windows.popitem(last=False)
            return count < self._attempts
