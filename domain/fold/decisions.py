"""Decisions folded into the aggregates that their cases were derived from."""

from typing import Final

import msgspec

from domain.cases.decided import CaseDecided, join_decisions, settled_by
from domain.cases.kinds import CaseKind
from domain.fold.aggregates import (
    Aggregate,
    AggregateKey,
    AggregateKind,
    Coupon,
    Member,
    Menu,
    Order,
    PhoneClaims,
)
from domain.identifiers import AccountId, MemberId, PassId, TerminalId
from domain.journals import TerminalJournals
from domain.origins import Origin
from domain.passes.account import PassAccount
from domain.stored_value.account import StoredValueAccount

SOURCES: Final[dict[CaseKind, AggregateKind]] = {
    CaseKind.COUPON_REDEEMED_TWICE: AggregateKind.COUPON,
    CaseKind.COUPON_USED_AFTER_REVOCATION: AggregateKind.COUPON,
    CaseKind.COUPON_USED_AFTER_TRANSFER: AggregateKind.COUPON,
    CaseKind.COUPON_USED_AFTER_EXPIRY: AggregateKind.COUPON,
    CaseKind.POINTS_OVERSPENT: AggregateKind.MEMBER,
    CaseKind.SPENT_WHILE_FROZEN: AggregateKind.MEMBER,
    CaseKind.MERGED_AND_CLOSED: AggregateKind.MEMBER,
    CaseKind.MEMBER_ENROLLED_TWICE: AggregateKind.PHONE,
    CaseKind.MENU_NOT_APPLIED: AggregateKind.MENU,
    CaseKind.OVER_REFUNDED: AggregateKind.ORDER,
    CaseKind.SALE_PRICED_DIFFERENTLY: AggregateKind.ORDER,
    CaseKind.POINTS_NOT_TAKEN_BACK: AggregateKind.ORDER,
    CaseKind.STORED_VALUE_OVERSPENT: AggregateKind.STORED_VALUE,
    CaseKind.ACCOUNT_SPENT_WHILE_FROZEN: AggregateKind.STORED_VALUE,
    CaseKind.PASS_OVERUSED: AggregateKind.PASS,
    CaseKind.JOURNAL_FORKED: AggregateKind.TERMINAL,
    CaseKind.JOURNAL_CUT: AggregateKind.TERMINAL,
}
# The kinds of aggregates that a case can be derived from.
MAY_HAVE_CASES: Final = frozenset(SOURCES.values())

HasCases = (
    Member
    | PhoneClaims
    | Coupon
    | Order
    | Menu
    | StoredValueAccount
    | PassAccount
    | TerminalJournals
)


def decided_key(fact: CaseDecided) -> AggregateKey:
    return AggregateKey(SOURCES[fact.case], fact.source_id)


def fold_decision(
    key: AggregateKey, aggregate: Aggregate | None, origin: Origin, fact: CaseDecided
) -> Aggregate:
    """The aggregate with the decision, where it is the latest on that kind of case."""
    known = _nothing_yet(key) if aggregate is None else aggregate
    assert isinstance(known, HasCases)
    decided = join_decisions(known.decided, (settled_by(fact, origin),))
    return msgspec.structs.replace(known, decided=decided)


def _nothing_yet(key: AggregateKey) -> HasCases:  # noqa: PLR0911 - one answer a kind
    """A decision may arrive before anything else."""
    match key.kind:
        case AggregateKind.MEMBER:
            return Member(member_id=MemberId(key.id))
        case AggregateKind.PHONE:
            return PhoneClaims(phone=key.id)
        case AggregateKind.COUPON:
            return Coupon(coupon_id=key.id)
        case AggregateKind.ORDER:
            return Order()
        case AggregateKind.STORED_VALUE:
            return StoredValueAccount(account_id=AccountId(key.id))
        case AggregateKind.PASS:
            return PassAccount(pass_id=PassId(key.id))
        case AggregateKind.TERMINAL:
            return TerminalJournals(terminal=TerminalId(key.id))
        case _:
            return Menu()
