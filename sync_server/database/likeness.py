"""Members that may be one person: found by what they share, through an index, as facts come in.

What is shared is kept as a hash: the table says who is like whom, not what anybody is called.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import Final

import msgspec
from sqlalchemy import Connection, delete, or_, select, tuple_

from domain.fold.aggregates import Member
from domain.identifiers import BrandId, MemberId
from domain.members.likeness import Likeness, likeness_keys
from sync_server.database.statements import in_parts, insert_new, is_one_of
from sync_server.database.tables import duplicate_proposal, member_likeness

# A key that more members share than these says nothing about any of them.
MOST_ALIKE: Final = 20

Keys = Mapping[MemberId, frozenset[tuple[Likeness, bytes]]]


class LikenessRow(msgspec.Struct, frozen=True):
    brand_id: str
    member_id: str
    reason: str
    hash: bytes


class ProposalRow(msgspec.Struct, frozen=True):
    """`first` sorts before `second`; `reason` is a `Likeness`."""

    brand_id: str
    first: str
    second: str
    reason: str


def keep_likeness(connection: Connection, brand_id: BrandId, members: Iterable[Member]) -> None:
    """Bring keys and proposals of changed members to what follows from them."""
    changed = {member.member_id: member for member in members if member.enrolled or member.closed}
    if not changed:
        return
    _forget(connection, brand_id, list(changed))
    rows = [
        LikenessRow(brand_id, member_id, reason.value, _hash(reason, key))
        for member_id, member in changed.items()
        for reason, key in likeness_keys(member.profile)
    ]
    insert_new(connection, member_likeness, rows)
    insert_new(connection, duplicate_proposal, _proposals(connection, brand_id, rows, changed))


def _hash(reason: Likeness, key: str) -> bytes:
    return hashlib.sha256(f"{reason}:{key}".encode()).digest()[:16]


def members_like(
    connection: Connection, brand_id: BrandId, key: tuple[Likeness, str]
) -> list[MemberId]:
    """Members with this key, at most MOST_ALIKE."""
    rows = connection.execute(
        select(member_likeness.c.member_id)
        .where(member_likeness.c.brand_id == brand_id, member_likeness.c.hash == _hash(*key))
        .order_by(member_likeness.c.member_id)
        .limit(MOST_ALIKE)
    )
    return [MemberId(row.member_id) for row in rows]


def _forget(connection: Connection, brand_id: BrandId, member_ids: Sequence[MemberId]) -> None:
    for part in in_parts(member_ids):
        connection.execute(
            delete(member_likeness).where(
                member_likeness.c.brand_id == brand_id,
                is_one_of(connection, member_likeness.c.member_id, part),
            )
        )
        connection.execute(
            delete(duplicate_proposal).where(
                duplicate_proposal.c.brand_id == brand_id,
                or_(
                    is_one_of(connection, duplicate_proposal.c.first, part),
                    is_one_of(connection, duplicate_proposal.c.second, part),
                ),
            )
        )


def _proposals(
    connection: Connection,
    brand_id: BrandId,
    rows: Sequence[LikenessRow],
    changed: Mapping[MemberId, Member],
) -> list[ProposalRow]:
    """Pairs with a changed member in them, but those that a person has kept apart."""
    reasons = {row.hash: row.reason for row in rows}
    alike: dict[bytes, list[MemberId]] = {}
    for part in in_parts(sorted(reasons)):
        found = connection.execute(
            select(member_likeness.c.hash, member_likeness.c.member_id)
            .where(member_likeness.c.brand_id == brand_id, member_likeness.c.hash.in_(part))
            .order_by(member_likeness.c.member_id)
        )
        for row in found:
            alike.setdefault(row.hash, []).append(MemberId(row.member_id))
    return [
        ProposalRow(brand_id, first, second, reasons[key])
        for key, members in alike.items()
        if len(members) <= MOST_ALIKE
        for first, second in combinations(members, 2)
        if (first in changed or second in changed) and not _apart(changed, first, second)
    ]


def _apart(changed: Mapping[MemberId, Member], first: MemberId, second: MemberId) -> bool:
    """Both know of it, so either will do."""
    one, other = changed.get(first), changed.get(second)
    return (one is not None and second in one.kept_apart) or (
        other is not None and first in other.kept_apart
    )


def list_proposals(
    connection: Connection, brand_id: BrandId, *, after: tuple[str, str], limit: int
) -> list[tuple[MemberId, MemberId, list[Likeness]]]:
    """Pairs in the order of their ids, from the one behind `after` on, with all their reasons."""
    pair = tuple_(duplicate_proposal.c.first, duplicate_proposal.c.second)
    rows = connection.execute(
        select(duplicate_proposal)
        .where(duplicate_proposal.c.brand_id == brand_id, pair > after)
        .order_by(
            duplicate_proposal.c.first, duplicate_proposal.c.second, duplicate_proposal.c.reason
        )
        .limit(limit * len(Likeness))
    )
    pairs: dict[tuple[MemberId, MemberId], list[Likeness]] = {}
    for row in rows:
        key = (MemberId(row.first), MemberId(row.second))
        pairs.setdefault(key, []).append(Likeness(row.reason))
    return [(first, second, found) for (first, second), found in pairs.items()][:limit]
