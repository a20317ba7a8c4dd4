"""What can be spent once only: a member's points, an account's money, a pass's uses, a coupon."""

from enum import StrEnum
from typing import Annotated

import msgspec

# PostgreSQL's texts cannot hold a NUL.
SubjectId = Annotated[str, msgspec.Meta(min_length=1, max_length=80, pattern=r"^[^\x00]+\Z")]


class SubjectKind(StrEnum):
    """Its unit: points, fen, uses, and 1 for a coupon."""

    POINTS = "points"
    STORED_VALUE = "stored_value"
    PASS = "pass"  # noqa: S105 - a kind of subject, not a password
    COUPON = "coupon"


class Subject(msgspec.Struct, frozen=True, array_like=True, order=True):
    """`id` is that of the member, account, pass or coupon."""

    kind: SubjectKind
    id: SubjectId


def courtesy_unit_fen(kind: SubjectKind, *, point_fen: int) -> int:
    """What one unit is worth where a limit is an amount; 0: it is not measured in money."""
    if kind is SubjectKind.POINTS:
        return point_fen
    return 1 if kind is SubjectKind.STORED_VALUE else 0
