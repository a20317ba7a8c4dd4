"""Running the till's blocking sync code step by step: it stops at each thing that takes time.

The session blocks on storage and network. Here it runs on a thread of its own that hands every
such wish to the simulator and sleeps until that was granted. Exactly one of the two ever runs, so
the order of all steps is the simulator's alone. (Greenlets would do; they are no dependency.)
"""

import threading
from collections.abc import Callable
from typing import Any, Generic, TypeVar

W = TypeVar("W")


class Fibre(Generic[W]):
    """`start` and `resume` answer the next wish, None at the end; `failure` tells how it ended."""

    def __init__(self, body: Callable[["Fibre[W]"], None]) -> None:
        self._body = body
        # Bare locks: a semaphore costs ten times as much.
        self._granted = threading.Lock()
        self._asked = threading.Lock()
        self._granted.acquire()
        self._asked.acquire()
        self._wish: W | None = None
        self._answer: Any = None
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="fibre", daemon=True)
        self.failure: BaseException | None = None

    def start(self) -> W | None:
        self._thread.start()
        return self._next_wish()

    def resume(self, answer: object = None, error: BaseException | None = None) -> W | None:
        self._answer, self._error = answer, error
        self._granted.release()
        return self._next_wish()

    def ask(self, wish: W) -> Any:  # noqa: ANN401 - what comes back depends on the wish
        """On the fibre's own thread: wait until the simulator grants the wish."""
        self._wish = wish
        self._asked.release()
        self._granted.acquire()
        answer, error, self._answer, self._error = self._answer, self._error, None, None
        if error is not None:
            raise error
        return answer

    def _next_wish(self) -> W | None:
        self._asked.acquire()
        wish, self._wish = self._wish, None
        if wish is None:
            self._thread.join()
        return wish

    def _run(self) -> None:
        try:
            self._body(self)
        except BaseException as failure:  # noqa: BLE001 - told to the simulator
            self.failure = failure
        self._asked.release()
