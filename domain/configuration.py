"""What head office decides beside rules and menu: points as money, coupons, staff."""

from typing import Annotated, Final

import msgspec

from domain.conditions import EVERYTHING, Scope
from domain.identifiers import CouponId, MemberId, RoleId, RuleId, StaffId
from domain.money import BasisPoints
from domain.offers import Rule
from domain.orders import Name

SHORTEST_CODE: Final = 4
LONGEST_CODE: Final = 40

Code = Annotated[str, msgspec.Meta(min_length=SHORTEST_CODE, max_length=LONGEST_CODE)]
Milliseconds = Annotated[int, msgspec.Meta(ge=0, lt=1 << 47)]


class PointsRule(msgspec.Struct, frozen=True, kw_only=True):
    """Paying with points (积分抵现).

    One point pays `value_fen`; points are taken in steps of `step`, up to `cap_basis_points` of
    what is left of the lines in `scope`. `offline_limit` of older books is read and means nothing:
    what a till takes without the server is in the book's terms of spending.
    """

    rule_id: RuleId = RuleId("points")
    name: Name = "积分抵现"
    value_fen: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 1
    step: Annotated[int, msgspec.Meta(ge=1, le=100_000)] = 100
    cap_basis_points: BasisPoints = 3_000
    scope: Scope = EVERYTHING
    offline_limit: Annotated[int, msgspec.Meta(ge=0, le=100_000_000)] = 500


class CouponTerms(msgspec.Struct, frozen=True, kw_only=True):
    """A coupon: the price rule that it carries, a code, a window of time, perhaps an owner.

    The window is on trusted time, both ends in Unix milliseconds; the last one belongs to it. A
    coupon with a `member_id` is for that member alone. Only a refund of the whole order gives it
    back, then `return_grace_days` longer, and not at all where `returned_on_refund` is off.
    """

    coupon_id: CouponId
    code: Code
    rule: Rule
    valid_from_ms: Milliseconds
    valid_until_ms: Milliseconds
    member_id: MemberId | None = None
    returned_on_refund: bool = True
    return_grace_days: Annotated[int, msgspec.Meta(ge=0, le=366)] = 0

    @property
    def name(self) -> str:
        return self.rule.name


class Staff(msgspec.Struct, frozen=True, kw_only=True):
    """Someone who may sign in at a store. `pin_hash` is argon2id in its text form.

    `role` names a role of `domain.rights`; one that is not published gives no rights.
    """

    staff_id: StaffId
    name: Name
    role: Annotated[RoleId, msgspec.Meta(min_length=1, max_length=64)]
    pin_hash: str
