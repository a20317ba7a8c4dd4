"""Asking the server for a hold, with a limit on the whole wait: a guest stands at the counter."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as OutOfTimeError
from typing import Final

from domain.allowances.messages import AuthoriseAnswer, AuthoriseRequest
from domain.errors import TillfoldError
from pos_client.sync.transport import Transport

WAIT_S: Final = 1.5
# How soon to ask again where other tills were asked to give back.
_AGAIN_AFTER_S: Final = 0.25

Ask = Callable[[AuthoriseRequest], AuthoriseAnswer | None]


class Authoriser:
    """One connection of its own. `ask` may block its caller for WAIT_S, never longer."""

    def __init__(self, make_transport: Callable[[], Transport]) -> None:
        self._make_transport = make_transport
        self._transport: Transport | None = None
        self._closing = threading.Event()
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="authorise")

    def ask(self, request: AuthoriseRequest) -> AuthoriseAnswer | None:
        """The server's answer; None where it did not come in time, or was none of ours."""
        deadline_s = time.monotonic() + WAIT_S
        answer = self._ask_once(request, deadline_s)
        while answer is not None and answer.recalled and not answer.granted:
            if time.monotonic() + _AGAIN_AFTER_S >= deadline_s:
                break
            if self._closing.wait(_AGAIN_AFTER_S):
                break
            answer = self._ask_once(request, deadline_s) or answer
        return answer

    def stop(self) -> None:
        self._closing.set()
        self._drop()
        self._executor.shutdown(wait=True)

    def _ask_once(self, request: AuthoriseRequest, deadline_s: float) -> AuthoriseAnswer | None:
        if self._closing.is_set():
            return None
        transport = self._transport = self._transport or self._make_transport()
        asked: Future[AuthoriseAnswer] = self._executor.submit(transport.authorise, request)
        try:
            return asked.result(max(0.0, deadline_s - time.monotonic()))
        except OutOfTimeError:
            self._drop()
            return None
        except TillfoldError:
            return None

    def _drop(self) -> None:
        """Break off what is under way; the next question has a connection of its own."""
        transport, self._transport = self._transport, None
        if transport is not None:
            transport.interrupt()
            self._executor.submit(transport.close)
