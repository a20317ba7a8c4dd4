"""Moments, scopes and birthdays at their edges; what rules make of them stands in the carts."""

from datetime import date

import pytest

from domain.conditions import (
    BirthdaySpan,
    Conditions,
    Guest,
    Moment,
    Scope,
    Setting,
    TimeWindow,
    is_birthday,
    moment_at,
    why_not,
)
from domain.identifiers import ItemId, MemberId
from domain.reasons import Reason

DAY_MS = 24 * 60 * 60_000


@pytest.mark.parametrize(
    ("now_ms", "offset", "day", "minute"),
    [
        (0, 0, date(1970, 1, 1), 0),
        (59_999, 0, date(1970, 1, 1), 0),
        (60_000, 0, date(1970, 1, 1), 1),
        (DAY_MS - 1, 0, date(1970, 1, 1), 1439),
        (DAY_MS, 0, date(1970, 1, 2), 0),
        (0, 480, date(1970, 1, 1), 480),
        (DAY_MS - 1, 1, date(1970, 1, 2), 0),
        (0, -1, date(1969, 12, 31), 1439),
        (1_795_161_600_000, 480, date(2026, 11, 20), 960),
    ],
)
def test_a_moment_is_what_the_store_s_clock_shows(
    now_ms: int, offset: int, day: date, minute: int
) -> None:
    assert moment_at(now_ms, offset) == Moment(now_ms=now_ms, day=day, minute=minute)


@pytest.mark.parametrize(
    ("scope", "held"),
    [
        (Scope(), True),
        (Scope(items=(ItemId("tea"),)), True),
        (Scope(items=(ItemId("cake"),)), False),
        (Scope(categories=("drinks",)), True),
        (Scope(categories=("cakes",)), False),
        (Scope(items=(ItemId("tea"),), categories=("cakes",)), True),
        (Scope(items=(ItemId("cake"),), categories=("drinks",)), True),
        (Scope(excluded_items=(ItemId("tea"),)), False),
        (Scope(excluded_categories=("drinks",)), False),
        (Scope(items=(ItemId("tea"),), excluded_categories=("drinks",)), False),
        (Scope(excluded_items=(ItemId("cake"),), excluded_categories=("cakes",)), True),
    ],
)
def test_a_scope_holds_what_it_names_and_never_what_it_leaves_out(
    scope: Scope, *, held: bool
) -> None:
    assert scope.holds(ItemId("tea"), "drinks") is held


@pytest.mark.parametrize(
    ("today", "birthday"),
    [
        (date(9999, 12, 31), "2000-12-31"),
        (date(9998, 12, 31), "2000-01-01"),
        (date(1, 1, 1), "2000-01-01"),
        (date(2, 1, 1), "2000-12-31"),
    ],
)
def test_birthday_weeks_reach_no_further_than_the_calendar(today: date, birthday: str) -> None:
    assert is_birthday(birthday, today, BirthdaySpan.WEEK)


@pytest.mark.parametrize(
    ("start", "until", "minute", "open_"),
    [
        (600, 600, 600, True),
        (600, 600, 599, True),
        (0, 1, 0, True),
        (0, 1, 1, False),
        (1439, 1440, 1439, True),
        (1320, 0, 1439, True),
        (1320, 0, 0, False),
    ],
)
def test_a_window_is_open_from_its_first_minute_to_the_one_before_its_last(
    start: int, until: int, minute: int, *, open_: bool
) -> None:
    conditions = Conditions(windows=(TimeWindow(start_minute=start, until_minute=until),))
    moment = Moment(now_ms=0, day=date(2026, 11, 20), minute=minute)
    expected = None if open_ else Reason.OUTSIDE_HOURS
    assert why_not(conditions, Setting(moment=moment)) is expected


def test_no_conditions_ask_for_nothing_however_they_were_made() -> None:
    setting = Setting(moment=moment_at(0, 0))
    assert why_not(Conditions(), setting) is None
    assert why_not(Conditions(stores=()), setting) is None
    guest = Guest(member_id=MemberId("anna"))
    assert why_not(Conditions(), Setting(moment=moment_at(0, 0), guest=guest)) is None
