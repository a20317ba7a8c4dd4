"""Months, accounts and activity from short texts."""

from domain.loyalty.expiry import (
    Expiry,
    FixedMonth,
    InactiveMonths,
    Never,
    PointsExpiry,
    RollingMonths,
    expiry_of,
)
from domain.loyalty.lines import (
    PointsLine,
    earned_line,
    redeemed_line,
    reversed_line,
)
from domain.months import Month, month_of_text, month_text

NAMED_MONTHS = {"june": 6, "december": 12}


def month(text: str) -> Month:
    return month_of_text(f"{text}-01")


def expiry_terms(text: str) -> PointsExpiry:
    name, _, number = text.partition(" ")
    if name == "never":
        return Never()
    if name == "rolling":
        return RollingMonths(months=int(number))
    if name == "inactive":
        return InactiveMonths(months=int(number))
    return FixedMonth(month=NAMED_MONTHS[name], years=int(number))


def points_line(text: str, terms: PointsExpiry) -> PointsLine:
    """A line as in lots_cases.toml."""
    when, movement, *rest = text.split(" ", 2)
    moved = month(when)
    if movement == "reversed":
        earned = earned_line(1, month=moved, expiry=expiry_of(terms, moved))
        return reversed_line(earned, int(rest[0]))
    if movement == "returned":
        return reversed_line(redeemed_line(1, month=moved), int(rest[0]))
    points = int(movement)
    if points < 0:
        return redeemed_line(-points, month=moved)
    return earned_line(points, month=moved, expiry=_key(rest, terms, moved))


def _key(rest: list[str], terms: PointsExpiry, earned: Month) -> Expiry:
    if not rest:
        return expiry_of(terms, earned)
    if rest[0][0].isdigit():
        return Expiry(month(rest[0]))
    return expiry_of(expiry_terms(rest[0]), earned)


def last_month(last: Month | None) -> str:
    return "never" if last is None else month_text(last)
