"""The fold: `fold(key, aggregate, entry, fact) -> aggregate`, the same code on till and server.

A caller asks `touched` which aggregates a fact concerns, loads them, folds, and writes them back.
Each entry is folded once: that is the journal's promise (contiguous numbers, a unique key), not
the fold's.
"""

from typing import cast

from domain.cases.decided import CaseDecided
from domain.cases.repriced import SaleRepriced
from domain.entries import Entry
from domain.facts import (
    CouponIssued,
    CouponRevoked,
    CouponTransferred,
    Fact,
    MenuPublished,
    RulesPublished,
    SaleClosed,
    StaffAppointed,
    StoreOpened,
)
from domain.fold.aggregates import (
    Aggregate,
    AggregateKey,
    AggregateKind,
    Coupon,
    Member,
    Menu,
    Order,
    PhoneClaims,
    Rules,
    StaffMember,
    StoreName,
)
from domain.fold.coupons import fold_coupon
from domain.fold.decisions import fold_decision
from domain.fold.members import FoldsIntoMember, fold_member, fold_phone
from domain.fold.menus import fold_menu
from domain.fold.orders import fold_order
from domain.fold.rule_uses import RuleUse, fold_rule_use
from domain.fold.staff import fold_staff
from domain.fold.touching import ONLY_ONE, touched
from domain.fold.value import (
    FoldsIntoPass,
    FoldsIntoStoredValue,
    fold_pass_account,
    fold_stored_value,
)
from domain.identifiers import AccountId, CouponId, MemberId, PassId
from domain.journals import JournalFact, TerminalJournals, fold_journals
from domain.loyalty.facts import RewardExchanged
from domain.members.facts import MemberClosed, MemberEnrolled
from domain.origins import Origin
from domain.passes.account import PassAccount
from domain.refunds.facts import RefundMade
from domain.stored_value.account import StoredValueAccount

__all__ = ["ONLY_ONE", "fold", "origin_of", "touched"]


def origin_of(entry: Entry) -> Origin:
    return Origin(entry.stamp, entry.terminal, entry.store, entry.epoch, entry.number)


def fold(  # noqa: PLR0911 - one answer a kind
    key: AggregateKey, aggregate: Aggregate | None, entry: Entry, fact: Fact
) -> Aggregate:
    """The aggregate at `key` after `fact`. `aggregate` is None where there was none."""
    origin = origin_of(entry)
    if isinstance(fact, CaseDecided):
        return fold_decision(key, aggregate, origin, fact)
    match key.kind:
        case AggregateKind.MEMBER if isinstance(fact, FoldsIntoMember):
            return fold_member(cast("Member | None", aggregate), MemberId(key.id), origin, fact)
        case AggregateKind.STORED_VALUE if isinstance(fact, FoldsIntoStoredValue):
            account = cast("StoredValueAccount | None", aggregate)
            return fold_stored_value(account, AccountId(key.id), origin, fact)
        case AggregateKind.PASS if isinstance(fact, FoldsIntoPass):
            held = cast("PassAccount | None", aggregate)
            return fold_pass_account(held, PassId(key.id), origin, fact)
        case AggregateKind.PHONE if isinstance(fact, MemberEnrolled | MemberClosed):
            return fold_phone(cast("PhoneClaims | None", aggregate), key.id, origin, fact)
        case AggregateKind.TERMINAL if isinstance(fact, JournalFact):
            return fold_journals(cast("TerminalJournals | None", aggregate), origin, fact)
        case _:
            return _fold_orders_and_configuration(key, aggregate, origin, fact)


def _fold_orders_and_configuration(  # noqa: PLR0911 - one answer a kind
    key: AggregateKey, aggregate: Aggregate | None, origin: Origin, fact: Fact
) -> Aggregate:
    match key.kind, fact:
        case AggregateKind.ORDER, SaleClosed() | RefundMade() | SaleRepriced():
            return fold_order(cast("Order | None", aggregate), origin, fact)
        case (
            AggregateKind.COUPON,
            CouponIssued() | CouponRevoked() | CouponTransferred() | SaleClosed() | RefundMade(),
        ):
            return fold_coupon(cast("Coupon | None", aggregate), CouponId(key.id), origin, fact)
        case AggregateKind.RULE_USE, SaleClosed() | RewardExchanged():
            return fold_rule_use(cast("RuleUse | None", aggregate), key.id, fact)
        case AggregateKind.MENU, MenuPublished():
            return fold_menu(cast("Menu | None", aggregate), origin, fact)
        case AggregateKind.RULES, RulesPublished():
            return Rules(version=fact.version, book=fact.book)
        case AggregateKind.STORE, StoreOpened():
            return StoreName(store=fact.store, name=fact.name)
        case AggregateKind.STAFF, StaffAppointed():
            return fold_staff(cast("StaffMember | None", aggregate), origin, fact)
        case _:
            raise ValueError((key, type(fact)))
