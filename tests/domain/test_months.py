from datetime import date

import pytest

from domain.loyalty.expiry import (
    LONGEST_MONTHS,
    FixedMonth,
    InactiveMonths,
    Never,
    PointsExpiry,
    RollingMonths,
    expiry_of,
)
from domain.months import (
    LATEST,
    Month,
    first_day,
    last_day,
    month_of,
    month_of_text,
    month_text,
    months_later,
)
from tests.domain.loyalty.builders import month


def test_a_month_is_one_number_for_all_its_days() -> None:
    november = month_of(date(2026, 11, 22))
    assert november == 2026 * 12 + 10
    assert month_of_text("2026-11-22") == november
    assert (first_day(november), last_day(november)) == (date(2026, 11, 1), date(2026, 11, 30))
    assert month_text(november) == "2026-11"


def test_december_and_january_lie_side_by_side_in_their_own_years() -> None:
    december = month_of(date(2026, 12, 31))
    january = months_later(december, 1)
    assert january == month_of(date(2027, 1, 1))
    assert (month_text(december), month_text(january)) == ("2026-12", "2027-01")
    assert month_of_text("2026-12-01") == december
    assert month_of_text("2027-01-31") == january


@pytest.mark.parametrize(("year", "day"), [(2028, 29), (2026, 28), (2100, 28)])
def test_february_ends_as_the_calendar_says(year: int, day: int) -> None:
    assert last_day(month_of(date(year, 2, 1))) == date(year, 2, day)


def test_the_first_and_the_last_month_of_the_calendar_have_their_days() -> None:
    assert first_day(month_of(date.min)) == date.min
    assert last_day(LATEST) == date.max
    assert months_later(LATEST, 1) == LATEST
    assert month_text(month_of(date.min)) == "0001-01"
    assert month_of_text("0001-01-01") == month_of(date.min)


@pytest.mark.parametrize("text", ["2026-13-01", "2026-00-01", "0000-01-01", "2026111122", "today"])
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        month_of_text(text)


@pytest.mark.parametrize(
    ("terms", "earned", "key"),
    [
        (Never(), "2026-03", 0),
        (FixedMonth(), "2026-03", month("2027-12")),
        (FixedMonth(), "2026-12", month("2027-12")),
        (FixedMonth(), "2027-01", month("2028-12")),
        (FixedMonth(month=6, years=0), "2026-06", month("2026-06")),
        (FixedMonth(month=6, years=0), "2026-07", month("2027-06")),
        (FixedMonth(month=1, years=2), "2026-12", month("2029-01")),
        (RollingMonths(months=12), "2026-01", month("2027-01")),
        (RollingMonths(months=1), "2026-12", month("2027-01")),
        (InactiveMonths(months=18), "2026-01", -18),
        (RollingMonths(months=LONGEST_MONTHS), "9999-01", LATEST),
    ],
)
def test_the_key_says_how_long_a_credit_lives(terms: PointsExpiry, earned: str, key: int) -> None:
    assert expiry_of(terms, month(earned)) == key


def test_no_fixed_month_ends_before_earning() -> None:
    for earned in range(month("2026-01"), month("2027-12") + 1):
        for ending in range(1, 13):
            key = expiry_of(FixedMonth(month=ending, years=0), Month(earned))
            assert earned <= key < earned + 12
            assert key % 12 == ending - 1
