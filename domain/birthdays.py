"""Birthdays as people and spreadsheets write them in, ISO dates out."""

import re
import unicodedata
from datetime import date
from typing import Final

from domain.errors import ErrorCode, TillfoldError

EARLIEST_YEAR: Final = 1900
_MIDNIGHT: Final = r"([ T]0?0:00(:00(\.0+)?)?)?"
_WRITTEN: Final = (
    re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})" + _MIDNIGHT, re.ASCII),
    re.compile(r"(\d{4})()年(\d{1,2})月(\d{1,2})[日号]?", re.ASCII),
    re.compile(r"(\d{4})()(\d{2})(\d{2})(?:\.0*)?", re.ASCII),
)


def parse_birthday(text: str, *, today: date) -> str:
    """The ISO date of a birthday written year first; `today` is the last day that can be one.

    Raises:
        TillfoldError: `birthday_malformed`: no such day, another order of day and month, no year,
            a year before 1900, or a day to come.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    compact = re.sub(r"\s*([-/.年月日号])\s*", r"\1", plain)
    for pattern in _WRITTEN:
        written = pattern.fullmatch(compact)
        if written is not None:
            return _day_of(int(written[1]), int(written[3]), int(written[4]), today).isoformat()
    raise TillfoldError(ErrorCode.BIRTHDAY_MALFORMED)


def _day_of(year: int, month: int, day: int, today: date) -> date:
    try:
        birthday = date(year, month, day)
    except ValueError as error:
        raise TillfoldError(ErrorCode.BIRTHDAY_MALFORMED) from error
    if not date(EARLIEST_YEAR, 1, 1) <= birthday <= today:
        raise TillfoldError(ErrorCode.BIRTHDAY_MALFORMED)
    return birthday
