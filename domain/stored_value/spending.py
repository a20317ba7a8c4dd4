"""Spending from an account: whether it may, and how an amount is split over the two buckets."""

from datetime import date

from domain.money import allocate
from domain.stored_value.account import Amounts, StoredValueAccount
from domain.stored_value.refusals import Refused, StoredValueRefusal
from domain.stored_value.terms import OrderOfUse, StoredValueTerms, valid_until


def why_not_spend(
    account: StoredValueAccount, amount_fen: int, *, terms: StoredValueTerms, today: date
) -> Refused | None:
    """None: the amount may be taken. What an offline till may take is another question."""
    if account.frozen:
        return Refused(reason=StoredValueRefusal.ACCOUNT_FROZEN)
    last_day = valid_until(account, terms)
    if last_day is not None and today > last_day:
        return Refused(reason=StoredValueRefusal.ACCOUNT_EXPIRED)
    spendable_fen = max(0, account.balance.total_fen)
    if amount_fen > spendable_fen:
        return Refused(reason=StoredValueRefusal.BALANCE_NOT_ENOUGH, limit_fen=spendable_fen)
    return None


def split_spend(balance: Amounts, amount_fen: int, order: OrderOfUse) -> Amounts:
    """Principal and bonus that a spend of `amount_fen` (at least 0) takes; they add up to it.

    No bucket gives more than it holds while the balance covers the amount. What it does not cover
    is principal: it becomes debt, never a negative bonus.
    """
    principal_fen, bonus_fen = max(0, balance.principal_fen), max(0, balance.bonus_fen)
    covered_fen = min(amount_fen, principal_fen + bonus_fen)
    bonus_taken_fen = _bonus_of(covered_fen, principal_fen, bonus_fen, order)
    return Amounts(amount_fen - bonus_taken_fen, bonus_taken_fen)


def _bonus_of(covered_fen: int, principal_fen: int, bonus_fen: int, order: OrderOfUse) -> int:
    match order:
        case OrderOfUse.PRINCIPAL_FIRST:
            return max(0, covered_fen - principal_fen)
        case OrderOfUse.BONUS_FIRST:
            return min(covered_fen, bonus_fen)
        case OrderOfUse.IN_PROPORTION:
            return allocate(covered_fen, (principal_fen, bonus_fen))[1]
