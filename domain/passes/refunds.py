"""Paying out what is unused of a pass, with every step of the computation. There is no fee."""

from datetime import date, timedelta
from enum import StrEnum
from typing import Final

import msgspec

from domain.passes.account import PassAccount, PassSale, days_of
from domain.passes.refusals import PassRefusal, PassRefused
from domain.passes.terms import UsedAtRefund
from domain.stored_value.account import Change


class PassRefundStepCode(StrEnum):
    """What a figure in the computation stands for."""

    PAID = "paid"
    ALREADY_PAID_OUT = "already_paid_out"
    USED_AT_LIST = "used_at_list"
    USED_AT_AVERAGE = "used_at_average"
    DAYS_GONE = "days_gone"
    PAID_OUT = "paid_out"
    IN_COOLING_OFF = "in_cooling_off"


INFORMATION: Final = frozenset({PassRefundStepCode.IN_COOLING_OFF})


class PassRefundStep(msgspec.Struct, frozen=True, array_like=True):
    """`count` is the uses or the days that an amount was counted for."""

    code: PassRefundStepCode
    amount_fen: Change
    count: int = 0


class PassRefundQuote(msgspec.Struct, frozen=True, kw_only=True):
    """`uses` leave the pass, which pays for nothing any more."""

    paid_out_fen: int
    uses: int
    steps: tuple[PassRefundStep, ...]


def quote_pass_refund(account: PassAccount, today: date) -> PassRefundQuote | PassRefused:
    """What the guest gets for what is unused, explained; refused where that is nothing.

    Uses that a refunded sale gave back after the pass was paid out are paid in the same way.
    """
    if account.sale is None:
        return PassRefused(reason=PassRefusal.UNKNOWN)
    cooling_off = _in_cooling_off(account, account.sale, today)
    steps = [PassRefundStep(PassRefundStepCode.PAID, account.paid_fen)]
    if account.paid_out_fen:
        steps.append(PassRefundStep(PassRefundStepCode.ALREADY_PAID_OUT, -account.paid_out_fen))
    if not cooling_off:
        steps.append(_use_counted(account, account.sale, today))
    paid_out_fen = sum(step.amount_fen for step in steps)
    if paid_out_fen <= 0:
        return PassRefused(reason=PassRefusal.NOTHING_TO_REFUND)
    steps.append(PassRefundStep(PassRefundStepCode.PAID_OUT, paid_out_fen))
    if cooling_off:
        steps.append(PassRefundStep(PassRefundStepCode.IN_COOLING_OFF, paid_out_fen))
    return PassRefundQuote(
        paid_out_fen=paid_out_fen, uses=max(0, account.uses_left), steps=tuple(steps)
    )


def _in_cooling_off(account: PassAccount, sale: PassSale, today: date) -> bool:
    """Nothing used, and the sale is no more than the agreed days ago."""
    within = today - sale.day <= timedelta(days=sale.terms.cooling_off_days)
    return account.used <= 0 and within


def _use_counted(account: PassAccount, sale: PassSale, today: date) -> PassRefundStep:
    used = max(0, account.used)
    if sale.terms.used_at_refund is UsedAtRefund.AT_LIST:
        amount_fen = sale.terms.list_price_fen * used
        return PassRefundStep(PassRefundStepCode.USED_AT_LIST, -amount_fen, used)
    earned_fen = earned_at_average_fen(account, today)
    if sale.terms.uses:
        return PassRefundStep(PassRefundStepCode.USED_AT_AVERAGE, -earned_fen, used)
    return PassRefundStep(PassRefundStepCode.DAYS_GONE, -earned_fen, days_gone(account, today))


def earned_at_average_fen(account: PassAccount, today: date) -> int:
    """The part of the price that was used: by uses on a punch card, else by days begun."""
    if account.bought:
        return account.paid_fen * min(account.bought, max(0, account.used)) // account.bought
    span = days_of(account)
    if span is None:
        return 0
    first, last = span
    return account.paid_fen * days_gone(account, today) // ((last - first).days + 1)


def days_gone(account: PassAccount, today: date) -> int:
    """Days of a period pass that have begun, today among them."""
    span = days_of(account)
    if span is None:
        return 0
    first, last = span
    return max(0, (min(today, last) - first).days + 1)
