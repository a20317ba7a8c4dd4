"""The fold: `fold(key, aggregate, entry, fact) -> aggregate`, the same code on till and server.

A caller asks `touched` which aggregates a fact concerns, loads them, folds, and writes them back.
Each entry is folded once: that is the journal's promise (contiguous numbers, a unique key), not
the fold's.
"""

from typing import assert_never, cast

from domain.entries import Entry
from domain.facts import (
    CouponIssued,
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
from domain.fold.members import fold_member, fold_phone, touched_members
from domain.fold.menus import fold_menu
from domain.fold.staff import fold_staff
from domain.identifiers import CouponId, MemberId
from domain.members.facts import MemberClosed, MemberEnrolled, MemberFact
from domain.origins import Origin

# A brand has one menu and one set of rules.
ONLY_ONE = "brand"


def touched(fact: Fact) -> tuple[AggregateKey, ...]:  # noqa: PLR0911 - one answer a kind
    """The keys of the aggregates that a fact changes."""
    if isinstance(fact, MemberFact):
        return touched_members(fact)
    match fact:
        case SaleClosed():
            return _touched_by_sale(fact)
        case CouponIssued():
            return (AggregateKey(AggregateKind.COUPON, fact.terms.coupon_id),)
        case MenuPublished():
            return (AggregateKey(AggregateKind.MENU, ONLY_ONE),)
        case RulesPublished():
            return (AggregateKey(AggregateKind.RULES, ONLY_ONE),)
        case StoreOpened():
            return (AggregateKey(AggregateKind.STORE, fact.store),)
        case StaffAppointed():
            return (AggregateKey(AggregateKind.STAFF, fact.staff.staff_id),)
        case _:
            assert_never(fact)


def _touched_by_sale(fact: SaleClosed) -> tuple[AggregateKey, ...]:
    keys = [AggregateKey(AggregateKind.ORDER, fact.sale.sale_id)]
    if fact.sale.member_id is not None:
        keys.append(AggregateKey(AggregateKind.MEMBER, fact.sale.member_id))
    keys.extend(
        AggregateKey(AggregateKind.COUPON, coupon_id)
        for coupon_id in dict.fromkeys(fact.sale.coupon_ids)
    )
    return tuple(keys)


def origin_of(entry: Entry) -> Origin:
    return Origin(entry.stamp, entry.terminal, entry.store, entry.epoch, entry.number)


def fold(  # noqa: C901, PLR0911 - one answer a kind
    key: AggregateKey, aggregate: Aggregate | None, entry: Entry, fact: Fact
) -> Aggregate:
    """The aggregate at `key` after `fact`. `aggregate` is None where there was none."""
    origin = origin_of(entry)
    if key.kind is AggregateKind.MEMBER and isinstance(fact, MemberFact | SaleClosed):
        return fold_member(cast("Member | None", aggregate), MemberId(key.id), origin, fact)
    match key.kind, fact:
        case AggregateKind.PHONE, MemberEnrolled() | MemberClosed():
            return fold_phone(cast("PhoneClaims | None", aggregate), key.id, origin, fact)
        case AggregateKind.COUPON, CouponIssued() | SaleClosed():
            return fold_coupon(cast("Coupon | None", aggregate), CouponId(key.id), origin, fact)
        case AggregateKind.ORDER, SaleClosed():
            return cast("Order | None", aggregate) or Order(sale=fact.sale, origin=origin)
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
