"""Conditions that can never hold, and references in them that lead nowhere."""

from collections.abc import Iterator
from datetime import date, timedelta

from domain.conditions import MINUTES_A_DAY, Conditions, TimeWindow
from domain.rule_flaws import Flaw, RuleFlaw, flaw
from domain.rulebook_check.known import Known

_DAYS_A_WEEK = 7


def check_conditions(conditions: Conditions, where: str, known: Known) -> Iterator[Flaw]:
    if conditions.days_crossed:
        yield flaw(RuleFlaw.DAYS_CROSSED, f"{where}.until_day")
    empty = [place for place, window in enumerate(conditions.windows) if _is_empty(window)]
    for place in empty:
        yield flaw(RuleFlaw.WINDOW_EMPTY, f"{where}.windows[{place}]")
    if not conditions.days_crossed and not empty and not _a_day_fits(conditions):
        yield flaw(RuleFlaw.NEVER_HOLDS, f"{where}.weekdays")
    yield from _references(conditions, where, known)


def _references(conditions: Conditions, where: str, known: Known) -> Iterator[Flaw]:
    for tier in conditions.tiers:
        if known.tiers is not None and tier not in known.tiers:
            yield flaw(RuleFlaw.TIER_UNKNOWN, f"{where}.tiers", tier=tier)
    for store in conditions.stores:
        if known.stores is not None and store not in known.stores:
            yield flaw(RuleFlaw.STORE_UNKNOWN, f"{where}.stores", store=store)


def _is_empty(window: TimeWindow) -> bool:
    return not _has_evening(window) and not _has_morning(window)


def _has_evening(window: TimeWindow) -> bool:
    """Whether a part of the window lies on the day on which it begins."""
    start, until = window.start_minute, window.until_minute
    return start < until or until < start < MINUTES_A_DAY


def _has_morning(window: TimeWindow) -> bool:
    """Whether a part of it lies on the day after."""
    return 0 < window.until_minute < window.start_minute


def _a_day_fits(conditions: Conditions) -> bool:
    """Whether any day between the two dates has one of the weekdays."""
    first, last = conditions.from_day, conditions.until_day
    if not conditions.weekdays or first is None or last is None:
        return True
    days = min((last - first).days + 1, _DAYS_A_WEEK)
    return any(_fits(conditions, first + timedelta(days=day)) for day in range(days))


def _fits(conditions: Conditions, day: date) -> bool:
    today = day.isoweekday()
    yesterday = today - 1 or _DAYS_A_WEEK
    windows = conditions.windows
    evening = not windows or any(_has_evening(window) for window in windows)
    morning = any(_has_morning(window) for window in windows)
    return (evening and today in conditions.weekdays) or (
        morning and yesterday in conditions.weekdays
    )
