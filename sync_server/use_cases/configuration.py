"""Head office publishes: menu, rules, coupons, staff. Each is a fact in its journal."""

from collections.abc import Sequence
from typing import Final

import msgspec
from sqlalchemy import Connection

from domain.configuration import LONGEST_CODE, SHORTEST_CODE, CouponTerms, Staff
from domain.errors import ErrorCode, TillfoldError
from domain.facts import CouponIssued, MenuPublished, RulesPublished, StaffAppointed
from domain.fold.aggregates import AggregateKey, AggregateKind, Coupon, scope_of
from domain.identifiers import HEAD_OFFICE, BrandId, CouponId, MemberId, RoleId, StaffId, StoreId
from domain.menu import MenuItem
from domain.offers import Rule
from domain.rights import DEFAULT_ROLES, Role
from domain.rule_flaws import RulesRefusedError, below
from domain.rulebook import RuleBook
from domain.rulebook_check.book import check_book, check_coupon
from domain.rulebook_check.menu import check_menu
from sync_server.authentication.codes import new_coupon_code
from sync_server.authentication.pins import SALT_BYTES, hash_pin
from sync_server.database import aggregates, coupon_codes, coupon_status
from sync_server.database.brands import find_store, list_stores
from sync_server.database.coupon_codes import CouponCode
from sync_server.database.terminals import lock_terminal
from sync_server.use_cases.brands import checked_name
from sync_server.use_cases.context import Context
from sync_server.use_cases.head_office import decide, decide_in
from sync_server.use_cases.published import menu_now, rules_now

MOST_COUPONS_AT_ONCE: Final = 500
_MOST_STORES: Final = 10_000
_CODE_LENGTHS: Final = range(SHORTEST_CODE, LONGEST_CODE + 1)


class CouponOrder(msgspec.Struct, frozen=True, kw_only=True):
    """Single-use coupons to issue, each with this rule, whose name is the coupon's.

    With a `code` it is one coupon; without, codes are drawn.
    """

    rule: Rule
    valid_from_ms: int
    valid_until_ms: int
    count: int = 1
    member_id: MemberId | None = None
    code: str = ""


def publish_menu(
    context: Context, brand_id: BrandId, version: str, items: Sequence[MenuItem], *, actor: str
) -> int:
    """Replace the brand's menu; answers the feed head that carries it.

    Raises:
        TillfoldError: `item_twice_in_file` with the place of the first one; `rules_refused` with
            the flaws of its dishes.
    """
    places: dict[str, int] = {}
    for place, item in enumerate(items, start=1):
        if item.item_id in places:
            raise TillfoldError(ErrorCode.ITEM_TWICE_IN_FILE, row=places[item.item_id])
        places[item.item_id] = place
    flaws = check_menu(items)
    if flaws:
        raise RulesRefusedError(flaws)
    menu = MenuPublished(version=version, items=tuple(items))
    return decide(context, brand_id, [menu], actor=actor)


def publish_rules(
    context: Context,
    brand_id: BrandId,
    version: str,
    book: RuleBook,
    *,
    actor: str,
) -> int:
    """Replace the brand's rule book; answers the feed head that carries it.

    Raises:
        RulesRefusedError: it contradicts itself, or the menu and the stores that there are.
    """

    def work(connection: Connection) -> int:
        stores = list_stores(connection, brand_id, limit=_MOST_STORES)
        flaws = check_book(
            book, menu_now(connection, brand_id), stores={store.store_id for store in stores}
        )
        if flaws:
            raise RulesRefusedError([below("book", flaw) for flaw in flaws])
        facts = [RulesPublished(version=version, book=book)]
        return decide_in(context, connection, brand_id, facts, actor=actor)

    head = context.database.write(work, brand=brand_id)
    context.heads.announce(brand_id, head)
    return head


def issue_coupons(
    context: Context, brand_id: BrandId, order: CouponOrder, *, actor: str
) -> list[CouponTerms]:
    """Issue coupons, each with an id and a code of its own.

    Raises:
        TillfoldError: `request_malformed`; `member_unknown` for a member that is not there;
            `already_exists` for a code that a coupon of the brand has had before; `name_missing`;
            `rules_refused` with the flaws of its rule.
    """
    _check_order(order)
    terms = [_terms(context, order) for _ in range(order.count)]
    codes = [CouponCode(brand_id=brand_id, code=one.code, coupon_id=one.coupon_id) for one in terms]

    def work(connection: Connection) -> int:
        _check_rule(connection, brand_id, order.rule)
        member_id = order.member_id
        if member_id is not None:
            key = AggregateKey(AggregateKind.MEMBER, member_id)
            if not aggregates.load(connection, brand_id, [key]):
                raise TillfoldError(ErrorCode.MEMBER_UNKNOWN)
        if not coupon_codes.claim(connection, brand_id, codes):
            raise TillfoldError(ErrorCode.ALREADY_EXISTS)
        # Held from here on, so that no two orders give the same places.
        lock_terminal(connection, brand_id, HEAD_OFFICE)
        coupon_status.add_coupons(connection, brand_id, [one.coupon_id for one in terms])
        facts = [CouponIssued(terms=one) for one in terms]
        return decide_in(context, connection, brand_id, facts, actor=actor)

    context.heads.announce(brand_id, context.database.write(work, brand=brand_id))
    return terms


def _check_order(order: CouponOrder) -> None:
    checks = {
        "count": 1 <= order.count <= (1 if order.code else MOST_COUPONS_AT_ONCE),
        "code": not order.code or len(order.code) in _CODE_LENGTHS,
        "valid_until": order.valid_from_ms < order.valid_until_ms,
    }
    for where, fits in checks.items():
        if not fits:
            raise TillfoldError(ErrorCode.REQUEST_MALFORMED, where=where)


def _check_rule(connection: Connection, brand_id: BrandId, rule: Rule) -> None:
    rules = rules_now(connection, brand_id)
    tiers = [tier.tier_id for tier in rules.book.loyalty.tiers.tiers] if rules else []
    flaws = check_coupon(rule, menu_now(connection, brand_id), tiers=tiers)
    if flaws:
        raise RulesRefusedError(flaws)


def _terms(context: Context, order: CouponOrder) -> CouponTerms:
    return CouponTerms(
        coupon_id=CouponId(context.new_identifier()),
        code=order.code.strip().upper() or new_coupon_code(context.entropy),
        rule=msgspec.structs.replace(order.rule, name=checked_name(order.rule.name)),
        valid_from_ms=order.valid_from_ms,
        valid_until_ms=order.valid_until_ms,
        member_id=order.member_id,
    )


def list_coupons(context: Context, brand_id: BrandId, *, after: str, limit: int) -> list[Coupon]:
    """Issued coupons by id; one that was redeemed before its issue arrived is not among them."""

    def work(connection: Connection) -> list[Coupon]:
        found = aggregates.list_kind(
            connection, brand_id, AggregateKind.COUPON, after=after, limit=limit
        )
        return [one for one in found if isinstance(one, Coupon) and one.terms is not None]

    return context.database.read(work, brand=brand_id)


class Appointment(msgspec.Struct, frozen=True, kw_only=True):
    """Someone who may sign in at a store. With the `staff_id` of before it replaces that one.

    Who works at two stores has an id at each.
    """

    store_id: StoreId
    name: str
    role: RoleId
    pin: str
    staff_id: str = ""


def appoint(context: Context, brand_id: BrandId, new: Appointment, *, actor: str) -> Staff:
    """Let someone sign in at a store from now on.

    Raises:
        TillfoldError: `pin_too_weak`, `not_found` for the store, `name_missing`;
            `request_malformed` for a role that nobody published;
            `already_exists` for an id of another store, whose tills would never hear of it.
    """
    staff = Staff(
        staff_id=StaffId(new.staff_id or context.new_identifier()),
        name=checked_name(new.name),
        role=new.role,
        pin_hash=hash_pin(new.pin, salt=context.entropy(SALT_BYTES)),
    )

    def work(connection: Connection) -> int:
        if find_store(connection, brand_id, new.store_id) is None:
            raise TillfoldError(ErrorCode.NOT_FOUND)
        if new.role not in {role.role_id for role in _roles_now(connection, brand_id)}:
            raise TillfoldError(ErrorCode.REQUEST_MALFORMED, where="role")
        key = AggregateKey(AggregateKind.STAFF, staff.staff_id)
        for held in aggregates.load(connection, brand_id, [key]).values():
            if scope_of(held.state) != new.store_id:
                raise TillfoldError(ErrorCode.ALREADY_EXISTS)
        facts = [StaffAppointed(store=new.store_id, staff=staff)]
        return decide_in(context, connection, brand_id, facts, actor=actor)

    context.heads.announce(brand_id, context.database.write(work, brand=brand_id))
    return staff


def _roles_now(connection: Connection, brand_id: BrandId) -> tuple[Role, ...]:
    """The roles that the brand has published; the first ones until it has."""
    rules = rules_now(connection, brand_id)
    return rules.book.roles if rules else DEFAULT_ROLES
