"""The qualification period (定级周期): what a member did in the months that count for a tier."""

from bisect import bisect_left, bisect_right
from itertools import accumulate
from typing import Final

from domain.loyalty.activity import Activity
from domain.loyalty.tiers import CalendarYear, Lifetime, RollingPeriod, TierTerms, Totals
from domain.months import MONTHS_A_YEAR, Month

# How far back tiers are followed; older activity still counts for a lifetime's totals.
LONGEST_REPLAY_MONTHS: Final = 600


class Period:
    """Totals of the qualification period that ends with a month; later activity is not there."""

    def __init__(self, terms: TierTerms, activity: Activity, *, month: Month) -> None:
        rows = [row for row in activity.months if row[0] <= month]
        self._qualification = terms.qualification
        self._months = [row[0] for row in rows]
        self._sums = list(
            accumulate(
                rows,
                lambda sums, row: (sums[0] + row[1], sums[1] + row[2], sums[2] + row[3]),
                initial=(0, 0, 0),
            )
        )
        earliest = max(min(self._months, default=month), month - LONGEST_REPLAY_MONTHS)
        self.before = Month(earliest - 1)

    def totals(self, month: Month) -> Totals:
        past = self._sums[bisect_left(self._months, self._start(month))]
        now = self._sums[bisect_right(self._months, month)]
        return Totals(*(after - before for after, before in zip(now, past, strict=True)))

    def _start(self, month: Month) -> int:
        match self._qualification:
            case RollingPeriod(months=months):
                return month - months + 1
            case CalendarYear():
                return month - month % MONTHS_A_YEAR
            case Lifetime():
                return 0

    @property
    def horizon(self) -> int:
        """After so many months without activity the totals change no more."""
        match self._qualification:
            case RollingPeriod(months=months):
                return months
            case CalendarYear():
                return MONTHS_A_YEAR
            case Lifetime():
                return 0
