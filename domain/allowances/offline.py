"""What a till may let a guest spend while the server does not answer (reliability: ageing)."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

import msgspec

from domain.allowances.rights import RightKind, UsedRight
from domain.allowances.subjects import Subject, SubjectKind, courtesy_unit_fen
from domain.allowances.terms import MS_AN_HOUR, CourtesyTerms

HALVED_AFTER_MS: Final = 24 * MS_AN_HOUR
OVER_AFTER_MS: Final = 72 * MS_AN_HOUR


class OutageAge(StrEnum):
    """Courtesies are whole for a day and half for two more; then only cash is taken."""

    FRESH = "fresh"
    LONG = "long"
    OVER = "over"


def age_of(offline_ms: int) -> OutageAge:
    if offline_ms <= HALVED_AFTER_MS:
        return OutageAge.FRESH
    return OutageAge.LONG if offline_ms <= OVER_AFTER_MS else OutageAge.OVER


class OpenAllowance(msgspec.Struct, frozen=True, kw_only=True):
    """`left` is what this till has not used of it."""

    allowance_id: str
    subject: Subject
    left: int
    expires_ms: int


class CourtesyUse(msgspec.Struct, frozen=True, kw_only=True):
    """How an outage stands: since when the server is silent, and what was given in courtesy.

    `store_tills` share what a store may give to one member.
    """

    offline_ms: int
    store_tills: int = 1
    to_subject_fen: int = 0
    by_till_fen: int = 0


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """`worth_fen` is what a coupon would save."""

    subject: Subject
    amount: int
    worth_fen: int = 0


def usable(
    allowances: Sequence[OpenAllowance], subject: Subject, now_ms: int
) -> list[OpenAllowance]:
    """Those of a subject that are not over, the one that ends first first."""
    mine = [each for each in allowances if each.subject == subject and each.left > 0]
    return sorted(
        (each for each in mine if now_ms < each.expires_ms),
        key=lambda each: (each.expires_ms, each.allowance_id),
    )


def courtesy_fen(kind: SubjectKind, terms: CourtesyTerms | None, use: CourtesyUse) -> int:
    """What may still be given in courtesy for one subject; 0 where courtesy is off."""
    age = age_of(use.offline_ms)
    if terms is None or age is OutageAge.OVER or kind is SubjectKind.PASS:
        return 0
    by_kind = {
        SubjectKind.STORED_VALUE: terms.stored_value_fen,
        SubjectKind.POINTS: terms.points_fen,
        SubjectKind.COUPON: terms.coupon_fen,
    }
    part = 2 if age is OutageAge.LONG else 1
    tills = 1 if kind is SubjectKind.COUPON else max(1, use.store_tills)
    of_subject = by_kind[kind] // (part * tills) - use.to_subject_fen
    return max(0, min(of_subject, terms.per_till_fen // part - use.by_till_fen))


def courtesy_units(
    kind: SubjectKind, terms: CourtesyTerms | None, use: CourtesyUse, *, point_fen: int
) -> int:
    """The same in units of the subject; a coupon is one unit whatever it saves."""
    unit_fen = courtesy_unit_fen(kind, point_fen=point_fen)
    return courtesy_fen(kind, terms, use) // unit_fen if unit_fen else 0


def rights_for(
    wanted: Wanted,
    *,
    held: UsedRight | None,
    allowances: Sequence[OpenAllowance],
    courtesy_left_fen: int,
    point_fen: int,
) -> tuple[UsedRight, ...] | None:
    """The rights that cover what is wanted; None where they do not reach.

    First what the server holds for it, then the till's `allowances` in their order, a courtesy
    last. A coupon in courtesy counts with what it saves.
    """
    rights, missing = [held] if held else [], wanted.amount - (held.amount if held else 0)
    for each in allowances:
        if missing > 0:
            part = min(missing, each.left)
            rights.append(_out_of(each, part))
            missing -= part
    if missing > 0:
        unit_fen = courtesy_unit_fen(wanted.subject.kind, point_fen=point_fen)
        worth_fen = missing * unit_fen or wanted.worth_fen
        # Without a worth there is no telling that a limit holds.
        if not 0 < worth_fen <= courtesy_left_fen:
            return None
        rights.append(_courtesy(wanted.subject, missing, worth_fen))
    return tuple(rights)


def _out_of(allowance: OpenAllowance, amount: int) -> UsedRight:
    return UsedRight(
        kind=RightKind.ALLOWANCE,
        subject=allowance.subject,
        amount=amount,
        right_id=allowance.allowance_id,
    )


def _courtesy(subject: Subject, amount: int, worth_fen: int) -> UsedRight:
    return UsedRight(kind=RightKind.COURTESY, subject=subject, amount=amount, worth_fen=worth_fen)
