"""Keeping the feed in step with changed rows: their sums, who gets them now, what is gone.

All of it belongs into the transaction that writes the rows, behind the brand's counter: nobody
else changes these things of the brand until the commit.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec
from sqlalchemy import Connection

from domain.facts import Fact
from domain.fold.aggregates import Aggregate, AggregateKey, AggregateKind, Member, PhoneClaims
from domain.fold.owners import claimed_account, owner_of
from domain.fold.people import load_people
from domain.identifiers import BrandId, MemberId, StoreId
from sync_server.database import aggregates, feed_sums, interests, tombstones
from sync_server.database.aggregates import AggregateRow, Held
from sync_server.database.brands import MemberFeed, find_brand, reserve_versions
from sync_server.database.feed_sums import EVERYWHERE, MEMBERS, interest_place
from sync_server.database.interests import Interest, Pair

_EVERYBODY: Final[frozenset[str]] = frozenset({EVERYWHERE})


class Change(msgspec.Struct, frozen=True):
    """A row as it was written, and what was there before."""

    row: AggregateRow
    before: Held | None


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """Rows of one brand that were written together at a store; '' is head office."""

    brand_id: BrandId
    store_id: StoreId
    changes: Sequence[Change]
    states: Mapping[AggregateKey, Aggregate]
    now_ms: int


def owners_of(
    states: Mapping[AggregateKey, Aggregate],
    held: Mapping[AggregateKey, Held],
    facts: Iterable[Fact],
) -> dict[AggregateKey, str]:
    """Whose each of the changed rows is. What was once said to be a member's stays hers."""
    claimed = dict(claim for fact in facts if (claim := claimed_account(fact)) is not None)
    owners: dict[AggregateKey, str] = {}
    for key, state in states.items():
        owner = owner_of(key, state)
        if owner is None and key.kind is AggregateKind.STORED_VALUE:
            before = held[key].owner if key in held else ""
            owner = MemberId(before) if before else claimed.get(key)
        if owner is not None:
            owners[key] = owner
    return owners


def keep_feed(connection: Connection, batch: Batch, head: int) -> int:
    """Bring sums, interests and tombstones in step; the feed's head after that."""
    brand = find_brand(connection, batch.brand_id)
    assert brand is not None
    known: set[Pair] = set()
    new: set[Pair] = set()
    if brand.member_feed != MemberFeed.ALL:
        known = interests.interests_in(connection, batch.brand_id, _members_of(batch))
        new = _newly_interesting(connection, batch, known)
    _keep_sums(connection, batch, known)
    by_interest = brand.member_feed == MemberFeed.INTEREST
    _keep_tombstones(connection, batch, known | new if by_interest else None)
    return add_interests(connection, batch.brand_id, new) if new else head


def _members_of(batch: Batch) -> set[str]:
    """Members with a changed row, or linked to one by a phone or a merge."""
    members = {one.before.owner for one in batch.changes if one.before is not None}
    members |= {one.row.owner for one in batch.changes}
    for state in batch.states.values():
        members |= _linked_by(state)
    return members - {""}


def _linked_by(state: Aggregate) -> set[str]:
    if isinstance(state, PhoneClaims):
        return set(state.member_ids)
    if isinstance(state, Member) and (state.merged or state.alias is not None):
        return {state.member_id, *state.merged, state.alias.text if state.alias else ""}
    return set()


def _newly_interesting(connection: Connection, batch: Batch, known: set[Pair]) -> set[Pair]:
    """Seen here, enrolled here, and all that is one person with a member that is."""
    wanted = {(batch.store_id, MemberId(one.row.owner)) for one in batch.changes}
    for state in batch.states.values():
        if isinstance(state, Member) and state.enrolled is not None:
            wanted.add((state.enrolled.store, state.member_id))
    wanted = {pair for pair in wanted if all(pair)}
    seeds = {member_id for _, member_id in wanted - known}
    for state in batch.states.values():
        seeds |= {MemberId(member_id) for member_id in _linked_by(state) if member_id}
    wanted |= spread(connection, batch.brand_id, seeds, wanted | known)
    return wanted - known


def spread(
    connection: Connection, brand_id: BrandId, seeds: Iterable[MemberId], pairs: set[Pair]
) -> set[Pair]:
    """Who knows one member of a person knows them all."""
    spread: set[Pair] = set()
    for group in person_groups(connection, brand_id, sorted(seeds)):
        known = interests.interests_in(connection, brand_id, group)
        stores = {store for store, member_id in pairs | known if member_id in group}
        spread |= {(store, member_id) for store in stores for member_id in group} - known
    return spread


def person_groups(
    connection: Connection, brand_id: BrandId, ids: Sequence[MemberId]
) -> list[tuple[MemberId, ...]]:
    """All ids of each person that one of `ids` stands for; closed accounts are nobody."""

    def load(keys: Sequence[AggregateKey]) -> dict[AggregateKey, Aggregate]:
        return {key: one.state for key, one in aggregates.load(connection, brand_id, keys).items()}

    return [person.ids for person in load_people(load, ids)] if ids else []


def add_interests(connection: Connection, brand_id: BrandId, pairs: set[Pair]) -> int:
    """Members become interesting to stores; the head then. Those that are so stay as they are.

    All their rows come into the stores' sums, and what said that they are gone goes.
    """
    members = sorted({member_id for _, member_id in pairs})
    head = reserve_versions(connection, brand_id, len(members))
    since = dict(zip(members, range(head - len(members) + 1, head + 1), strict=True))
    new = pairs - interests.interests_in(connection, brand_id, members)
    interests.add(
        connection,
        [Interest(brand_id, store, member_id, since[member_id]) for store, member_id in new],
    )
    _add_up(connection, brand_id, new)
    return head


def _add_up(connection: Connection, brand_id: BrandId, new: set[Pair]) -> None:
    digests = interests.owned_digests(connection, brand_id, {member_id for _, member_id in new})
    sums: Counter[str] = Counter()
    for store, member_id in new:
        sums[interest_place(store)] += digests.get(member_id, 0)
    feed_sums.change_sums(connection, brand_id, sums)
    for store in {store for store, _ in new}:
        members = [member_id for of_store, member_id in new if of_store == store]
        tombstones.take_back(connection, brand_id, store, members)


def _keep_sums(connection: Connection, batch: Batch, known: Iterable[Pair]) -> None:
    stores = _stores_by_member(known)
    sums: Counter[str] = Counter()
    for one in batch.changes:
        if one.before is not None:
            _add(sums, stores, one.before.scope, one.before.owner, -one.before.digest)
        _add(sums, stores, one.row.scope, one.row.owner, one.row.digest)
    feed_sums.change_sums(connection, batch.brand_id, sums)


def _add(
    sums: Counter[str], stores: Mapping[str, set[str]], scope: str, owner: str, digest: int
) -> None:
    sums[scope] += digest
    for store in stores.get(owner, ()):
        sums[interest_place(StoreId(store))] += digest


def _stores_by_member(pairs: Iterable[Pair]) -> dict[str, set[str]]:
    stores: dict[str, set[str]] = {}
    for store, member_id in pairs:
        stores.setdefault(member_id, set()).add(store)
    return stores


def _keep_tombstones(
    connection: Connection, batch: Batch, interesting: Iterable[Pair] | None
) -> None:
    """Tell those stores that a row left; `interesting` is None where tills get all members."""
    stores = None if interesting is None else _stores_by_member(interesting)
    rows = []
    for one in batch.changes:
        before, row = one.before, one.row
        if before is None or (before.scope, before.owner) == (row.scope, row.owner):
            continue
        left = _readers(stores, before.scope, before.owner)
        now = _readers(stores, row.scope, row.owner)
        rows += [
            tombstones.Tombstone(batch.brand_id, place, row.kind, row.id, row.version, batch.now_ms)
            for place in sorted(left - now if now != _EVERYBODY else ())
        ]
    tombstones.add_tombstones(connection, rows)


def _readers(stores: Mapping[str, set[str]] | None, scope: str, owner: str) -> frozenset[str]:
    """The stores whose tills get such a row; `_EVERYBODY` for all of them."""
    if scope == EVERYWHERE or (scope == MEMBERS and stores is None):
        return _EVERYBODY
    if scope == MEMBERS and stores is not None:
        return frozenset(stores.get(owner, ()))
    return frozenset({scope})
