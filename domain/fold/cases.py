"""Cases: where facts disagree, for a person to see.

Derived from the folded state alone, so that they open and close by themselves, on the till and on
the server alike.
"""

from enum import StrEnum

import msgspec

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
from domain.loyalty.points_standing import owed_points
from domain.members.freezes import freeze_before, spent_while_frozen
from domain.origins import Origin
from domain.passes.account import PassAccount
from domain.refunds.refunded import over_refunded_fen
from domain.stored_value.account import StoredValueAccount


class CaseKind(StrEnum):
    COUPON_REDEEMED_TWICE = "coupon_redeemed_twice"
    POINTS_OVERSPENT = "points_overspent"
    MEMBER_ENROLLED_TWICE = "member_enrolled_twice"
    MENU_NOT_APPLIED = "menu_not_applied"
    SPENT_WHILE_FROZEN = "spent_while_frozen"
    MERGED_AND_CLOSED = "merged_and_closed"
    OVER_REFUNDED = "over_refunded"
    POINTS_NOT_TAKEN_BACK = "points_not_taken_back"
    STORED_VALUE_OVERSPENT = "stored_value_overspent"
    ACCOUNT_SPENT_WHILE_FROZEN = "account_spent_while_frozen"
    PASS_OVERUSED = "pass_overused"  # noqa: S105 - a kind of case, not a password


class Severity(StrEnum):
    REVIEW = "review"
    INFORMATION = "information"


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """`sides` are the origins of the facts that disagree, the one that holds first.

    `cost_fen` is what the brand stands to lose; `points` is the size of a points case.
    """

    kind: CaseKind
    severity: Severity
    about: AggregateKey
    sides: tuple[Origin, ...] = ()
    cost_fen: int = 0
    points: int = 0

    @property
    def case_id(self) -> str:
        return f"{self.kind}:{self.about.id}"


def cases_of(  # noqa: PLR0911 - one answer a kind
    key: AggregateKey, aggregate: Aggregate
) -> tuple[Case, ...]:
    """The open cases of one aggregate."""
    match aggregate:
        case Coupon():
            return _of_coupon(key, aggregate)
        case Member():
            return _of_member(key, aggregate)
        case Order():
            return _of_order(key, aggregate)
        case StoredValueAccount():
            return _of_account(key, aggregate)
        case PassAccount():
            return _of_pass(key, aggregate)
        case PhoneClaims(claims=claims, member_ids=ids) if len(ids) > 1:
            return (
                Case(
                    kind=CaseKind.MEMBER_ENROLLED_TWICE,
                    severity=Severity.INFORMATION,
                    about=AggregateKey(AggregateKind.MEMBER, claims[0][1]),
                    sides=tuple(origin for origin, _ in claims),
                ),
            )
        case Menu(origin=origin, refused=refused) if refused and origin is not None:
            sides = (origin, *(menu.origin for menu in refused))
            return (
                Case(
                    kind=CaseKind.MENU_NOT_APPLIED,
                    severity=Severity.INFORMATION,
                    about=key,
                    sides=sides,
                ),
            )
        case _:
            return ()


def _of_member(key: AggregateKey, member: Member) -> tuple[Case, ...]:
    cases = []
    owed = owed_points(member.loyalty.points)
    if owed:
        cases.append(
            Case(
                kind=CaseKind.POINTS_OVERSPENT,
                severity=Severity.REVIEW,
                about=key,
                points=owed,
            )
        )
    for kind, sides in (
        (CaseKind.SPENT_WHILE_FROZEN, _frozen_sides(member)),
        (CaseKind.MERGED_AND_CLOSED, _closed_sides(member)),
    ):
        if sides:
            cases.append(Case(kind=kind, severity=Severity.REVIEW, about=key, sides=sides))
    return tuple(cases)


def _frozen_sides(member: Member) -> tuple[Origin, ...]:
    """The first freeze that a spend fell under, then all spends that did."""
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
    over_fen = over_refunded_fen(order.sale, order.refunded) if order.sale is not None else None
    cases = []
    if over_fen is not None:
        cases.append(
            Case(
                kind=CaseKind.OVER_REFUNDED,
                severity=Severity.REVIEW,
                about=key,
                sides=sides,
                cost_fen=over_fen,
            )
        )
    if order.refunded.points_open:
        cases.append(
            Case(
                kind=CaseKind.POINTS_NOT_TAKEN_BACK,
                severity=Severity.REVIEW,
                about=key,
                sides=sides,
                points=order.refunded.points_open,
            )
        )
    return tuple(cases)


def _of_account(key: AggregateKey, account: StoredValueAccount) -> tuple[Case, ...]:
    """Debt closes itself when it is paid or given back."""
    cases = []
    if account.debt_fen:
        cases.append(
            Case(
                kind=CaseKind.STORED_VALUE_OVERSPENT,
                severity=Severity.REVIEW,
                about=key,
                cost_fen=account.debt_fen,
            )
        )
    if account.spent_while_frozen:
        cases.append(
            Case(kind=CaseKind.ACCOUNT_SPENT_WHILE_FROZEN, severity=Severity.REVIEW, about=key)
        )
    return tuple(cases)


def _of_pass(key: AggregateKey, account: PassAccount) -> tuple[Case, ...]:
    if not account.overused:
        return ()
    return (Case(kind=CaseKind.PASS_OVERUSED, severity=Severity.REVIEW, about=key),)


def _of_coupon(key: AggregateKey, coupon: Coupon) -> tuple[Case, ...]:
    if len(coupon.redemptions) < 2:  # noqa: PLR2004 - the second redemption makes it a case
        return ()
    _, *later = coupon.redemptions
    return (
        Case(
            kind=CaseKind.COUPON_REDEEMED_TWICE,
            severity=Severity.REVIEW,
            about=key,
            sides=tuple(redemption.origin for redemption in coupon.redemptions),
            cost_fen=sum(redemption.saving_fen for redemption in later),
        ),
    )
