"""Head office looks members up. One phone is one member, however often it was enrolled."""

from collections.abc import Sequence
from typing import Final

import msgspec
from sqlalchemy import Connection

from domain.errors import ErrorCode, TillfoldError
from domain.fold.aggregates import AggregateKey, AggregateKind, Member, PhoneClaims
from domain.fold.members import join_members
from domain.identifiers import BrandId, MemberId
from sync_server.database import aggregates, member_search
from sync_server.database.sales import LedgerRow, ledger_of
from sync_server.use_cases.context import Context

LEDGER_LINES_SHOWN: Final = 100


class KnownMember(msgspec.Struct, frozen=True, kw_only=True):
    """`member_ids` are all enrolments of the phone, the canonical one first."""

    member: Member
    member_ids: tuple[MemberId, ...]


class MemberRecord(msgspec.Struct, frozen=True, kw_only=True):
    """`ledger` is newest first, LEDGER_LINES_SHOWN lines at most."""

    known: KnownMember
    ledger: list[LedgerRow]


def find_members(
    context: Context, brand_id: BrandId, text: str, *, limit: int
) -> list[KnownMember]:
    """Members by the beginning or the last digits of a phone, or the beginning of a name."""

    def work(connection: Connection) -> list[KnownMember]:
        ids = member_search.search(connection, brand_id, text, limit=limit)
        return _joined(connection, brand_id, ids)

    return context.database.read(work)


def show_member(context: Context, brand_id: BrandId, member_id: str) -> MemberRecord:
    """A member by any of its ids, with its points ledger.

    Raises:
        TillfoldError: `not_found`.
    """

    def work(connection: Connection) -> MemberRecord:
        found = _joined(connection, brand_id, [MemberId(member_id)])
        if not found:
            raise TillfoldError(ErrorCode.NOT_FOUND)
        ids = found[0].member_ids
        ledger = ledger_of(connection, brand_id, ids, limit=LEDGER_LINES_SHOWN)
        return MemberRecord(known=found[0], ledger=ledger)

    return context.database.read(work)


def _joined(
    connection: Connection, brand_id: BrandId, ids: Sequence[MemberId]
) -> list[KnownMember]:
    """Each member once, all enrolments of its phone joined."""
    members = _members(connection, brand_id, ids)
    phones = {member.phone for member in members.values() if member.phone}
    keys = [AggregateKey(AggregateKind.PHONE, phone) for phone in phones]
    claims = [held.state for held in aggregates.load(connection, brand_id, keys).values()]
    all_claims = [claim for claim in claims if isinstance(claim, PhoneClaims)]
    members |= _members(
        connection, brand_id, [one for claim in all_claims for one in claim.member_ids]
    )
    found = [
        KnownMember(member=join_members(claim, members), member_ids=claim.member_ids)
        for claim in all_claims
    ]
    return sorted(found, key=lambda known: known.member.member_id)


def _members(
    connection: Connection, brand_id: BrandId, ids: Sequence[MemberId]
) -> dict[MemberId, Member]:
    keys = {AggregateKey(AggregateKind.MEMBER, member_id) for member_id in ids}
    held = aggregates.load(connection, brand_id, keys)
    return {
        MemberId(key.id): one.state for key, one in held.items() if isinstance(one.state, Member)
    }
