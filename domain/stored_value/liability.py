"""What the brand owes to holders of stored value and gift cards, and where the rest went."""

from collections.abc import Iterable

import msgspec

from domain.stored_value.account import (
    NOTHING,
    AccountKind,
    Amounts,
    Movement,
    StoredValueAccount,
)


class Liability(msgspec.Struct, frozen=True, kw_only=True):
    """`topped_up` + `adjusted` = `used` + `refunded` + `breakage` + `outstanding` - `debt`.

    All are principal and bonus apart and without a sign, `adjusted` excepted. `breakage` is what
    expired, or left an account at its refund without being paid. `refunded` is what refunds paid;
    where a rule pays more than the principal left, `breakage` of principal is below zero.
    """

    accounts: int = 0
    topped_up: Amounts = NOTHING
    adjusted: Amounts = NOTHING
    used: Amounts = NOTHING
    refunded: Amounts = NOTHING
    breakage: Amounts = NOTHING
    outstanding: Amounts = NOTHING
    debt: Amounts = NOTHING
    sold_below_fen: int = 0


def liability_of(
    accounts: Iterable[StoredValueAccount], kind: AccountKind | None = None
) -> Liability:
    """The sums over all accounts, or over those of one kind."""
    total = Liability()
    for account in accounts:
        if kind is None or account.kind is kind:
            total = _plus(total, account)
    return total


def _plus(total: Liability, account: StoredValueAccount) -> Liability:
    balance = account.balance
    evened = account.ledger.minus(balance)
    gone = account.sum_of(Movement.WITHDRAWN).plus(account.sum_of(Movement.EXPIRED))
    refunded = Amounts(account.paid_out_fen)
    debt = Amounts(account.debt_fen)
    return Liability(
        accounts=total.accounts + 1,
        topped_up=total.topped_up.plus(account.sum_of(Movement.TOPPED_UP)),
        adjusted=total.adjusted.plus(account.sum_of(Movement.ADJUSTED)),
        used=total.used.plus(account.used).plus(evened),
        refunded=total.refunded.plus(refunded),
        breakage=total.breakage.minus(gone).minus(refunded),
        outstanding=total.outstanding.plus(balance).plus(debt),
        debt=total.debt.plus(debt),
        sold_below_fen=total.sold_below_fen + account.sold_below_fen,
    )
