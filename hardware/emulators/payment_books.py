"""The books of an emulated payment provider, and the faults that its gateway is told to have."""

import threading
from collections import deque
from enum import StrEnum
from typing import Final

import msgspec

OPEN: Final = "open"
PAID: Final = "paid"
CLOSED: Final = "closed"


class Fault(StrEnum):
    """What happens to one request. Those that end in `_PAID` moved the money first."""

    NONE = "none"
    GUEST_CONFIRMS = "guest_confirms"  # the guest is asked, and confirms before the next question
    GUEST_HESITATES = "guest_hesitates"  # the guest is asked, and confirms after two questions
    GUEST_LEAVES = "guest_leaves"  # the guest is asked, and confirms only with `confirm_all`
    DROPPED = "dropped"  # the connection breaks before anything happened
    DROPPED_PAID = "dropped_paid"
    SLOW = "slow"  # the request arrives when nobody waits any more
    SLOW_PAID = "slow_paid"
    FAILED = "failed"  # the system says that it has an error
    FAILED_PAID = "failed_paid"
    FORGED_PAID = "forged_paid"  # the signature under the answer is wrong
    GARBLED_PAID = "garbled_paid"
    TWICE = "twice"  # the answer is sent two times
    LATE = "late"  # nothing now; the payment comes through after it was cancelled
    NO_MONEY = "no_money"
    OLD_CODE = "old_code"


MOVES_FIRST: Final = frozenset(
    {
        Fault.NONE,
        Fault.DROPPED_PAID,
        Fault.SLOW,
        Fault.SLOW_PAID,
        Fault.FAILED_PAID,
        Fault.FORGED_PAID,
        Fault.GARBLED_PAID,
        Fault.TWICE,
    }
)
ASKS_THE_GUEST: Final = {Fault.GUEST_CONFIRMS: 1, Fault.GUEST_HESITATES: 2, Fault.GUEST_LEAVES: 0}


class Trade(msgspec.Struct, kw_only=True):
    """`questions_left` until the guest confirms; 0: never. `late`: is paid once it is closed."""

    amount_fen: int
    reference: str
    state: str = OPEN
    questions_left: int = 0
    late: bool = False
    refunds: dict[str, int] = {}

    @property
    def refunded_fen(self) -> int:
        return sum(self.refunds.values())

    @property
    def net_fen(self) -> int:
        return (self.amount_fen if self.state == PAID else 0) - self.refunded_fen


class PaymentBooks:
    """What the provider holds, whatever it answers. May be asked from any thread."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._scripts: dict[str, deque[Fault]] = {}
        self.trades: dict[str, Trade] = {}
        self.asked: list[str] = []

    def script(self, operation: str, *faults: Fault) -> None:
        """The next requests of this kind go so; `pay`, `query`, `cancel` or `refund`."""
        with self._lock:
            self._scripts.setdefault(operation, deque()).extend(faults)

    def next_fault(self, operation: str) -> Fault:
        with self._lock:
            self.asked.append(operation)
            waiting = self._scripts.get(operation)
            return waiting.popleft() if waiting else Fault.NONE

    def net_fen(self) -> int:
        """Approved less refunded."""
        with self._lock:
            return sum(trade.net_fen for trade in self.trades.values())

    def net_by_trade(self) -> dict[str, int]:
        with self._lock:
            return {name: trade.net_fen for name, trade in self.trades.items() if trade.net_fen}

    def pay(self, trade_id: str, amount_fen: int, fault: Fault) -> Trade | None:
        """The first request decides; a repeated one finds what there is. None: nothing happened."""
        with self._lock:
            known = self.trades.get(trade_id)
            if known is not None:
                return known
            if fault in {Fault.NO_MONEY, Fault.OLD_CODE, Fault.DROPPED, Fault.FAILED}:
                return None
            made = Trade(amount_fen=amount_fen, reference=f"4200{len(self.trades):024d}")
            made.state = PAID if fault in MOVES_FIRST else OPEN
            made.questions_left = ASKS_THE_GUEST.get(fault, 0)
            made.late = fault is Fault.LATE
            self.trades[trade_id] = made
            return made

    def look(self, trade_id: str) -> Trade | None:
        """A question: each brings the guest nearer to confirming."""
        with self._lock:
            trade = self.trades.get(trade_id)
            if trade is not None and trade.state == OPEN and trade.questions_left:
                trade.questions_left -= 1
                if not trade.questions_left:
                    trade.state = PAID
            return trade

    def confirm_all(self) -> None:
        """The guests type their passwords."""
        with self._lock:
            for trade in self.trades.values():
                if trade.state == OPEN:
                    trade.state = PAID

    def close_unknown(self, trade_id: str) -> None:
        """A trade that is not there can no longer be paid."""
        with self._lock:
            self.trades.setdefault(trade_id, Trade(amount_fen=0, reference="", state=CLOSED))

    def cancel(self, trade_id: str) -> Trade | None:
        """Close what is open, give back what was paid; None where there is no such trade."""
        with self._lock:
            trade = self.trades.get(trade_id)
            if trade is None:
                return None
            if trade.state == PAID:
                trade.refunds.setdefault("cancelled", trade.amount_fen - trade.refunded_fen)
            elif trade.late:
                trade.state, trade.late = PAID, False
            else:
                trade.state = CLOSED
            return trade

    def refund(self, trade_id: str, refund_id: str, amount_fen: int) -> bool:
        """Once for each `refund_id`; never more than was paid."""
        with self._lock:
            trade = self.trades.get(trade_id)
            if trade is None or trade.state != PAID:
                return False
            if refund_id in trade.refunds:
                return True
            if trade.net_fen < amount_fen:
                return False
            trade.refunds[refund_id] = amount_fen
            return True
