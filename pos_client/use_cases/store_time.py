"""Times of day in the store's own zone."""

from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

from domain.conditions import Moment, moment_at

# Bills after midnight belong to the evening before.
BUSINESS_DAY_BEGINS: Final = timedelta(hours=4)


def local_time(unix_ms: int, time_zone: str) -> datetime:
    seconds, milliseconds = divmod(unix_ms, 1000)
    moment = datetime.fromtimestamp(seconds, UTC) + timedelta(milliseconds=milliseconds)
    return moment.astimezone(ZoneInfo(time_zone))


def business_day(unix_ms: int, time_zone: str) -> date:
    return (local_time(unix_ms, time_zone) - BUSINESS_DAY_BEGINS).date()


def business_day_at(moment: Moment) -> date:
    """The business day of a moment in the store's own time."""
    begins = BUSINESS_DAY_BEGINS // timedelta(minutes=1)
    return moment.day if moment.minute >= begins else moment.day - timedelta(days=1)


def moment_in(unix_ms: int, zone: tzinfo) -> Moment:
    """The moment as a clock on the store's wall shows it: what rules are compared with."""
    ahead = datetime.fromtimestamp(unix_ms // 1000, zone).utcoffset() or timedelta()
    return moment_at(unix_ms, ahead // timedelta(minutes=1))
