"""Stored value, gift cards and passes: facts of their own, and the tenders of sales and refunds."""

from collections.abc import Iterable
from datetime import date

from domain.facts import SaleClosed
from domain.identifiers import AccountId, PassId
from domain.orders import Tender, TenderKind
from domain.origins import Origin
from domain.passes.account import PassAccount
from domain.passes.facts import PassFact
from domain.passes.fold import fold_pass, post_use, use_line
from domain.refunds.facts import RefundMade
from domain.refunds.refund import RefundTender
from domain.stored_value.account import Amounts, StoredValueAccount
from domain.stored_value.facts import StoredValueFact
from domain.stored_value.fold import fold_account, post, spent_line

FoldsIntoStoredValue = StoredValueFact | SaleClosed | RefundMade
FoldsIntoPass = PassFact | SaleClosed | RefundMade

MONEY_ACCOUNTS = frozenset({TenderKind.STORED_VALUE, TenderKind.GIFT_CARD})


def fold_stored_value(
    account: StoredValueAccount | None,
    account_id: AccountId,
    origin: Origin,
    fact: FoldsIntoStoredValue,
) -> StoredValueAccount:
    """The account after a fact of its own, or after the tenders that a sale or refund moved."""
    known = account or StoredValueAccount(account_id=account_id)
    match fact:
        case SaleClosed(sale=sale):
            tenders: tuple[Tender | RefundTender, ...] = sale.tenders
        case RefundMade(refund=refund):
            tenders = refund.tenders
        case _:
            return fold_account(account, fact, origin)
    for tender in tenders:
        if tender.account_id == account_id and tender.kind in MONEY_ACCOUNTS:
            split = Amounts(tender.amount_fen - tender.bonus_fen, tender.bonus_fen)
            given_back = isinstance(fact, RefundMade)
            known = post(known, spent_line(account_id, split, origin, given_back=given_back))
    return known


def fold_pass_account(
    account: PassAccount | None,
    pass_id: PassId,
    origin: Origin,
    fact: FoldsIntoPass,
) -> PassAccount:
    """The pass after a fact of its own, or after the units that a sale or refund moved."""
    match fact:
        case SaleClosed(sale=sale):
            units = covered_by(sale.tenders, pass_id)
            return _uses(account, pass_id, origin, units, sale.business_day)
        case RefundMade(refund=refund):
            units = -covered_by(refund.tenders, pass_id)
            return _uses(account, pass_id, origin, units, refund.sale_day)
        case _:
            return fold_pass(account, fact, origin)


def covered_by(tenders: Iterable[Tender | RefundTender], pass_id: PassId) -> int:
    """How many units a pass paid for, or gets back."""
    account_id = AccountId(pass_id)
    return sum(
        units
        for tender in tenders
        if tender.kind is TenderKind.PASS and tender.account_id == account_id
        for _, units in tender.covered
    )


def _uses(
    account: PassAccount | None, pass_id: PassId, origin: Origin, units: int, day: str
) -> PassAccount:
    line = use_line(pass_id, units, date.fromisoformat(day), origin)
    return post_use(account, line) if units else account or PassAccount(pass_id=pass_id)
