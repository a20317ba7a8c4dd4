"""The scheduled jobs of a server. What they do may be done twice and needs no exact moment."""

from collections.abc import Callable
from typing import Final

from sqlalchemy import Connection

from domain.identifiers import BrandId
from sync_server.database.brand_wall import ALL_BRANDS
from sync_server.database.brands import list_brands
from sync_server.database.enrolment_codes import forget_codes
from sync_server.database.upkeep import refresh_statistics
from sync_server.use_cases.context import Context
from sync_server.use_cases.feed_upkeep import purge_tombstones, review_member_feed
from sync_server.use_cases.price_checking import check_prices
from sync_server.use_cases.scheduled import Job, Lease
from sync_server.use_cases.spending_jobs import grant_due, lapse_due

_MINUTE_MS: Final = 60 * 1000
_HOUR_MS: Final = 60 * _MINUTE_MS
_DAY_MS: Final = 24 * _HOUR_MS
# A code that was used says for a week which till it became.
_CODES_KEPT_MS: Final = 7 * _DAY_MS


def forget_enrolment_codes(context: Context, lease: Lease) -> int:
    """Delete codes that nobody can use since a week."""
    before_ms = context.now_ms() - _CODES_KEPT_MS
    done = 0
    for brand in context.database.read(list_brands, brand=ALL_BRANDS):
        brand_id = brand.brand_id

        def work(connection: Connection, brand_id: BrandId = brand_id) -> int:
            return forget_codes(connection, brand_id, before_ms=before_ms)

        done += context.database.write(work, brand=brand_id)
        lease.keep()
    return done


def refresh_planner(context: Context, _lease: Lease) -> int:
    """Let the database see how its tables have grown, so that it keeps choosing the right index."""
    context.database.write(refresh_statistics, brand=ALL_BRANDS)
    return 1


def lapse_rights(context: Context, lease: Lease) -> int:
    """Take back allowances and holds that have been over for the days of grace."""
    return _for_each_brand(context, lease, lapse_due)


def grant_rights(context: Context, lease: Lease) -> int:
    """Give home stores what they may have of their active members, before anybody asks."""
    return _for_each_brand(context, lease, grant_due)


def purge_old_tombstones(context: Context, lease: Lease) -> int:
    """Forget what left the feed a month ago: tills that were away for longer begin again."""
    return _for_each_brand(context, lease, purge_tombstones)


def review_members_on_tills(context: Context, lease: Lease) -> int:
    """Let tills of brands that have grown hold the members of their store, not all."""

    def review(context: Context, brand_id: BrandId) -> int:
        return int(review_member_feed(context, brand_id, lease.keep))

    return _for_each_brand(context, lease, review)


def price_again(context: Context, lease: Lease) -> int:
    """Price the sales that came in since with the versions that they name."""

    def work(context: Context, brand_id: BrandId) -> int:
        return check_prices(context, brand_id, keep=lease.keep)

    return _for_each_brand(context, lease, work)


def _for_each_brand(context: Context, lease: Lease, work: Callable[[Context, BrandId], int]) -> int:
    done = 0
    for brand in context.database.read(list_brands, brand=ALL_BRANDS):
        done += work(context, brand.brand_id)
        lease.keep()
    return done


JOBS: Final = (
    Job(name="forget_enrolment_codes", every_ms=_HOUR_MS, work=forget_enrolment_codes),
    Job(name="refresh_planner", every_ms=_DAY_MS, work=refresh_planner),
    Job(name="purge_tombstones", every_ms=_DAY_MS, work=purge_old_tombstones),
    Job(name="members_on_tills", every_ms=_HOUR_MS, work=review_members_on_tills),
    Job(name="lapse_rights", every_ms=_HOUR_MS, work=lapse_rights),
    Job(name="price_again", every_ms=_MINUTE_MS, work=price_again),
    Job(name="grant_rights", every_ms=_HOUR_MS, work=grant_rights),
)
