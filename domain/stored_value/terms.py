"""The brand's terms of stored value, with the limits of law as settings.

The figures of law are those that docs/stored-value.md reports; the operator has to check them.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated

import msgspec

from domain.money import FEN_PER_YUAN
from domain.months import LATEST, Month, last_day, month_of
from domain.orders import Amount
from domain.stored_value.account import AccountKind, StoredValueAccount
from domain.stored_value.plans import FreeTopUp, GiftCardTerms, Months, TopUpPlan

Days = Annotated[int, msgspec.Meta(ge=0, le=3_650)]


class OrderOfUse(StrEnum):
    """Which bucket a spend is taken from."""

    IN_PROPORTION = "in_proportion"
    PRINCIPAL_FIRST = "principal_first"
    BONUS_FIRST = "bonus_first"


class BonusAtRefund(StrEnum):
    """How the use of bonus counts when the balance is paid out. Bonus itself is never paid.

    Forfeited: what is left of the principal is paid. At discount: all use is counted at the
    discount that the guest really had. At full price: all use is taken off what was paid in.
    """

    FORFEITED = "forfeited"
    AT_DISCOUNT = "at_discount"
    AT_FULL_PRICE = "at_full_price"


class LegalLimits(msgspec.Struct, frozen=True, kw_only=True):
    """What law allows, as far as known: settings, to be checked by the operator.

    `named_most_fen` and `unnamed_most_fen` bound the balance of one account; `bonus_counts` says
    whether bonus is part of that balance. From `..._record_from_fen` bought at once the purchaser
    is recorded. An unnamed card that expires does so after `unnamed_least_months` at the earliest,
    a named account only where `named_may_expire`. A refund within `least_cooling_off_days` with
    nothing used is owed in full.
    """

    named_most_fen: Amount = 5_000 * FEN_PER_YUAN
    unnamed_most_fen: Amount = 1_000 * FEN_PER_YUAN
    bonus_counts: bool = True
    named_record_from_fen: Amount = 0
    unnamed_record_from_fen: Amount = 10_000 * FEN_PER_YUAN
    unnamed_least_months: Months = 36
    named_may_expire: bool = False
    least_cooling_off_days: Days = 7

    def most_fen(self, kind: AccountKind) -> int:
        return self.named_most_fen if kind is AccountKind.NAMED else self.unnamed_most_fen

    def record_from_fen(self, kind: AccountKind) -> int:
        if kind is AccountKind.NAMED:
            return self.named_record_from_fen
        return self.unnamed_record_from_fen


class StoredValueTerms(msgspec.Struct, frozen=True, kw_only=True):
    """All that head office decides about stored value. Months after the last top-up; 0: for ever.

    `free` None: only plans are sold; `gift_cards` None: no gift cards.
    """

    order_of_use: OrderOfUse = OrderOfUse.IN_PROPORTION
    bonus_at_refund: BonusAtRefund = BonusAtRefund.FORFEITED
    cooling_off_days: Days = 7
    plans: Annotated[tuple[TopUpPlan, ...], msgspec.Meta(max_length=200)] = ()
    free: FreeTopUp | None = FreeTopUp()
    gift_cards: GiftCardTerms | None = None
    named_valid_months: Months = 0
    unnamed_valid_months: Months = 0
    limits: LegalLimits = LegalLimits()

    def valid_months(self, kind: AccountKind | None) -> int:
        if kind is AccountKind.NAMED:
            return self.named_valid_months
        if kind is AccountKind.GIFT_CARD:
            return self.gift_cards.valid_months if self.gift_cards else 0
        return self.unnamed_valid_months


def valid_until(account: StoredValueAccount, terms: StoredValueTerms) -> date | None:
    """The last day on which the balance may be spent; None: it does not expire.

    Derived, never written: a top-up moves it, and after it the balance is still owed.
    """
    months = terms.valid_months(account.kind)
    if not months or account.last_paid_day is None:
        return None
    return _months_after(account.last_paid_day, months)


def _months_after(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day; no later than dates go."""
    month = Month(month_of(day) + months)
    if month > LATEST:
        return date.max
    end = last_day(month)
    return end.replace(day=min(day.day, end.day))
