"""Times of day in the store's own zone."""

from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

# Bills after midnight belong to the evening before.
BUSINESS_DAY_BEGINS: Final = timedelta(hours=4)


def local_time(unix_ms: int, time_zone: str) -> datetime:
    seconds, milliseconds = divmod(unix_ms, 1000)
    moment = datetime.fromtimestamp(seconds, UTC) + timedelta(milliseconds=milliseconds)
    return moment.astimezone(ZoneInfo(time_zone))


def business_day(unix_ms: int, time_zone: str) -> date:
    return (local_time(unix_ms, time_zone) - BUSINESS_DAY_BEGINS).date()
