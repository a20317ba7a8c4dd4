"""Members that may be one person: proposed by likeness, merged or kept apart by a person."""

from collections.abc import Callable, Sequence

import msgspec
from sqlalchemy import Connection

from domain.errors import ErrorCode, TillfoldError
from domain.facts import Fact
from domain.fold.aggregates import AggregateKey, AggregateKind, Member, PhoneClaims
from domain.fold.people import KnownPerson
from domain.identifiers import BrandId, MemberId
from domain.members.facts import (
    MembersKeptApart,
    MembersMerged,
    MembersParted,
)
from domain.members.likeness import Likeness
from sync_server.database import aggregates, likeness
from sync_server.use_cases.context import Context
from sync_server.use_cases.head_office import decide_in
from sync_server.use_cases.members import MemberRecord, person_of, show_member


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """Two people as they are now; `first_id` and `second_id` are the members that are alike."""

    first_id: MemberId
    second_id: MemberId
    first: KnownPerson
    second: KnownPerson
    reasons: list[Likeness]


def find_duplicates(
    context: Context, brand_id: BrandId, *, after: tuple[str, str] = ("", ""), limit: int = 100
) -> list[Proposal]:
    """Proposals in the order of their ids; who is one person by now is left out."""

    def work(connection: Connection) -> list[Proposal]:
        found: list[Proposal] = []
        last = after
        while len(found) < limit:
            rows = likeness.list_proposals(connection, brand_id, after=last, limit=limit)
            found += [one for row in rows if (one := _proposal(connection, brand_id, row))]
            if len(rows) < limit:
                break
            last = rows[-1][:2]
        return found[:limit]

    return context.database.read(work, brand=brand_id)


def _proposal(
    connection: Connection, brand_id: BrandId, row: tuple[MemberId, MemberId, list[Likeness]]
) -> Proposal | None:
    first_id, second_id, reasons = row
    first = person_of(connection, brand_id, first_id)
    second = person_of(connection, brand_id, second_id)
    if first is None or second is None or second_id in first.ids:
        return None
    return Proposal(
        first_id=first_id, second_id=second_id, first=first, second=second, reasons=reasons
    )


def merge_members(
    context: Context, brand_id: BrandId, member_id: str, *, into: str, actor: str
) -> MemberRecord:
    """From now on `member_id` goes by `into`; two that are one already stay as they are.

    Raises:
        TillfoldError: `member_unknown` for either.
    """

    def facts(connection: Connection) -> Sequence[Fact]:
        one, other = _people(connection, brand_id, member_id, into)
        if MemberId(into) in one.ids:
            return ()
        merged = MembersMerged(member_id=one.member.member_id, into=other.member.member_id)
        return (merged,)

    return _decided(context, brand_id, facts, show=into, actor=actor)


def part_members(
    context: Context, brand_id: BrandId, member_id: str, *, actor: str
) -> MemberRecord:
    """`member_id`, with all enrolments of its phone, is a person of its own again.

    Who goes by nobody stays as it is.

    Raises:
        TillfoldError: `member_unknown`.
    """

    def facts(connection: Connection) -> Sequence[Fact]:
        member = _member(connection, brand_id, MemberId(member_id))
        first = _first_enrolled(connection, brand_id, member)
        linked = [
            (each.member_id, MemberId(each.alias.text))
            for each in {one.member_id: one for one in (member, first)}.values()
            if each.alias is not None and each.alias.text
        ]
        return [MembersParted(member_id=one, parted_from=into) for one, into in linked]

    return _decided(context, brand_id, facts, show=member_id, actor=actor)


def keep_apart(
    context: Context, brand_id: BrandId, member_id: str, *, other: str, actor: str
) -> MemberRecord:
    """Remember that two members are two people: they are not proposed any more.

    Raises:
        TillfoldError: `member_unknown` for either.
    """

    def facts(connection: Connection) -> Sequence[Fact]:
        _people(connection, brand_id, member_id, other)
        known = _member(connection, brand_id, MemberId(member_id))
        if other in known.kept_apart or member_id == other:
            return ()
        return (MembersKeptApart(member_id=MemberId(member_id), other=MemberId(other)),)

    return _decided(context, brand_id, facts, show=member_id, actor=actor)


def _decided(
    context: Context,
    brand_id: BrandId,
    facts_of: Callable[[Connection], Sequence[Fact]],
    *,
    show: str,
    actor: str,
) -> MemberRecord:
    def work(connection: Connection) -> int | None:
        facts = facts_of(connection)
        if not facts:
            return None
        return decide_in(context, connection, brand_id, facts, actor=actor)

    head = context.database.write(work, brand=brand_id)
    if head is not None:
        context.heads.announce(brand_id, head)
    return show_member(context, brand_id, show)


def _people(connection: Connection, brand_id: BrandId, *member_ids: str) -> list[KnownPerson]:
    found = [person_of(connection, brand_id, MemberId(member_id)) for member_id in member_ids]
    people = [person for person in found if person is not None]
    if len(people) < len(member_ids):
        raise TillfoldError(ErrorCode.MEMBER_UNKNOWN)
    return people


def _member(connection: Connection, brand_id: BrandId, member_id: MemberId) -> Member:
    _people(connection, brand_id, member_id)
    key = AggregateKey(AggregateKind.MEMBER, member_id)
    member = aggregates.load(connection, brand_id, [key])[key].state
    assert isinstance(member, Member)
    return member


def _first_enrolled(connection: Connection, brand_id: BrandId, member: Member) -> Member:
    """The canonical enrolment of the member's phone: its merge is the one that counts."""
    key = AggregateKey(AggregateKind.PHONE, member.phone)
    held = aggregates.load(connection, brand_id, [key]).get(key)
    if held is None or not isinstance(held.state, PhoneClaims):
        return member
    claimed = [AggregateKey(AggregateKind.MEMBER, each) for each in held.state.member_ids]
    members = aggregates.load(connection, brand_id, claimed)
    known = [members[each].state for each in claimed if each in members]
    return next((each for each in known if isinstance(each, Member)), member)
