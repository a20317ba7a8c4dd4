"""Which aggregates a fact changes."""

from collections.abc import Iterable
from typing import assert_never

from domain.cases.decided import CaseDecided
from domain.cases.repriced import SaleRepriced
from domain.facts import (
    CouponIssued,
    CouponRevoked,
    CouponTransferred,
    DrawerOpened,
    Fact,
    MenuPublished,
    RulesPublished,
    SaleClosed,
    StaffAppointed,
    StoreOpened,
)
from domain.fold.aggregates import AggregateKey, AggregateKind
from domain.fold.decisions import decided_key
from domain.fold.members import touched_members
from domain.fold.rule_uses import counted_in, counted_in_exchange
from domain.fold.value import MONEY_ACCOUNTS
from domain.journals import EpochBegun, JournalFact, JournalForked, JournalTakenBack
from domain.loyalty.facts import LoyaltyFact, RewardExchanged
from domain.members.facts import MemberFact
from domain.orders import Tender, TenderKind
from domain.passes.facts import PassFact
from domain.refunds.facts import RefundMade
from domain.refunds.refund import RefundTender
from domain.stored_value.facts import StoredValueFact, ToppedUp

# A brand has one menu and one set of rules.
ONLY_ONE = "brand"


def touched(fact: Fact) -> tuple[AggregateKey, ...]:  # noqa: PLR0911 - one answer a kind
    """The keys of the aggregates that a fact changes."""
    match fact:
        case SaleClosed():
            return _touched_by_sale(fact)
        case RefundMade():
            return _touched_by_refund(fact)
        case DrawerOpened():
            return ()
        case _ if isinstance(fact, MemberFact):
            return touched_members(fact)
        case _ if isinstance(fact, StoredValueFact):
            return _touched_by_value(fact)
        case _ if isinstance(fact, LoyaltyFact | PassFact):
            uses = counted_in_exchange(fact) if isinstance(fact, RewardExchanged) else ()
            return (_only_key(fact), *(AggregateKey(AggregateKind.RULE_USE, key) for key in uses))
        case _:
            return (_configured_key(fact),)


def _only_key(fact: LoyaltyFact | PassFact) -> AggregateKey:
    if isinstance(fact, PassFact):
        return AggregateKey(AggregateKind.PASS, fact.pass_id)
    return AggregateKey(AggregateKind.MEMBER, fact.member_id)


def _configured_key(  # noqa: C901, PLR0911 - one answer a kind
    fact: CouponIssued
    | CouponRevoked
    | CouponTransferred
    | CaseDecided
    | SaleRepriced
    | MenuPublished
    | RulesPublished
    | StoreOpened
    | StaffAppointed
    | JournalFact,
) -> AggregateKey:
    match fact:
        case CaseDecided():
            return decided_key(fact)
        case SaleRepriced():
            return AggregateKey(AggregateKind.ORDER, fact.sale_id)
        case CouponRevoked() | CouponTransferred():
            return AggregateKey(AggregateKind.COUPON, fact.coupon_id)
        case CouponIssued():
            return AggregateKey(AggregateKind.COUPON, fact.terms.coupon_id)
        case MenuPublished():
            return AggregateKey(AggregateKind.MENU, ONLY_ONE)
        case RulesPublished():
            return AggregateKey(AggregateKind.RULES, ONLY_ONE)
        case StoreOpened():
            return AggregateKey(AggregateKind.STORE, fact.store)
        case StaffAppointed():
            return AggregateKey(AggregateKind.STAFF, fact.staff.staff_id)
        case JournalForked() | EpochBegun() | JournalTakenBack():
            return AggregateKey(AggregateKind.TERMINAL, fact.terminal)
        case _:
            assert_never(fact)


def _touched_by_value(fact: StoredValueFact) -> tuple[AggregateKey, ...]:
    account = AggregateKey(AggregateKind.STORED_VALUE, fact.account_id)
    if isinstance(fact, ToppedUp) and fact.member_id is not None and fact.points:
        return account, AggregateKey(AggregateKind.MEMBER, fact.member_id)
    return (account,)


def _touched_by_tenders(tenders: Iterable[Tender | RefundTender]) -> list[AggregateKey]:
    """The accounts and passes that pay, or are given back to."""
    keys = []
    for tender in tenders:
        if tender.account_id is not None and tender.kind in MONEY_ACCOUNTS:
            keys.append(AggregateKey(AggregateKind.STORED_VALUE, tender.account_id))
        elif tender.account_id is not None and tender.kind is TenderKind.PASS:
            keys.append(AggregateKey(AggregateKind.PASS, tender.account_id))
    return list(dict.fromkeys(keys))


def _touched_by_sale(fact: SaleClosed) -> tuple[AggregateKey, ...]:
    keys = [AggregateKey(AggregateKind.ORDER, fact.sale.sale_id)]
    if fact.sale.member_id is not None:
        keys.append(AggregateKey(AggregateKind.MEMBER, fact.sale.member_id))
    keys.extend(
        AggregateKey(AggregateKind.COUPON, coupon_id)
        for coupon_id in dict.fromkeys(fact.sale.coupon_ids)
    )
    keys.extend(AggregateKey(AggregateKind.RULE_USE, key) for key in counted_in(fact.sale))
    return (*keys, *_touched_by_tenders(fact.sale.tenders))


def _touched_by_refund(fact: RefundMade) -> tuple[AggregateKey, ...]:
    refund = fact.refund
    keys = [AggregateKey(AggregateKind.ORDER, refund.sale_id)]
    if refund.member_id is not None:
        keys.append(AggregateKey(AggregateKind.MEMBER, refund.member_id))
    coupon_ids = dict.fromkeys(back.coupon_id for back in refund.coupons)
    keys.extend(AggregateKey(AggregateKind.COUPON, coupon_id) for coupon_id in coupon_ids)
    return (*keys, *_touched_by_tenders(refund.tenders))
