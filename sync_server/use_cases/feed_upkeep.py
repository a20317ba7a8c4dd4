"""What keeps feeds small: old tombstones go, and large brands' tills hold the members they meet.

For a job to call, from time to time and by one process at a time for a brand; a call that was cut
off is made good by the next one.
"""

from collections.abc import Callable
from functools import partial
from typing import Final

from sqlalchemy import Connection

from domain.fold.aggregates import AggregateKind, Member
from domain.identifiers import BrandId
from sync_server.database import aggregates, interests, tombstones
from sync_server.database.brands import MemberFeed, change_brand, find_brand, reserve_versions
from sync_server.database.feed_sums import interest_place, set_sums
from sync_server.use_cases.context import Context
from sync_server.use_cases.feed_keeping import add_interests, spread

TOMBSTONES_KEPT_MS: Final = 30 * 24 * 60 * 60 * 1000
_MEMBERS_AT_ONCE: Final = 500
# A brand around the limit must not make its tills fetch everything again and again.
_BACK_BELOW_PER_CENT: Final = 90


def purge_tombstones(
    context: Context, brand_id: BrandId, *, kept_ms: int = TOMBSTONES_KEPT_MS
) -> int:
    """Forget what is gone for that long; how many rows that were.

    A till whose cursor has not passed the last of them has to begin again (`must_refetch`).
    """

    def work(connection: Connection) -> int:
        reserve_versions(connection, brand_id, 0)  # takes the brand's lock
        brand = find_brand(connection, brand_id)
        assert brand is not None
        before_ms = context.now_ms() - kept_ms
        count, highest = tombstones.purge(connection, brand_id, before_ms=before_ms)
        if highest > brand.feed_horizon:
            change_brand(connection, brand_id, feed_horizon=highest)
        return count

    return context.database.write(work, brand=brand_id)


def review_member_feed(
    context: Context, brand_id: BrandId, on_part: Callable[[], None] = lambda: None
) -> bool:
    """Go over to interest sets, or back, where the number of members asks for it; whether it did.

    Either way every till of the brand starts a fresh first sync. Before that it is noted whom
    each store knows, in small transactions and while the tills go on; `on_part` is called between
    them.
    """
    mode, members = context.database.read(lambda c: _now(c, brand_id), brand=brand_id)
    most = context.members_on_till
    if mode is MemberFeed.INTEREST:
        if members * 100 > most * _BACK_BELOW_PER_CENT:
            return False
        _change(context, brand_id, MemberFeed.ALL)
        return True
    if members <= most:
        return False
    if mode is MemberFeed.ALL:
        _change(context, brand_id, MemberFeed.PREPARING)
    _note_whom_stores_know(context, brand_id, on_part)
    _change(context, brand_id, MemberFeed.INTEREST)
    return True


def _now(connection: Connection, brand_id: BrandId) -> tuple[MemberFeed, int]:
    brand = find_brand(connection, brand_id)
    assert brand is not None
    members = aggregates.count_kind(connection, brand_id, AggregateKind.MEMBER)
    return MemberFeed(brand.member_feed), members


def _change(context: Context, brand_id: BrandId, mode: MemberFeed) -> None:
    """A horizon above every cursor sends all tills to the beginning; preparing changes nothing."""

    def work(connection: Connection) -> int:
        if mode is MemberFeed.PREPARING:
            head = reserve_versions(connection, brand_id, 0)
            change_brand(connection, brand_id, member_feed=mode)
            return head
        head = reserve_versions(connection, brand_id, 1)
        if mode is MemberFeed.ALL:
            places = interests.stores_with_interest(connection, brand_id)
            interests.drop_interests(connection, brand_id)
            set_sums(connection, brand_id, {interest_place(store): 0 for store in places})
        change_brand(connection, brand_id, member_feed=mode, feed_horizon=head)
        return head

    head = context.database.write(work, brand=brand_id)
    context.heads.announce(brand_id, head)


def _note_whom_stores_know(
    context: Context, brand_id: BrandId, on_part: Callable[[], None]
) -> None:
    after: str | None = ""
    while after is not None:
        work = partial(_note_some, brand_id=brand_id, after=after)
        after = context.database.write(work, brand=brand_id)
        on_part()


def _note_some(connection: Connection, *, brand_id: BrandId, after: str) -> str | None:
    """The next members by id: their home store and where they were seen last."""
    found = aggregates.list_kind(
        connection, brand_id, AggregateKind.MEMBER, after=after, limit=_MEMBERS_AT_ONCE
    )
    members = [state for state in found if isinstance(state, Member)]
    pairs = {
        (origin.store, member.member_id)
        for member in members
        for origin in (member.enrolled, member.last_visit)
        if origin is not None and origin.store
    }
    if pairs:
        seeds = {member_id for _, member_id in pairs}
        pairs |= spread(connection, brand_id, seeds, pairs)
        add_interests(connection, brand_id, pairs)
    return members[-1].member_id if len(found) == _MEMBERS_AT_ONCE else None
