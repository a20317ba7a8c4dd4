"""What the brand owes to holders of passes, and where the rest of their price went."""

from collections.abc import Iterable
from datetime import date

import msgspec

from domain.passes.account import PassAccount, valid_until
from domain.passes.refunds import earned_at_average_fen


class PassLiability(msgspec.Struct, frozen=True, kw_only=True):
    """`sold_fen` = `earned_fen` + `paid_out_fen` + `breakage_fen` + `outstanding_fen`."""

    passes: int = 0
    sold_fen: int = 0
    earned_fen: int = 0
    paid_out_fen: int = 0
    breakage_fen: int = 0
    outstanding_fen: int = 0


def pass_liability_of(accounts: Iterable[PassAccount], today: date) -> PassLiability:
    """The sums over passes. A use is earned at the average price, a period by its days begun."""
    total = PassLiability()
    for account in accounts:
        total = _plus(total, account, today)
    return total


def _plus(total: PassLiability, account: PassAccount, today: date) -> PassLiability:
    left_fen = account.paid_fen - account.paid_out_fen
    earned_fen = min(earned_at_average_fen(account, today), left_fen)
    open_fen = left_fen - earned_fen if _can_be_used(account, today) else 0
    return PassLiability(
        passes=total.passes + 1,
        sold_fen=total.sold_fen + account.paid_fen,
        earned_fen=total.earned_fen + earned_fen,
        paid_out_fen=total.paid_out_fen + account.paid_out_fen,
        breakage_fen=total.breakage_fen + left_fen - earned_fen - open_fen,
        outstanding_fen=total.outstanding_fen + open_fen,
    )


def _can_be_used(account: PassAccount, today: date) -> bool:
    last_day = valid_until(account)
    if last_day is not None and today > last_day:
        return False
    return account.uses_left > 0 if account.bought else not account.refunds
