"""Paying out the remaining balance of an account, with every step of the computation.

Bonus is never paid; there is no fee. What the words mean: docs/stored-value.md.
"""

from datetime import date, timedelta
from enum import StrEnum
from typing import Final

import msgspec

from domain.stored_value.account import (
    NOTHING,
    Amounts,
    Change,
    Movement,
    StoredValueAccount,
)
from domain.stored_value.refusals import Refused, StoredValueRefusal
from domain.stored_value.terms import BonusAtRefund, StoredValueTerms


class BalanceRefundStepCode(StrEnum):
    """What a figure in the computation stands for."""

    PAID_IN = "paid_in"
    USED_PRINCIPAL = "used_principal"
    BONUS_OVERDRAWN = "bonus_overdrawn"
    USED_AT_DISCOUNT = "used_at_discount"
    USED_AT_FULL_PRICE = "used_at_full_price"
    NOT_BELOW_ZERO = "not_below_zero"
    SOLD_BELOW_FACE = "sold_below_face"
    AT_MOST_PAID_IN = "at_most_paid_in"
    PAID_OUT = "paid_out"
    IN_COOLING_OFF = "in_cooling_off"
    BONUS_TAKEN_OFF = "bonus_taken_off"


# Steps that tell something beside the sum; all others but the last add up to what is paid out.
INFORMATION: Final = frozenset(
    {BalanceRefundStepCode.IN_COOLING_OFF, BalanceRefundStepCode.BONUS_TAKEN_OFF}
)


class BalanceRefundStep(msgspec.Struct, frozen=True, array_like=True):
    """`of_fen` is the amount that the step was computed from, where that is another one."""

    code: BalanceRefundStepCode
    amount_fen: Change
    of_fen: Change = 0


class BalanceRefundQuote(msgspec.Struct, frozen=True, kw_only=True):
    """`taken` leaves the account, whose balance is then nothing; `used` is the use counted here."""

    paid_out_fen: int
    taken: Amounts
    used: Amounts
    steps: tuple[BalanceRefundStep, ...]


def quote_balance_refund(
    account: StoredValueAccount, *, terms: StoredValueTerms, today: date
) -> BalanceRefundQuote | Refused:
    """What the guest gets for the whole balance, explained; refused where there is none.

    A frozen account is refused; an expired one is not: its balance is still owed.
    """
    if account.frozen:
        return Refused(reason=StoredValueRefusal.ACCOUNT_FROZEN)
    if account.ledger.total_fen <= 0:
        return Refused(reason=StoredValueRefusal.NOTHING_TO_REFUND)
    open_use = account.used.minus(account.settled)
    steps = _steps(account, open_use, terms.bonus_at_refund)
    paid_out_fen = sum(step.amount_fen for step in steps)
    told = [BalanceRefundStep(BalanceRefundStepCode.PAID_OUT, paid_out_fen)]
    if _in_cooling_off(account, terms, today):
        told.append(BalanceRefundStep(BalanceRefundStepCode.IN_COOLING_OFF, paid_out_fen))
    bonus_fen = account.balance.bonus_fen
    if bonus_fen:
        told.append(BalanceRefundStep(BalanceRefundStepCode.BONUS_TAKEN_OFF, bonus_fen))
    return BalanceRefundQuote(
        paid_out_fen=paid_out_fen, taken=account.ledger, used=open_use, steps=(*steps, *told)
    )


def _in_cooling_off(account: StoredValueAccount, terms: StoredValueTerms, today: date) -> bool:
    """Nothing used at all, and the last top-up is no more than the agreed days ago."""
    if account.used != NOTHING or account.last_paid_day is None:
        return False
    return today - account.last_paid_day <= timedelta(days=terms.cooling_off_days)


def _steps(
    account: StoredValueAccount, open_use: Amounts, rule: BonusAtRefund
) -> tuple[BalanceRefundStep, ...]:
    """The steps whose sum is paid out: what was paid in, and what is taken off it."""
    used = Amounts(max(0, open_use.principal_fen), max(0, open_use.bonus_fen))
    came_in = account.ledger.plus(used)
    steps = [BalanceRefundStep(BalanceRefundStepCode.PAID_IN, came_in.principal_fen)]
    steps += _use_counted(account.ledger, used, came_in, rule)
    left_fen = sum(step.amount_fen for step in steps)
    if left_fen < 0:
        steps.append(BalanceRefundStep(BalanceRefundStepCode.NOT_BELOW_ZERO, -left_fen))
        left_fen = 0
    if account.sold_below_fen:
        face_fen = account.sum_of(Movement.TOPPED_UP).principal_fen
        paid_fen = left_fen * (face_fen - account.sold_below_fen) // face_fen
        steps.append(
            BalanceRefundStep(BalanceRefundStepCode.SOLD_BELOW_FACE, paid_fen - left_fen, left_fen)
        )
        left_fen = paid_fen
    most_fen = max(0, _paid_in_fen(account) - account.paid_out_fen)
    if left_fen > most_fen:
        steps.append(
            BalanceRefundStep(BalanceRefundStepCode.AT_MOST_PAID_IN, most_fen - left_fen, most_fen)
        )
    return tuple(steps)


def _paid_in_fen(account: StoredValueAccount) -> int:
    """Over the account's whole life. Adjusted principal corrects what was paid in."""
    principal_fen = account.sum_of(Movement.TOPPED_UP).principal_fen
    adjusted_fen = account.sum_of(Movement.ADJUSTED).principal_fen
    return principal_fen + adjusted_fen - account.sold_below_fen


def _use_counted(
    ledger: Amounts, used: Amounts, came_in: Amounts, rule: BonusAtRefund
) -> list[BalanceRefundStep]:
    match rule:
        case BonusAtRefund.FORFEITED:
            steps = [BalanceRefundStep(BalanceRefundStepCode.USED_PRINCIPAL, -used.principal_fen)]
            if ledger.bonus_fen < 0:
                steps.append(
                    BalanceRefundStep(BalanceRefundStepCode.BONUS_OVERDRAWN, ledger.bonus_fen)
                )
            return steps
        case BonusAtRefund.AT_DISCOUNT:
            paid_fen, given_fen = max(0, came_in.principal_fen), max(0, came_in.bonus_fen)
            counted_fen = used.total_fen * paid_fen // (paid_fen + given_fen)
            return [
                BalanceRefundStep(
                    BalanceRefundStepCode.USED_AT_DISCOUNT, -counted_fen, used.total_fen
                )
            ]
        case BonusAtRefund.AT_FULL_PRICE:
            return [BalanceRefundStep(BalanceRefundStepCode.USED_AT_FULL_PRICE, -used.total_fen)]
