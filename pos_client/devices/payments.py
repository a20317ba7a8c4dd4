"""The payments thread: owns every attempt that is not final, and what is owed to final ones.

It asks providers one after the other, so a till never has two requests for one bill in the air. At
a start it goes on with what it finds in the database: that is the whole of crash recovery. Payment
codes are in this thread's memory alone, for as long as it takes to use them.
"""

import logging
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import Final, TypeVar

from domain.errors import TillfoldError
from hardware.payments.port import (
    Attempt,
    Capabilities,
    DeclineCode,
    Declined,
    Outcome,
    PaymentProvider,
    Refund,
)
from pos_client.devices import payment_steps as steps
from pos_client.storage import payments
from pos_client.storage.payments import Money, PaymentAttempt, PaymentState
from pos_client.storage.store import Store
from pos_client.storage.thread import StorageClosedError, StorageThread

T = TypeVar("T")
_log = logging.getLogger(__name__)

Providers = Mapping[str, PaymentProvider]
# After a clock that jumped: nothing is due later than the longest pause there is.
LONGEST_WAIT_MS: Final = steps.CHECKS_MS[-1]
_DISK_PAUSE_S: Final = 2.0
_IDLE_S: Final = 60.0
_STOP_WAIT_S: Final = 15.0
_MS: Final = 1000
NOT_SET_UP: Final = "not_set_up"
FAILED: Final = "failed"


class PaymentsThread:
    """`close` closes the sale of a bill whose money is all there, or says what is to be written.

    `describe` is what a guest reads of the shop in the app.
    """

    def __init__(
        self,
        storage: StorageThread,
        make_providers: Callable[[], Providers],
        *,
        close: Callable[[PaymentAttempt], None],
        describe: Callable[[], str],
    ) -> None:
        self._storage = storage
        self._make_providers = make_providers
        self._close = close
        self._describe = describe
        self._codes: dict[str, str] = {}
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="payments", daemon=True)
        self._providers: Providers | None = None
        self.on_changed: Callable[[], None] = lambda: None

    def start(self) -> None:
        self._thread.start()

    def hand_over(self, attempt_id: str, code: str) -> None:
        """This code pays an attempt that is about to be written. From any thread."""
        with self._lock:
            self._codes[attempt_id] = code

    def forget(self, attempt_id: str) -> None:
        """The attempt was not written. From any thread."""
        with self._lock:
            self._codes.pop(attempt_id, None)

    def wake(self) -> None:
        """There may be something to do. May be called from any thread."""
        self._wake.set()

    def stop(self) -> None:
        """End after the request under way; the rest goes on after the next start."""
        self._stopping.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(_STOP_WAIT_S)

    def _loop(self) -> None:
        # The program is ending; what is open is found again at the next start.
        with suppress(StorageClosedError):
            while not self._stopping.is_set():
                self._wake.clear()
                try:
                    pause_s = self.step()
                except TillfoldError as error:
                    _log.warning("payments not written", extra={"code": error.code.value})
                    pause_s = _DISK_PAUSE_S
                self._wake.wait(pause_s)

    def step(self) -> float:
        """Do all that is due; answers after how many seconds there is more.

        Raises:
            TillfoldError: the disk refuses; nothing was asked that is not written.
            StorageClosedError: the program is ending.
        """
        if self._providers is None:
            self._providers = self._make_providers()
        for attempt in self._storage.run(_due):
            if self._stopping.is_set():
                break
            self._try_to_see_to(attempt)
        return self._storage.run(_pause_s)

    def _try_to_see_to(self, attempt: PaymentAttempt) -> None:
        """One that fails for a reason nobody foresaw comes again later, and keeps none waiting."""
        try:
            self._see_to(attempt)
        except (TillfoldError, StorageClosedError):
            raise
        except Exception as error:  # noqa: BLE001 - noted as failed, and logged by its kind
            _log.error("payment failed", extra={"error": type(error).__name__})
            self._note(attempt, lambda held, now: steps.postponed(held, FAILED, now))

    def _see_to(self, attempt: PaymentAttempt) -> None:
        if attempt.money is Money.HELD:
            self._close(attempt)
            self.on_changed()
            return
        provider = (self._providers or {}).get(attempt.provider)
        if provider is None:
            self.forget(attempt.attempt_id)
            self._note(attempt, self._without_provider)
            return
        can = provider.capabilities()
        if attempt.money is Money.RETURNING:
            outcome = provider.refund(_refund(attempt))
            self._note(attempt, lambda held, now: steps.returned(held, outcome, now))
        elif attempt.state is PaymentState.CREATED:
            self._begin(attempt, provider, can)
        elif attempt.state in payments.WAITING:
            self._ask(attempt, provider, can)
        elif attempt.state is PaymentState.CANCELLING:
            self._cancel(attempt, provider, can)
        else:
            outcome = provider.query(_asked(attempt))
            self._note(attempt, lambda held, now: steps.checked(held, outcome, now))

    def _begin(self, attempt: PaymentAttempt, provider: PaymentProvider, can: Capabilities) -> None:
        with self._lock:
            code = self._codes.pop(attempt.attempt_id, "")
        if not code:
            self._note(attempt, lambda held, _now: steps.never_sent(held))
            return
        written = self._note(attempt, lambda held, now: steps.submitted(held, now, can))
        if written is not None:
            wanted = _asked(written, code=code, description=self._describe())
            outcome = provider.start(wanted)
            self._note(written, lambda held, now: steps.started(held, outcome, now, can))

    def _ask(self, attempt: PaymentAttempt, provider: PaymentProvider, can: Capabilities) -> None:
        if self._storage.run(lambda store: _now(store) >= attempt.deadline_ms):
            written = self._note(attempt, lambda held, now: steps.cancelling(held, now, can))
            if written is not None and written.next_query_ms <= self._storage.run(_now):
                self._cancel(written, provider, can)
            return
        outcome = provider.query(_asked(attempt))
        self._note(attempt, lambda held, now: steps.queried(held, outcome, now, can))

    def _cancel(
        self, attempt: PaymentAttempt, provider: PaymentProvider, can: Capabilities
    ) -> None:
        outcome = provider.cancel(_asked(attempt))
        if isinstance(outcome, Declined) and outcome.code is DeclineCode.REFUSED:
            # It cannot be cancelled any more: then it has been decided, one way or the other.
            outcome = _decided(provider.query(_asked(attempt)))
        self._note(attempt, lambda held, now: steps.cancelled(held, outcome, now, can))

    @staticmethod
    def _without_provider(held: PaymentAttempt, now_ms: int) -> PaymentAttempt:
        """The keys cannot be read, or the contract was taken out while something was open."""
        if held.state is PaymentState.CREATED:
            return steps.never_sent(held, DeclineCode.MISCONFIGURED)
        return steps.postponed(held, NOT_SET_UP, now_ms)

    def _note(
        self, attempt: PaymentAttempt, step: Callable[[PaymentAttempt, int], PaymentAttempt]
    ) -> PaymentAttempt | None:
        """Write what became of it; None where a person was first. Insists while the disk refuses.

        What a provider answered must not be forgotten: asking again is right, but takes longer.
        """
        while True:
            try:
                written = self._storage.run(partial(_take_step, attempt=attempt, step=step))
            except TillfoldError as error:
                _log.warning("payment not written", extra={"code": error.code.value})
                if self._stopping.wait(_DISK_PAUSE_S):
                    raise StorageClosedError from error
            else:
                self.on_changed()
                return written


def _take_step(
    store: Store,
    attempt: PaymentAttempt,
    step: Callable[[PaymentAttempt, int], PaymentAttempt],
) -> PaymentAttempt | None:
    with store.write() as writing:
        held = payments.find(writing.connection, attempt.attempt_id)
        if held is None or (held.state, held.money) != (attempt.state, attempt.money):
            return None
        stepped = step(held, _now(store))
        payments.change(writing.connection, stepped)
    if (stepped.state, stepped.money) != (held.state, held.money):
        _log.info(
            "payment",
            extra={
                "attempt": stepped.attempt_id,
                "state": stepped.state.value,
                "money": stepped.money.value,
                "answer": stepped.last_answer,
            },
        )
    return stepped


def _due(store: Store) -> list[PaymentAttempt]:
    now_ms = _now(store)
    with store.read() as connection:
        due = [each for each in payments.owed(connection) if _wait_ms(each, now_ms) <= 0]
    # A guest's code is good for a minute, and stands before all that has waited already.
    return sorted(due, key=lambda each: each.state is not PaymentState.CREATED)


def _pause_s(store: Store) -> float:
    now_ms = _now(store)
    with store.read() as connection:
        waits = [_wait_ms(each, now_ms) for each in payments.owed(connection)]
    return max(0, min(waits)) / _MS if waits else _IDLE_S


def _wait_ms(attempt: PaymentAttempt, now_ms: int) -> int:
    wait_ms = attempt.next_query_ms - now_ms
    return 0 if wait_ms > LONGEST_WAIT_MS else wait_ms


def _now(store: Store) -> int:
    return store.trusted_time.now_ms()


def _asked(attempt: PaymentAttempt, *, code: str = "", description: str = "") -> Attempt:
    return Attempt(
        attempt_id=attempt.attempt_id,
        amount_fen=attempt.amount_fen,
        description=description,
        code=code,
        provider_ref=attempt.provider_ref,
    )


def _refund(attempt: PaymentAttempt) -> Refund:
    """One refund an attempt, whole: its id follows from the attempt's, so it is made once."""
    return Refund(
        refund_id=attempt.attempt_id,
        attempt_id=attempt.attempt_id,
        amount_fen=attempt.amount_fen,
        paid_fen=attempt.amount_fen,
    )


def _decided(outcome: Outcome) -> Outcome:
    """An answer to a question, as an answer to a cancellation."""
    if isinstance(outcome, Declined) and outcome.code in steps.SAYS_NO:
        return steps.NOTHING_PAID
    return outcome
