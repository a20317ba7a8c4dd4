"""Calendar months as integers, year * 12 + month - 1: what points and tiers are counted by."""

from calendar import monthrange
from datetime import date
from typing import Final, NewType

Month = NewType("Month", int)

MONTHS_A_YEAR: Final = 12
# The last month that a calendar date can have.
LATEST: Final = Month(date.max.year * MONTHS_A_YEAR + MONTHS_A_YEAR - 1)


def month_of(day: date) -> Month:
    return Month(day.year * MONTHS_A_YEAR + day.month - 1)


def month_of_text(day: str) -> Month:
    """The month of an ISO date such as "2026-11-22".

    Raises:
        ValueError: the text does not begin with a year and a month.
    """
    year, month = int(day[:4]), int(day[5:7])
    if not (year >= 1 and 1 <= month <= MONTHS_A_YEAR and day[4] == "-"):
        raise ValueError(day)
    return Month(year * MONTHS_A_YEAR + month - 1)


def months_later(month: Month, months: int) -> Month:
    """No later than LATEST, so that every month has its days."""
    return Month(min(month + months, LATEST))


def first_day(month: Month) -> date:
    return date(month // MONTHS_A_YEAR, month % MONTHS_A_YEAR + 1, 1)


def last_day(month: Month) -> date:
    first = first_day(month)
    return first.replace(day=monthrange(first.year, first.month)[1])


def month_text(month: Month) -> str:
    """As "2026-11"."""
    return f"{month // MONTHS_A_YEAR:04d}-{month % MONTHS_A_YEAR + 1:02d}"
