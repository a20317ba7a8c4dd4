"""Members: profile fields by stamp, points as joined ledger lines, phones as ordered claims."""

import msgspec

from domain.facts import MemberEdited, MemberEnrolled, ProfileField, SaleClosed
from domain.fold.aggregates import (
    SUPERSEDED_KEPT,
    Member,
    Origin,
    PhoneClaims,
    StampedText,
    Superseded,
)
from domain.fold.ledger import record_sale
from domain.identifiers import MemberId
from domain.loyalty.state import join_loyalty


def fold_member(
    member: Member | None,
    member_id: MemberId,
    origin: Origin,
    fact: MemberEnrolled | MemberEdited | SaleClosed,
) -> Member:
    """Any order of arrival gives the same member: an edit may come before the enrolment."""
    known = member or Member(member_id=member_id)
    match fact:
        case MemberEnrolled():
            return _enrol(known, origin, fact)
        case MemberEdited():
            return _set_fields(known, origin, fact.changes)
        case SaleClosed():
            return _count_visit(known, origin, fact)


def _enrol(member: Member, origin: Origin, fact: MemberEnrolled) -> Member:
    fields = {ProfileField.NAME: fact.name}
    if fact.birthday:
        fields[ProfileField.BIRTHDAY] = fact.birthday
    if member.enrolled is None or origin < member.enrolled:
        member = msgspec.structs.replace(member, phone=fact.phone, enrolled=origin)
    return _set_fields(member, origin, fields)


def _set_fields(member: Member, origin: Origin, changes: dict[ProfileField, str]) -> Member:
    new = {field: StampedText(origin, text) for field, text in changes.items()}
    return _with_texts(member, new)


def _with_texts(
    member: Member, new: dict[ProfileField, StampedText], *, superseded: Superseded = ()
) -> Member:
    """In each field the later text stands; those that lost are kept with `superseded`."""
    profile = dict(member.profile)
    lost = [*member.superseded, *superseded]
    for field, text in new.items():
        held = profile.get(field)
        if held is None:
            profile[field] = text
            continue
        winner, loser = (text, held) if text.origin > held.origin else (held, text)
        profile[field] = winner
        lost.append((field, loser))
    lost.sort(key=lambda item: (item[1].origin, item[0]), reverse=True)
    return msgspec.structs.replace(
        member, profile=profile, superseded=tuple(lost[:SUPERSEDED_KEPT])
    )


def _count_visit(member: Member, origin: Origin, fact: SaleClosed) -> Member:
    return msgspec.structs.replace(
        member,
        loyalty=record_sale(member.loyalty, fact.sale),
        last_visit=max(origin, member.last_visit or origin),
    )


def fold_phone(claims: PhoneClaims | None, origin: Origin, fact: MemberEnrolled) -> PhoneClaims:
    """The earliest enrolment comes first, whatever the order of arrival."""
    held = claims.claims if claims else ()
    return PhoneClaims(phone=fact.phone, claims=tuple(sorted({*held, (origin, fact.member_id)})))


def join_members(claims: PhoneClaims, members: dict[MemberId, Member]) -> Member:
    """All enrolments of one phone as the one member they are.

    The id is the canonical one's, each profile field is the one with the latest stamp, what lost
    is kept, and the ledgers add up.

    Raises:
        KeyError: a claimed member is not among `members`.
    """
    joined, *others = (members[member_id] for member_id in claims.member_ids)
    for other in others:
        visits = [visit for visit in (joined.last_visit, other.last_visit) if visit]
        joined = msgspec.structs.replace(
            _with_texts(joined, other.profile, superseded=other.superseded),
            loyalty=join_loyalty(joined.loyalty, other.loyalty),
            last_visit=max(visits, default=None),
        )
    return joined
