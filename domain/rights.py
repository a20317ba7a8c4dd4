"""Rights, roles and limits: who may do what alone, and what needs an approver.

The rules and the full tables stand in docs/rights.md. Roles are data that head office publishes;
the rights themselves are a closed list, because code asks for each of them by name.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated, Final

import msgspec

from domain.errors import ErrorCode, TillfoldError
from domain.identifiers import RoleId, StaffId
from domain.money import BASIS_POINTS, LARGEST_AMOUNT_FEN, BasisPoints

MOST_ROLES: Final = 50
LONGEST_ROLE_NAME: Final = 120


class Right(StrEnum):
    """What a person may be allowed to do. A released code is never renamed or used again."""

    # Orders.
    SELL = "sell"
    GIVE_DISCOUNT = "give_discount"
    COMP = "comp"
    WAIVE_FEE = "waive_fee"
    PRICE_BY_HAND = "price_by_hand"
    VOID_SENT_LINE = "void_sent_line"
    REFUND = "refund"
    REPRINT = "reprint"

    # Members and what they own.
    ENROL_MEMBER = "enrol_member"
    EDIT_MEMBER = "edit_member"
    SEE_FULL_PHONE = "see_full_phone"
    FREEZE_ACCOUNT = "freeze_account"
    MERGE_MEMBERS = "merge_members"
    CLOSE_MEMBER = "close_member"
    SET_TIER = "set_tier"
    ADJUST_POINTS = "adjust_points"
    TOP_UP = "top_up"
    SELL_GIFT_CARD = "sell_gift_card"
    REFUND_BALANCE = "refund_balance"
    ADJUST_STORED_VALUE = "adjust_stored_value"
    ISSUE_COUPON = "issue_coupon"

    # Drawer and shift.
    OPEN_DRAWER = "open_drawer"
    OPEN_SHIFT = "open_shift"
    CLOSE_SHIFT = "close_shift"
    PAID_IN = "paid_in"
    PAID_OUT = "paid_out"
    X_REPORT = "x_report"
    Z_REPORT = "z_report"

    # The business.
    SEE_REPORTS = "see_reports"
    DECIDE_CASES = "decide_cases"
    IMPORT_DATA = "import_data"
    EXPORT_DATA = "export_data"
    MANAGE_STAFF = "manage_staff"
    CHANGE_SETTINGS = "change_settings"


RateLimit = BasisPoints | None
AmountLimit = Annotated[int, msgspec.Meta(ge=0, le=LARGEST_AMOUNT_FEN)] | None


class RoleLimits(msgspec.Struct, frozen=True, kw_only=True):
    """How much one action may be worth. 0: nothing without an approver; None: no limit."""

    discount_basis_points: RateLimit = 0
    discount_fen: AmountLimit = 0
    refund_fen: AmountLimit = 0
    comp_fen: AmountLimit = 0
    points: AmountLimit = 0
    top_up_fen: AmountLimit = 0
    stored_value_fen: AmountLimit = 0


NO_LIMITS: Final = RoleLimits(
    discount_basis_points=None,
    discount_fen=None,
    refund_fen=None,
    comp_fen=None,
    points=None,
    top_up_fen=None,
    stored_value_fen=None,
)


class Role(msgspec.Struct, frozen=True, kw_only=True):
    """`rights` are codes of `Right`. A till passes over those that only a later release knows."""

    role_id: Annotated[RoleId, msgspec.Meta(min_length=1, max_length=64)]
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_ROLE_NAME)]
    rights: frozenset[str] = frozenset()
    limits: RoleLimits = RoleLimits()


# Which limits an action under a right is measured against. A right that is not here has none.
LIMITED: Final[dict[Right, tuple[str, ...]]] = {
    Right.GIVE_DISCOUNT: ("discount_basis_points", "discount_fen"),
    Right.PRICE_BY_HAND: ("discount_basis_points", "discount_fen"),
    Right.WAIVE_FEE: ("discount_fen",),
    Right.COMP: ("comp_fen",),
    Right.VOID_SENT_LINE: ("comp_fen",),
    Right.REFUND: ("refund_fen",),
    Right.REFUND_BALANCE: ("refund_fen",),
    Right.ADJUST_POINTS: ("points",),
    Right.TOP_UP: ("top_up_fen",),
    Right.SELL_GIFT_CARD: ("top_up_fen",),
    Right.ADJUST_STORED_VALUE: ("stored_value_fen",),
}

CASHIER: Final = RoleId("cashier")
SHIFT_LEADER: Final = RoleId("shift_leader")
STORE_MANAGER: Final = RoleId("store_manager")
AREA_MANAGER: Final = RoleId("area_manager")
FINANCE: Final = RoleId("finance")

_CASHIER_RIGHTS: Final = frozenset(
    {
        Right.SELL,
        Right.ENROL_MEMBER,
        Right.EDIT_MEMBER,
        Right.TOP_UP,
        Right.SELL_GIFT_CARD,
        Right.OPEN_SHIFT,
        Right.CLOSE_SHIFT,
        Right.PAID_IN,
    }
)
_SHIFT_LEADER_RIGHTS: Final = _CASHIER_RIGHTS | {
    Right.GIVE_DISCOUNT,
    Right.WAIVE_FEE,
    Right.VOID_SENT_LINE,
    Right.REFUND,
    Right.REPRINT,
    Right.OPEN_DRAWER,
    Right.PAID_OUT,
    Right.X_REPORT,
    Right.FREEZE_ACCOUNT,
}
# A whole phone number is for those who call guests, not for whoever stands at the counter.
_STORE_MANAGER_RIGHTS: Final = frozenset(Right) - {Right.SEE_FULL_PHONE}
_FINANCE_RIGHTS: Final = frozenset(
    {
        Right.REFUND,
        Right.REFUND_BALANCE,
        Right.ADJUST_POINTS,
        Right.ADJUST_STORED_VALUE,
        Right.SEE_REPORTS,
        Right.DECIDE_CASES,
        Right.EXPORT_DATA,
        Right.X_REPORT,
        Right.Z_REPORT,
    }
)

DEFAULT_ROLES: Final[tuple[Role, ...]] = (
    Role(
        role_id=CASHIER,
        name="收银员",
        rights=_CASHIER_RIGHTS,
        limits=RoleLimits(top_up_fen=100_000),
    ),
    Role(
        role_id=SHIFT_LEADER,
        name="值班长",
        rights=_SHIFT_LEADER_RIGHTS,
        limits=RoleLimits(
            discount_basis_points=1_000,
            discount_fen=5_000,
            refund_fen=20_000,
            comp_fen=5_000,
            top_up_fen=200_000,
        ),
    ),
    Role(
        role_id=STORE_MANAGER,
        name="店长",
        rights=_STORE_MANAGER_RIGHTS,
        limits=RoleLimits(
            discount_basis_points=5_000,
            discount_fen=50_000,
            refund_fen=200_000,
            comp_fen=50_000,
            points=10_000,
            top_up_fen=500_000,
            stored_value_fen=50_000,
        ),
    ),
    Role(role_id=AREA_MANAGER, name="区域经理", rights=frozenset(Right), limits=NO_LIMITS),
    Role(role_id=FINANCE, name="财务", rights=_FINANCE_RIGHTS, limits=NO_LIMITS),
)


class Action(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody is about to do.

    `amount_fen` or `points` is what it is worth, below zero where something is taken away;
    `basis_points` is the share of the price that a discount takes off, rounded up.
    """

    right: Right
    amount_fen: int = 0
    basis_points: int = 0
    points: int = 0


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who has signed in, or has entered a PIN to approve."""

    staff_id: StaffId
    role_id: RoleId


class Authorised(msgspec.Struct, frozen=True, kw_only=True):
    """Who goes into the journal. `approver` is None where the actor needed none."""

    actor: StaffId
    approver: StaffId | None = None


def role_of(role_id: RoleId, roles: Iterable[Role]) -> Role:
    """The role with that id; one without any right where there is none."""
    found = (role for role in roles if role.role_id == role_id)
    return next(found, Role(role_id=role_id, name=role_id))


def rights_of(role_id: RoleId, roles: Iterable[Role]) -> frozenset[Right]:
    held = role_of(role_id, roles).rights
    return frozenset(right for right in Right if right in held)


def authorise(
    action: Action, actor: Person, approver: Person | None, roles: tuple[Role, ...]
) -> Authorised:
    """Whether `actor` may do this alone, or with `approver`.

    Raises:
        TillfoldError: without an approver `right_missing` or `limit_exceeded`; with one
            `approver_same_person`, `approver_right_missing` or `approver_limit_exceeded`.
    """
    own = _what_stops(action, role_of(actor.role_id, roles))
    if own is None:
        return Authorised(actor=actor.staff_id)
    if approver is None:
        raise TillfoldError(own)
    if approver.staff_id == actor.staff_id:
        raise TillfoldError(ErrorCode.APPROVER_SAME_PERSON)
    theirs = _what_stops(action, role_of(approver.role_id, roles))
    if theirs is ErrorCode.RIGHT_MISSING:
        raise TillfoldError(ErrorCode.APPROVER_RIGHT_MISSING)
    if theirs is ErrorCode.LIMIT_EXCEEDED:
        raise TillfoldError(ErrorCode.APPROVER_LIMIT_EXCEEDED)
    return Authorised(actor=actor.staff_id, approver=approver.staff_id)


def _what_stops(action: Action, role: Role) -> ErrorCode | None:
    if action.right not in role.rights:
        return ErrorCode.RIGHT_MISSING
    for name in LIMITED.get(action.right, ()):
        limit: int | None = getattr(role.limits, name)
        if limit is not None and _measured(action, name) > limit:
            return ErrorCode.LIMIT_EXCEEDED
    return None


def _measured(action: Action, limit_name: str) -> int:
    if limit_name == "discount_basis_points":
        return abs(action.basis_points)
    return abs(action.points if limit_name == "points" else action.amount_fen)


class RoleFlawKind(StrEnum):
    """Why head office's roles are refused."""

    DUPLICATE_ID = "duplicate_role_id"
    ID_MISSING = "role_id_missing"
    NAME_MISSING = "role_name_missing"
    RIGHT_UNKNOWN = "right_unknown"
    LIMIT_OUT_OF_RANGE = "role_limit_out_of_range"
    TOO_MANY = "too_many_roles"
    NOBODY_MANAGES_STAFF = "nobody_manages_staff"


class RoleFlaw(msgspec.Struct, frozen=True, kw_only=True):
    """`role_id` is empty where the flaw is in the roles as a whole."""

    kind: RoleFlawKind
    role_id: RoleId = RoleId("")


def role_flaws(roles: tuple[Role, ...]) -> tuple[RoleFlaw, ...]:
    """All flaws, in the order of the roles; none: they may be published."""
    flaws: list[RoleFlaw] = []
    seen: set[RoleId] = set()
    for role in roles:
        flaws.extend(_flaws_of(role))
        if role.role_id in seen:
            flaws.append(RoleFlaw(kind=RoleFlawKind.DUPLICATE_ID, role_id=role.role_id))
        seen.add(role.role_id)
    if len(roles) > MOST_ROLES:
        flaws.append(RoleFlaw(kind=RoleFlawKind.TOO_MANY))
    if not any(Right.MANAGE_STAFF in role.rights for role in roles):
        flaws.append(RoleFlaw(kind=RoleFlawKind.NOBODY_MANAGES_STAFF))
    return tuple(flaws)


def _flaws_of(role: Role) -> list[RoleFlaw]:
    kinds = []
    if not role.role_id.strip():
        kinds.append(RoleFlawKind.ID_MISSING)
    if not role.name.strip():
        kinds.append(RoleFlawKind.NAME_MISSING)
    if role.rights.difference(Right):
        kinds.append(RoleFlawKind.RIGHT_UNKNOWN)
    limits = msgspec.structs.asdict(role.limits)
    if any(limit is not None and not 0 <= limit <= _most(name) for name, limit in limits.items()):
        kinds.append(RoleFlawKind.LIMIT_OUT_OF_RANGE)
    return [RoleFlaw(kind=kind, role_id=role.role_id) for kind in kinds]


def _most(limit_name: str) -> int:
    return BASIS_POINTS if limit_name == "discount_basis_points" else LARGEST_AMOUNT_FEN
