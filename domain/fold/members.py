"""Members: registers by stamp, points as joined ledger lines, phones as ordered claims.

Any order of arrival gives the same member: an edit may come before the enrolment, and anything
before or after the closure. docs/members.md has the rules in prose.
"""

from collections.abc import Mapping, Sequence
from typing import Final, assert_never

import msgspec

from domain.facts import SaleClosed
from domain.fold.aggregates import CLAIMS_KEPT, AggregateKey, AggregateKind, Member, PhoneClaims
from domain.fold.ledger import record_refund, record_sale, record_top_up
from domain.identifiers import MemberId
from domain.loyalty.facts import LoyaltyFact
from domain.loyalty.state import fold_loyalty, join_loyalty
from domain.members.consents import Consent, give, join_consents, withdraw
from domain.members.facts import (
    ConsentGiven,
    ConsentWithdrawn,
    MemberClosed,
    MemberEdited,
    MemberEnrolled,
    MemberFact,
    MemberFrozen,
    MembersKeptApart,
    MembersMerged,
    MembersParted,
    MemberTagged,
    MemberUnfrozen,
    MemberUntagged,
)
from domain.members.freezes import mark_freezes, note_spends
from domain.members.profile import ProfileField, Superseded, set_texts
from domain.members.tags import join_tags, mark_tags
from domain.origins import Mark, Origin, StampedText, later, newest
from domain.refunds.facts import RefundMade
from domain.stored_value.facts import ToppedUp

MERGED_KEPT: Final = 50

FoldsIntoMember = MemberFact | LoyaltyFact | ToppedUp | SaleClosed | RefundMade


def touched_members(fact: MemberFact) -> tuple[AggregateKey, ...]:
    ids = [fact.member_id]
    if isinstance(fact, MembersMerged):
        ids.append(fact.into)
    if isinstance(fact, MembersParted):
        ids.append(fact.parted_from)
    if isinstance(fact, MembersKeptApart):
        ids.append(fact.other)
    keys = [AggregateKey(AggregateKind.MEMBER, member_id) for member_id in dict.fromkeys(ids)]
    if isinstance(fact, MemberEnrolled | MemberClosed) and fact.phone is not None:
        keys.append(AggregateKey(AggregateKind.PHONE, fact.phone))
    return tuple(keys)


def fold_member(
    member: Member | None,
    member_id: MemberId,
    origin: Origin,
    fact: FoldsIntoMember,
) -> Member:
    """The member after `fact`; a closed one never holds personal data."""
    changed = _changed(member or Member(member_id=member_id), origin, fact)
    return changed if changed.closed is None else without_personal_data(changed)


def _changed(member: Member, origin: Origin, fact: FoldsIntoMember) -> Member:
    replace = msgspec.structs.replace
    match fact:
        case SaleClosed():
            return _count_visit(member, origin, fact)
        case RefundMade():
            return replace(member, loyalty=record_refund(member.loyalty, fact.refund))
        case ToppedUp():
            return replace(member, loyalty=record_top_up(member.loyalty, fact))
        case _ if isinstance(fact, LoyaltyFact):
            loyalty = fold_loyalty(
                member.loyalty, fact, stamp=origin.stamp, terminal=origin.terminal
            )
            return replace(member, loyalty=loyalty)
        case _:
            return _of_member(member, origin, fact)


def _of_member(  # noqa: C901, PLR0911 - one answer a kind
    member: Member, origin: Origin, fact: MemberFact
) -> Member:
    replace = msgspec.structs.replace
    match fact:
        case MemberEnrolled():
            return _enrol(member, origin, fact)
        case MemberEdited():
            return _set_fields(member, origin, fact.changes)
        case MemberTagged() | MemberUntagged():
            standing = isinstance(fact, MemberTagged)
            return replace(
                member, tags=mark_tags(member.tags, origin, fact.tags, standing=standing)
            )
        case ConsentGiven() | ConsentWithdrawn():
            return _consent(member, origin, fact)
        case MemberClosed():
            return replace(member, closed=min(origin, member.closed or origin))
        case MembersMerged() | MembersParted():
            return _link(member, origin, fact)
        case MembersKeptApart():
            return _keep_apart(member, origin, fact)
        case MemberFrozen() | MemberUnfrozen():
            mark = Mark(origin, isinstance(fact, MemberFrozen))
            return replace(member, freezes=mark_freezes(member.freezes, [mark]))
        case _:
            assert_never(fact)


def without_personal_data(member: Member) -> Member:
    """What stays of a closed account: its id, its ledger, links that a person has to undo."""
    return msgspec.structs.replace(
        member, phone="", profile={}, superseded=(), tags={}, consents={}
    )


def _enrol(member: Member, origin: Origin, fact: MemberEnrolled) -> Member:
    fields: dict[str, str] = {ProfileField.NAME: fact.name}
    if fact.birthday:
        fields[ProfileField.BIRTHDAY] = fact.birthday
    if member.enrolled is None or origin < member.enrolled:
        member = msgspec.structs.replace(member, phone=fact.phone, enrolled=origin)
    return _set_fields(member, origin, fields)


def _set_fields(member: Member, origin: Origin, changes: Mapping[str, str]) -> Member:
    return _with_texts(member, {str(f): StampedText(origin, text) for f, text in changes.items()})


def _with_texts(
    member: Member, new: Mapping[str, StampedText], *, superseded: Superseded = ()
) -> Member:
    profile, lost = set_texts(member.profile, member.superseded, new, also_superseded=superseded)
    return msgspec.structs.replace(member, profile=profile, superseded=lost)


def _consent(member: Member, origin: Origin, fact: ConsentGiven | ConsentWithdrawn) -> Member:
    held = member.consents.get(fact.purpose)
    if isinstance(fact, ConsentGiven):
        consent = give(held, origin, fact.version, answers=fact.answers)
    else:
        consent = withdraw(held, origin)
    consents = {**member.consents, fact.purpose.value: consent}
    return msgspec.structs.replace(member, consents=consents)


def _link(member: Member, origin: Origin, fact: MembersMerged | MembersParted) -> Member:
    """The one end keeps whom it goes by, the other end keeps who goes by it."""
    merges = isinstance(fact, MembersMerged)
    other = fact.into if isinstance(fact, MembersMerged) else fact.parted_from
    if other == fact.member_id:
        return member
    if member.member_id == fact.member_id:
        alias = StampedText(origin, other if merges else "")
        return msgspec.structs.replace(member, alias=max(alias, member.alias or alias))
    links = _join_marks(member.merged, {fact.member_id: Mark(origin, merges)})
    return msgspec.structs.replace(member, merged=links)


def _keep_apart(member: Member, origin: Origin, fact: MembersKeptApart) -> Member:
    """Both ends keep it. A member that is kept apart from itself is a slip."""
    other = fact.other if member.member_id == fact.member_id else fact.member_id
    if other == member.member_id:
        return member
    apart = _join_marks(member.kept_apart, {other: Mark(origin, standing=True)})
    return msgspec.structs.replace(member, kept_apart=apart)


def _join_marks(one: Mapping[str, Mark], other: Mapping[str, Mark]) -> dict[str, Mark]:
    joined = dict(one)
    for name, mark in other.items():
        joined[name] = max(mark, joined.get(name, mark))
    return newest(joined, MERGED_KEPT)


def _count_visit(member: Member, origin: Origin, fact: SaleClosed) -> Member:
    spends = member.spends
    if fact.sale.points_redeemed:
        spends = note_spends(spends, (origin,))
    return msgspec.structs.replace(
        member,
        loyalty=record_sale(member.loyalty, fact.sale),
        last_visit=later(origin, member.last_visit),
        spends=spends,
    )


def fold_phone(
    claims: PhoneClaims | None, phone: str, origin: Origin, fact: MemberEnrolled | MemberClosed
) -> PhoneClaims:
    """The earliest enrolment comes first, whatever the order of arrival.

    Only the time of a closure is kept, not whose it was: the number must not lead to the ledger of
    an account that is closed.
    """
    known = claims or PhoneClaims(phone=phone)
    held, closed = set(known.claims), known.closed
    if isinstance(fact, MemberEnrolled):
        held.add((origin, fact.member_id))
    else:
        closed = later(origin, closed)
    standing = sorted(claim for claim in held if closed is None or claim[0] > closed)
    return msgspec.structs.replace(known, claims=tuple(standing[-CLAIMS_KEPT:]), closed=closed)


def is_cut_off(member: Member, claims: PhoneClaims) -> bool:
    """Whether the account was closed under another id: its phone was, after it was enrolled."""
    enrolled, closed = member.enrolled, claims.closed
    return enrolled is not None and closed is not None and enrolled <= closed


def join_members(claims: PhoneClaims, members: dict[MemberId, Member]) -> Member:
    """All enrolments of one phone as the one member they are.

    Raises:
        KeyError: a claimed member is not among `members`.
    """
    return joined([members[member_id] for member_id in claims.member_ids])


def joined(enrolments: Sequence[Member]) -> Member:
    """Several members as one; the first gives its id.

    Each register is the latest, what lost is kept, and the ledgers add up. Closed accounts are left
    out where any is open.
    """
    first, *others = [each for each in enrolments if each.closed is None] or enrolments[:1]
    for other in others:
        first = _join_two(first, other)
    return first


def _join_two(one: Member, other: Member) -> Member:
    purposes = sorted({*one.consents, *other.consents})
    nothing = Consent()
    aliases = [alias for alias in (one.alias, other.alias) if alias is not None]
    return msgspec.structs.replace(
        _with_texts(one, other.profile, superseded=other.superseded),
        loyalty=join_loyalty(one.loyalty, other.loyalty),
        last_visit=later(one.last_visit, other.last_visit),
        tags=join_tags(one.tags, other.tags),
        consents={
            purpose: join_consents(
                one.consents.get(purpose, nothing), other.consents.get(purpose, nothing)
            )
            for purpose in purposes
        },
        alias=max(aliases, default=None),
        merged=_join_marks(one.merged, other.merged),
        kept_apart=_join_marks(one.kept_apart, other.kept_apart),
        freezes=mark_freezes(one.freezes, other.freezes),
        spends=note_spends(one.spends, other.spends),
    )
