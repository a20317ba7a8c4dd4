"""A stored-value account: sums of its ledger lines, and the balance that follows from them.

Everything in it is a sum or a maximum, so that lines may come in any order. A balance below zero is
debt; the fold refuses nothing.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, Final

import msgspec

from domain.cases.decided import Decisions
from domain.identifiers import AccountId, PlanId, StoreId, TerminalId
from domain.money import LARGEST_AMOUNT_FEN
from domain.origins import Origin
from domain.stamps import Stamp

PLANS_KEPT: Final = 64
SPENDS_KEPT: Final = 8

Change = Annotated[int, msgspec.Meta(ge=-LARGEST_AMOUNT_FEN, le=LARGEST_AMOUNT_FEN)]


class AccountKind(StrEnum):
    """Named: a member's account. Unnamed: a card of whoever holds it. Gift card: bought value."""

    NAMED = "named"
    UNNAMED = "unnamed"
    GIFT_CARD = "gift_card"


class Movement(StrEnum):
    """What a ledger line stands for. `withdrawn`: the balance was paid out."""

    TOPPED_UP = "topped_up"
    SPENT = "spent"
    GIVEN_BACK = "given_back"
    WITHDRAWN = "withdrawn"
    ADJUSTED = "adjusted"
    EXPIRED = "expired"


class Amounts(msgspec.Struct, frozen=True, array_like=True):
    principal_fen: int = 0
    bonus_fen: int = 0

    @property
    def total_fen(self) -> int:
        return self.principal_fen + self.bonus_fen

    def plus(self, other: "Amounts") -> "Amounts":
        return Amounts(self.principal_fen + other.principal_fen, self.bonus_fen + other.bonus_fen)

    def minus(self, other: "Amounts") -> "Amounts":
        return Amounts(self.principal_fen - other.principal_fen, self.bonus_fen - other.bonus_fen)


NOTHING: Final = Amounts()


class StoredValueLine(msgspec.Struct, frozen=True, kw_only=True):
    """One movement, with the store where it happened; the amounts change the balance as they are.

    The balance of an account is the sum over its lines: what is spent has a minus. `paid_fen` is
    the money that came in for it, or with a minus went out. `at` is the entry of
    what was spent.
    """

    account_id: AccountId
    movement: Movement
    store: StoreId
    stamp: int
    change: Amounts
    paid_fen: int = 0
    at: Origin | None = None


class FreezeMark(msgspec.Struct, frozen=True, array_like=True, order=True):
    """The later stamp holds, the terminal breaks a tie."""

    stamp: int
    terminal: TerminalId
    frozen: bool
    store: StoreId = StoreId("")
    epoch: int = 0
    number: int = 0

    @property
    def origin(self) -> Origin:
        return Origin(Stamp(self.stamp), self.terminal, self.store, self.epoch, self.number)


class AccountSpend(msgspec.Struct, frozen=True, array_like=True, order=True):
    origin: Origin
    amount_fen: int


class StoredValueAccount(msgspec.Struct, frozen=True, kw_only=True):
    """`sums` by movement, with the signs of the lines.

    `settled` is the use that refunds of the balance have already counted, `paid_out_fen` what
    they paid, `sold_below_fen` what a gift card was sold below its face value. `plan_counts` tells
    how often each of the last PLANS_KEPT plans was used. `last_paid_day` is the last top-up's day.
    `spends` are the latest SPENDS_KEPT sales that the account paid for, oldest first.
    """

    account_id: AccountId
    kind: AccountKind | None = None
    sums: dict[Movement, Amounts] = {}
    settled: Amounts = NOTHING
    paid_out_fen: int = 0
    sold_below_fen: int = 0
    last_paid_day: date | None = None
    plan_counts: dict[PlanId, int] = {}
    last_spent_stamp: int = 0
    freeze: FreezeMark | None = None
    spends: tuple[AccountSpend, ...] = ()
    decided: Decisions = ()

    def sum_of(self, movement: Movement) -> Amounts:
        return self.sums.get(movement, NOTHING)

    @property
    def ledger(self) -> Amounts:
        """The sum of all lines, each bucket for itself; one of them may be below zero."""
        principal_fen = sum(amounts.principal_fen for amounts in self.sums.values())
        return Amounts(principal_fen, sum(amounts.bonus_fen for amounts in self.sums.values()))

    @property
    def balance(self) -> Amounts:
        return balance_of(self.ledger)

    @property
    def debt_fen(self) -> int:
        return max(0, -self.ledger.total_fen)

    @property
    def used(self) -> Amounts:
        """What was spent and not given back, as positive amounts, over the account's whole life."""
        taken = self.sum_of(Movement.SPENT).plus(self.sum_of(Movement.GIVEN_BACK))
        return NOTHING.minus(taken)

    @property
    def frozen(self) -> bool:
        return self.freeze is not None and self.freeze.frozen

    @property
    def spent_while_frozen(self) -> bool:
        """A spend stamped after the freeze that still holds: for a person to see."""
        mark = self.freeze
        return mark is not None and mark.frozen and self.last_spent_stamp > mark.stamp


def balance_of(ledger: Amounts) -> Amounts:
    """What the guest has: a bucket below zero is made good from the other one.

    Two tills without the server may both have taken the last bonus. Where the other bucket is not
    enough either, the rest is debt of principal.
    """
    if ledger.principal_fen >= 0 and ledger.bonus_fen >= 0:
        return ledger
    if ledger.principal_fen < 0 < ledger.total_fen:
        return Amounts(0, ledger.total_fen)
    return Amounts(ledger.total_fen, 0)
