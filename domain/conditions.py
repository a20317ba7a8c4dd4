"""When a rule holds (`Conditions`) and which dishes it looks at (`Scope`). See docs/pricing.md.

An empty condition asks for nothing; all that are set must hold. Everything is compared in the
store's own time, which comes in as a `Moment`.
"""

from datetime import date
from enum import IntEnum, StrEnum
from typing import Annotated, Final

import msgspec

from domain.identifiers import ItemId, MemberId, StoreId, TierId
from domain.reasons import Reason

MINUTES_A_DAY: Final = 24 * 60
MS_A_MINUTE: Final = 60_000
EPOCH_ORDINAL: Final = date(1970, 1, 1).toordinal()

Minute = Annotated[int, msgspec.Meta(ge=0, le=MINUTES_A_DAY)]
Tag = Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
Category = Annotated[str, msgspec.Meta(min_length=1, max_length=120)]


class OrderType(StrEnum):
    DINE_IN = "dine_in"
    TAKEAWAY = "takeaway"
    PICK_UP = "pick_up"
    DELIVERY = "delivery"


class Channel(StrEnum):
    COUNTER = "counter"
    ONLINE = "online"
    PLATFORM = "platform"


class Weekday(IntEnum):
    MONDAY = 1
    TUESDAY = 2
    WEDNESDAY = 3
    THURSDAY = 4
    FRIDAY = 5
    SATURDAY = 6
    SUNDAY = 7


class BirthdaySpan(StrEnum):
    """How near the birthday has to be: on the day, in its Monday-to-Sunday week, in its month."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class TimeWindow(msgspec.Struct, frozen=True, kw_only=True):
    """Minutes after midnight, the last one excluded; `until` before `start` runs past midnight.

    What runs past midnight belongs to the weekday on which it began.
    """

    start_minute: Minute
    until_minute: Minute


class Conditions(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`from_day` and `until_day` both belong to the time; of `tiers` and `tags` one is enough."""

    stores: tuple[StoreId, ...] = ()
    channels: tuple[Channel, ...] = ()
    order_types: tuple[OrderType, ...] = ()
    from_day: date | None = None
    until_day: date | None = None
    weekdays: tuple[Weekday, ...] = ()
    windows: tuple[TimeWindow, ...] = ()
    guests_from: Annotated[int, msgspec.Meta(ge=0, le=1_000)] = 0
    member: bool = False
    tiers: tuple[TierId, ...] = ()
    tags: tuple[Tag, ...] = ()
    birthday: BirthdaySpan | None = None
    first_order: bool = False

    @property
    def days_crossed(self) -> bool:
        """Whether they end before they begin, so that they never hold."""
        first, last = self.from_day, self.until_day
        return first is not None and last is not None and first > last


class Scope(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Dishes by id or category; nothing named means all. What is excluded is out in any case.

    `list_price_only` leaves out lines whose price stage S1 has replaced.
    """

    items: tuple[ItemId, ...] = ()
    categories: tuple[Category, ...] = ()
    excluded_items: tuple[ItemId, ...] = ()
    excluded_categories: tuple[Category, ...] = ()
    list_price_only: bool = False

    def holds(self, item_id: ItemId, category: str) -> bool:
        if item_id in self.excluded_items or category in self.excluded_categories:
            return False
        if not self.items and not self.categories:
            return True
        return item_id in self.items or category in self.categories


EVERYTHING: Final = Scope()


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """A point in time as the store's clock shows it. `now_ms` is trusted Unix time."""

    now_ms: int
    day: date
    minute: int


def moment_at(now_ms: int, utc_offset_minutes: int) -> Moment:
    """The moment where local time is so many minutes ahead of UTC."""
    days, minute = divmod(now_ms // MS_A_MINUTE + utc_offset_minutes, MINUTES_A_DAY)
    return Moment(now_ms=now_ms, day=date.fromordinal(EPOCH_ORDINAL + days), minute=minute)


class Guest(msgspec.Struct, frozen=True, kw_only=True):
    """The member at the counter.

    `points` is the balance, `points_spendable` what may go now; `offline` tells that the second is
    held below the first by the limit without the server. `birthday` is an ISO date or empty.
    """

    member_id: MemberId
    points_spendable: int = 0
    points: int = 0
    offline: bool = False
    tier_id: TierId | None = None
    tags: frozenset[str] = frozenset()
    birthday: str = ""
    first_order: bool = False


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """Where, when, how and for whom an order is made: what conditions are compared with."""

    moment: Moment
    store: StoreId = StoreId("")
    channel: Channel = Channel.COUNTER
    order_type: OrderType = OrderType.DINE_IN
    guest_count: int = 0
    guest: Guest | None = None


def why_not(conditions: Conditions, setting: Setting) -> Reason | None:
    """The first condition that fails, in the order of the table in docs/pricing.md; None: all hold.

    Nobody at the counter fails every condition about the member with `member_needed`.
    """
    if conditions is NO_CONDITIONS or conditions == NO_CONDITIONS:
        return None
    return (
        _why_not_here(conditions, setting)
        or _why_not_now(conditions, setting.moment)
        or _why_not_for(conditions, setting)
    )


NO_CONDITIONS: Final = Conditions()


def _why_not_here(conditions: Conditions, setting: Setting) -> Reason | None:
    if conditions.stores and setting.store not in conditions.stores:
        return Reason.OTHER_STORE
    if conditions.channels and setting.channel not in conditions.channels:
        return Reason.OTHER_CHANNEL
    if conditions.order_types and setting.order_type not in conditions.order_types:
        return Reason.OTHER_ORDER_TYPE
    if setting.guest_count < conditions.guests_from:
        return Reason.TOO_FEW_GUESTS
    return None


def _why_not_now(conditions: Conditions, moment: Moment) -> Reason | None:
    if conditions.from_day is not None and moment.day < conditions.from_day:
        return Reason.NOT_YET_VALID
    if conditions.until_day is not None and moment.day > conditions.until_day:
        return Reason.EXPIRED
    if not conditions.windows:
        outside = bool(conditions.weekdays) and moment.day.isoweekday() not in conditions.weekdays
        return Reason.OTHER_WEEKDAY if outside else None
    open_days = [_open_weekday(window, moment) for window in conditions.windows]
    if not any(open_days):
        return Reason.OUTSIDE_HOURS
    if conditions.weekdays and not any(day in conditions.weekdays for day in open_days):
        return Reason.OTHER_WEEKDAY
    return None


def _open_weekday(window: TimeWindow, moment: Moment) -> int:
    """The weekday (1 to 7) on which the window that is open now began; 0: it is closed."""
    today = moment.day.isoweekday()
    start, until, now = window.start_minute, window.until_minute, moment.minute
    if start < until:
        return today if start <= now < until else 0
    if now >= start:
        return today
    yesterday = (today - 2) % 7 + 1
    return yesterday if now < until else 0


def _why_not_for(  # noqa: PLR0911 - one answer a condition
    conditions: Conditions, setting: Setting
) -> Reason | None:
    asks = (
        conditions.member
        or conditions.tiers
        or conditions.tags
        or conditions.birthday
        or conditions.first_order
    )
    if not asks:
        return None
    guest = setting.guest
    if guest is None:
        return Reason.MEMBER_NEEDED
    if conditions.tiers and guest.tier_id not in conditions.tiers:
        return Reason.OTHER_TIER
    if conditions.tags and guest.tags.isdisjoint(conditions.tags):
        return Reason.TAG_MISSING
    if conditions.first_order and not guest.first_order:
        return Reason.NOT_FIRST_ORDER
    if conditions.birthday and not is_birthday(
        guest.birthday, setting.moment.day, conditions.birthday
    ):
        return Reason.NOT_BIRTHDAY
    return None


def is_birthday(birthday: str, today: date, span: BirthdaySpan) -> bool:
    """Whether a birthday (ISO date, empty: unknown) falls on the day, or in the week or month.

    Who was born on 29 February celebrates on the 28th in a common year. The week is the one from
    Monday to Sunday around the day, also across the turn of the year.
    """
    if not birthday:
        return False
    born = date.fromisoformat(birthday)
    if span is BirthdaySpan.MONTH:
        return born.month == today.month
    if span is BirthdaySpan.DAY:
        return _birthday_in(born, today.year) == today
    monday = today.toordinal() - today.weekday()
    years = (today.year - 1, today.year, today.year + 1)
    return any(
        0 <= _birthday_in(born, year).toordinal() - monday < 7  # noqa: PLR2004 - days of a week
        for year in years
        if date.min.year <= year <= date.max.year
    )


def _birthday_in(born: date, year: int) -> date:
    if (born.month, born.day) != (2, 29):
        return born.replace(year=year)
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return date(year, 2, 29 if leap else 28)
