"""When to talk to the server: at the start, after each local entry, when the live channel says so.

Failed exchanges are tried again with growing pauses up to half a minute, each cut short by chance;
no state waits for a new local entry to wake it (four PowerSync SDKs had that fault).
"""

import logging
import threading
from collections.abc import Callable, Iterator
from typing import Final

from domain.errors import ErrorCode, TillfoldError
from pos_client.storage.thread import StorageClosedError
from pos_client.sync.board import SyncBoard
from pos_client.sync.session import Session
from pos_client.sync.transport import Transport
from pos_client.time_and_chance import Entropy

_log = logging.getLogger(__name__)

POLL_S: Final = 30.0
FIRST_PAUSE_S: Final = 1.0
LONGEST_PAUSE_S: Final = 30.0
_STOP_WAIT_S: Final = 10.0


class SyncThread:
    """One thread that exchanges, one that listens to the live channel and wakes it."""

    def __init__(
        self,
        session: Session,
        board: SyncBoard,
        make_transport: Callable[[], Transport],
        *,
        entropy: Entropy,
    ) -> None:
        self._session = session
        self._board = board
        self._make_transport = make_transport
        self._entropy = entropy
        self._live: Transport | None = None
        self._live_lock = threading.Lock()
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._exchange = threading.Thread(target=self._exchange_loop, name="sync", daemon=True)
        self._listen = threading.Thread(target=self._listen_loop, name="live", daemon=True)

    def start(self) -> None:
        self._exchange.start()
        self._listen.start()

    def wake(self) -> None:
        """There is something to push or to pull. May be called from any thread."""
        self._wake.set()

    def stop(self) -> None:
        """Break off what is under way and end both threads; what was laid down stays."""
        self._stopping.set()
        self._wake.set()
        self._session.interrupt()
        with self._live_lock:
            if self._live is not None:
                self._live.interrupt()
        self._exchange.join(_STOP_WAIT_S)
        self._listen.join(_STOP_WAIT_S)

    def _exchange_loop(self) -> None:
        try:
            self._exchange_until_stopped()
        except StorageClosedError:
            pass  # the program is ending
        finally:
            self._session.close()

    def _exchange_until_stopped(self) -> None:
        pause_s = 0.0
        while not self._stopping.is_set():
            self._wake.clear()
            try:
                self._run_session()
            except TillfoldError as error:
                if self._stopping.is_set():
                    return
                self._note_failure(error)
                pause_s = min(LONGEST_PAUSE_S, max(FIRST_PAUSE_S, pause_s * 2))
                self._wake.wait(self._spread(pause_s))
                continue
            pause_s = 0.0
            self._board.succeeded()
            self._wake.wait(self._spread(POLL_S))

    def _run_session(self) -> None:
        try:
            self._session.run(self._board.progress, self._stopping.is_set)
        except (TillfoldError, StorageClosedError):
            raise
        except Exception as fault:
            # A fault of ours must not end the exchange for good: it is noted, and tried again.
            _log.critical("sync fault", extra={"error": type(fault).__name__})
            raise TillfoldError(ErrorCode.SERVER_FAILED) from fault

    def _note_failure(self, error: TillfoldError) -> None:
        """Log a change of state once, not every attempt."""
        held = self._board.contact
        if held.online is not False or held.error is not error.code:
            _log.warning("sync failed", extra={"code": error.code.value})
        self._board.failed(error)

    def _listen_loop(self) -> None:
        pause_s = FIRST_PAUSE_S
        while not self._stopping.is_set():
            try:
                for _head in self._live_heads():
                    pause_s = FIRST_PAUSE_S
                    self._wake.set()
            except TillfoldError as error:
                if error.code is not ErrorCode.SERVER_UNREACHABLE:
                    _log.info("live channel refused", extra={"code": error.code.value})
            # Without the channel the exchange still polls.
            self._stopping.wait(self._spread(pause_s))
            pause_s = min(LONGEST_PAUSE_S, pause_s * 2)

    def _spread(self, pause_s: float) -> float:
        """Half to all of a pause: tills that lost a server together do not return together."""
        return pause_s * (256 + self._entropy.bytes(1)[0]) / 511

    def _live_heads(self) -> Iterator[int]:
        with self._make_transport() as transport:
            with self._live_lock:
                if self._stopping.is_set():
                    return
                self._live = transport
            yield from transport.live()
