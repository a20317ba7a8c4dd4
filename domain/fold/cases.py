"""Cases: where facts disagree, for a person to see.

Derived from the folded state alone, so that they open and close by themselves, on the till and on
the server alike. A decision is part of that state: it settles what it has seen.
"""

from domain.cases.decided import Settled
from domain.cases.kinds import CaseKind, Severity
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
from domain.fold.case_forms import Case, Loss, by_store, latest_bear, review
from domain.fold.coupon_cases import coupon_cases
from domain.fold.decisions import HasCases
from domain.journals import TerminalJournals
from domain.loyalty.points_standing import owed_points
from domain.members.freezes import freeze_before, spent_while_frozen
from domain.money import divide_half_up
from domain.origins import Origin
from domain.passes.account import PassAccount
from domain.refunds.refunded import over_refunded_fen
from domain.stored_value.account import StoredValueAccount

__all__ = ["Case", "CaseKind", "Loss", "Severity", "cases_of", "disagreements", "settled_on"]


def cases_of(key: AggregateKey, aggregate: Aggregate) -> tuple[Case, ...]:
    """The open cases of one aggregate: all disagreements but those that a person settled."""
    found = disagreements(key, aggregate)
    # A first sync asks this 300,000 times, and hardly ever is there one.
    return tuple(case for case in found if settled_on(aggregate, case) is None) if found else ()


def settled_on(aggregate: Aggregate, case: Case) -> Settled | None:
    """The decision that covers a case as it is now."""
    decided = aggregate.decided if isinstance(aggregate, HasCases) else ()
    for settled in decided:
        if settled.case == case.kind and settled.covers(
            case.sides, cost_fen=case.cost_fen, points=case.points
        ):
            return settled
    return None


def disagreements(  # noqa: PLR0911 - one answer a kind
    key: AggregateKey, aggregate: Aggregate
) -> tuple[Case, ...]:
    """All cases of one aggregate, settled or not."""
    match aggregate:
        case Member():
            return _of_member(key, aggregate)
        case PhoneClaims() | Menu():
            return _for_information(key, aggregate)
        case Coupon():
            return tuple(coupon_cases(key, aggregate))
        case Order():
            return _of_order(key, aggregate)
        case StoredValueAccount():
            return _of_account(key, aggregate)
        case PassAccount():
            return _of_pass(key, aggregate)
        case TerminalJournals():
            return _of_journals(key, aggregate)
        case _:
            return ()


def _for_information(key: AggregateKey, aggregate: PhoneClaims | Menu) -> tuple[Case, ...]:
    kind, about, sides = CaseKind.MENU_NOT_APPLIED, key, tuple[Origin, ...]()
    if isinstance(aggregate, PhoneClaims) and len(aggregate.claims) < 2:  # noqa: PLR2004 - a pair
        return ()
    if isinstance(aggregate, PhoneClaims) and len(aggregate.member_ids) > 1:
        kind = CaseKind.MEMBER_ENROLLED_TWICE
        about = AggregateKey(AggregateKind.MEMBER, aggregate.member_ids[0])
        sides = tuple(origin for origin, _ in aggregate.claims)
    elif isinstance(aggregate, Menu) and aggregate.refused and aggregate.origin is not None:
        sides = (aggregate.origin, *(menu.origin for menu in aggregate.refused))
    if not sides:
        return ()
    return (Case(kind=kind, severity=Severity.INFORMATION, about=about, sides=sides),)


def _of_member(key: AggregateKey, member: Member) -> tuple[Case, ...]:
    cases = []
    owed = owed_points(member.loyalty.points)
    if owed:
        cases.append(review(CaseKind.POINTS_OVERSPENT, key, sides=member.spends, points=owed))
    if frozen := _frozen_sides(member):
        cases.append(review(CaseKind.SPENT_WHILE_FROZEN, key, sides=frozen))
    if closed := _closed_sides(member):
        cases.append(review(CaseKind.MERGED_AND_CLOSED, key, sides=closed))
    return tuple(cases)


def _frozen_sides(member: Member) -> tuple[Origin, ...]:
    """The first freeze that a spend fell under, then all spends that did."""
    if not member.freezes:
        return ()
    spends = spent_while_frozen(member.freezes, member.spends)
    freezes = [freeze_before(member.freezes, spend) for spend in spends]
    return (*(mark.origin for mark in freezes[:1] if mark is not None), *spends)


def _closed_sides(member: Member) -> tuple[Origin, ...]:
    """The closure, then the merges with this account that still stand."""
    if member.closed is None:
        return ()
    links = [mark.origin for mark in member.merged.values() if mark.standing]
    if member.alias is not None and member.alias.text:
        links.append(member.alias.origin)
    return (member.closed, *sorted(links)) if links else ()


def _of_order(key: AggregateKey, order: Order) -> tuple[Case, ...]:
    """Sums of refunds only grow, so these stay open until a person decides."""
    sides = tuple(note.origin for note in order.refunds)
    over_fen = None
    if order.sale is not None and order.refunds:
        over_fen = over_refunded_fen(order.sale, order.refunded)
    cases = []
    if over_fen is not None:
        losses = latest_bear(over_fen, ((note.origin, note.total_fen) for note in order.refunds))
        cases.append(review(CaseKind.OVER_REFUNDED, key, sides=sides, losses=losses))
    open_points = order.refunded.points_open
    if open_points:
        cases.append(review(CaseKind.POINTS_NOT_TAKEN_BACK, key, sides=sides, points=open_points))
    if order.repriced is not None and order.origin is not None:
        found, store = order.repriced, order.origin.store
        less_fen = max(0, found.expected_fen - found.said_fen)
        losses = by_store([(store, less_fen)] if less_fen else [])
        sides = (order.origin, found.origin)
        cases.append(review(CaseKind.SALE_PRICED_DIFFERENTLY, key, sides=sides, losses=losses))
    return tuple(cases)


def _of_account(key: AggregateKey, account: StoredValueAccount) -> tuple[Case, ...]:
    """Debt closes itself when it is paid or given back; until then it is its stores' loss."""
    cases = []
    if account.debt_fen:
        losses = latest_bear(
            account.debt_fen, ((spend.origin, spend.amount_fen) for spend in account.spends)
        )
        sides = tuple(spend.origin for spend in account.spends)
        cases.append(review(CaseKind.STORED_VALUE_OVERSPENT, key, sides=sides, losses=losses))
    if account.spent_while_frozen and account.freeze is not None:
        freeze = account.freeze
        after = [spend for spend in account.spends if spend.origin.stamp > freeze.stamp]
        cases.append(
            review(
                CaseKind.ACCOUNT_SPENT_WHILE_FROZEN,
                key,
                sides=(freeze.origin, *(spend.origin for spend in after)),
                losses=by_store((spend.origin.store, spend.amount_fen) for spend in after),
            )
        )
    return tuple(cases)


def _of_pass(key: AggregateKey, account: PassAccount) -> tuple[Case, ...]:
    """The uses beyond those bought, at what one of them was sold for."""
    if not account.overused:
        return ()
    each_fen = divide_half_up(account.paid_fen, account.bought) if account.bought else 0
    losses = latest_bear(each_fen * account.overused, ((use, each_fen) for use in account.uses))
    return (review(CaseKind.PASS_OVERUSED, key, sides=account.uses, losses=losses),)


def _of_journals(key: AggregateKey, journals: TerminalJournals) -> tuple[Case, ...]:
    """Facts of the past: they stay until a person decides."""
    forked = tuple(origin for fork in journals.forks for origin in fork)
    sides = ((CaseKind.JOURNAL_FORKED, forked), (CaseKind.JOURNAL_CUT, journals.cuts))
    return tuple(review(kind, key, sides=origins) for kind, origins in sides if origins)
