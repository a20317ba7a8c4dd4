"""Whose an aggregate is: what belongs to a member is fed only to tills that hold the member."""

from domain.facts import Fact
from domain.fold.aggregates import (
    Aggregate,
    AggregateKey,
    AggregateKind,
    Coupon,
    PhoneClaims,
    scope_of,
)
from domain.identifiers import MemberId
from domain.passes.account import PassAccount
from domain.stored_value.facts import ToppedUp

_RULE_USE_SEPARATOR = "|"


def owner_of(key: AggregateKey, aggregate: Aggregate) -> MemberId | None:
    """The member whose row this is; None for what is everybody's or a store's.

    A stored-value account does not say whose it is: `claimed_accounts` does.
    """
    if scope_of(aggregate) is not None:
        return None
    if key.kind is AggregateKind.MEMBER:
        return MemberId(key.id)
    if key.kind is AggregateKind.RULE_USE:
        _, separator, member_id = key.id.rpartition(_RULE_USE_SEPARATOR)
        return MemberId(member_id) if separator else None
    return _named_in(aggregate)


def _named_in(aggregate: Aggregate) -> MemberId | None:
    match aggregate:
        case Coupon(terms=terms) if terms is not None:
            return terms.member_id
        case PassAccount(sale=sale) if sale is not None:
            return sale.member_id
        case PhoneClaims():
            return next(iter(aggregate.member_ids), None)
        case _:
            return None


def claimed_account(fact: Fact) -> tuple[AggregateKey, MemberId] | None:
    """The stored-value account that a fact says to be a member's."""
    if isinstance(fact, ToppedUp) and fact.member_id is not None:
        return AggregateKey(AggregateKind.STORED_VALUE, fact.account_id), fact.member_id
    return None
