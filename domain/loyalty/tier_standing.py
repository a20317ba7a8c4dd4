"""Which tier a member has on a day: a replay of the activity, month by month.

A tier is reached in a month when the qualification period that ends with it meets the thresholds
of that tier or of a higher one. It is kept for `keep_months` after the last such month, and for
`grace_months` more. Of all tiers that are kept the highest is the member's. Nothing else is
remembered, so more activity never lowers a tier, and late facts fall into their own month.
"""

from datetime import date
from typing import Final

import msgspec

from domain.identifiers import TierId
from domain.loyalty.activity import Activity
from domain.loyalty.qualification import Period
from domain.loyalty.tiers import Downgrade, Missing, Needs, Tier, TierGrant, TierTerms, Totals
from domain.months import LATEST, Month, last_day, month_of

_FOR_EVER: Final = LATEST + 1
_NONE: Final = -1


class NextTier(msgspec.Struct, frozen=True, kw_only=True):
    """The next higher tier. Of what is missing all is needed, or any one."""

    tier_id: TierId
    missing: Missing
    needs: Needs


class TierStanding(msgspec.Struct, frozen=True, kw_only=True):
    """`since` None: from the start. `valid_until` None: not lost without a new decision.

    `valid_until` is the last day without grace if the member does nothing more.
    """

    tier_id: TierId | None = None
    since: Month | None = None
    valid_until: date | None = None
    in_grace: bool = False
    by_hand: bool = False
    next_tier: NextTier | None = None


def tier_standing(
    terms: TierTerms, activity: Activity, *, day: date, grant: TierGrant | None = None
) -> TierStanding:
    """The standing on a day of the store. A grant by hand holds until its last day, up or down."""
    month = month_of(day)
    ladder = sorted((t for t in terms.tiers if not t.by_hand_only), key=lambda tier: tier.rank)
    period = Period(terms, activity, month=month)
    given = terms.tier(grant.tier_id) if grant is not None else None
    if given is not None and grant is not None and day <= (grant.until or date.max):
        return TierStanding(
            tier_id=given.tier_id,
            valid_until=grant.until,
            by_hand=True,
            next_tier=_next_tier(ladder, given.rank, period.totals(month)),
        )
    return _earned_standing(_Climb(terms, ladder, period), month)


def _earned_standing(climb: "_Climb", month: Month) -> TierStanding:
    place, since = climb.replay(month)
    totals = climb.period.totals(month)
    if place == _NONE:
        return TierStanding(since=since, next_tier=_next_tier(climb.ladder, _NONE, totals))
    tier = climb.ladder[place]
    last = climb.lasts_until(place, month)
    return TierStanding(
        tier_id=tier.tier_id,
        since=since,
        valid_until=None if last >= _FOR_EVER else last_day(Month(last)),
        in_grace=month > climb.kept_until()[place],
        next_tier=_next_tier(climb.ladder, tier.rank, totals),
    )


def _next_tier(ladder: list[Tier], rank: int, totals: Totals) -> NextTier | None:
    for tier in ladder:
        if tier.rank > rank:
            missing = tier.thresholds.missing(totals)
            return NextTier(tier_id=tier.tier_id, missing=missing, needs=tier.thresholds.needs)
    return None


class _Climb:
    """The tiers by their places from the lowest up, and the last month that reached each."""

    def __init__(self, terms: TierTerms, ladder: list[Tier], period: Period) -> None:
        self.ladder = ladder
        self.period = period
        self._terms = terms
        self._reached = [0] * len(ladder)

    def replay(self, month: Month) -> tuple[int, Month | None]:
        """The place kept in `month`, and the month in which it began; None: it was the first."""
        held, since = _NONE, None
        for now in range(self.period.before, month + 1):
            for place in range(self._highest_reached(now) + 1):
                self._reached[place] = now
            kept = self._highest_kept(now)
            if kept != held and now > self.period.before:
                since = Month(now)
            held = kept
        return held, since

    def _highest_reached(self, month: int) -> int:
        totals = self.period.totals(Month(month))
        for place in reversed(range(len(self.ladder))):
            if self.ladder[place].thresholds.reached(totals):
                return place
        return _NONE

    def _highest_kept(self, month: int) -> int:
        kept = self.kept_until()
        for place in reversed(range(len(kept))):
            if kept[place] and month <= kept[place] + self._terms.grace_months:
                return place
        return _NONE

    def kept_until(self) -> list[int]:
        """By place the last month without grace; 0: never reached.

        One step down: from the end of a tier on, the next lower one is kept as if reached then.
        """
        kept = [0] * len(self.ladder)
        end_above = 0
        for place in reversed(range(len(kept))):
            kept[place] = self._kept_by_itself(place)
            if end_above and self._terms.downgrade is Downgrade.ONE_STEP:
                step = max(1, self._terms.keep_months)
                kept[place] = max(kept[place], end_above + step)
            end_above = kept[place] + self._terms.grace_months if kept[place] else 0
        return kept

    def _kept_by_itself(self, place: int) -> int:
        reached = self._reached[place]
        if not reached:
            return 0
        return _FOR_EVER if self.ladder[place].kept_for_life else reached + self._terms.keep_months

    def lasts_until(self, place: int, month: Month) -> int:
        """The last month without grace if nothing more is done."""
        kept = self.kept_until()[place]
        if self._highest_reached(month) < place:
            return kept
        for later in range(month + 1, month + self.period.horizon + 1):
            if self._highest_reached(later) < place:
                return max(kept, later - 1 + self._terms.keep_months)
        return _FOR_EVER
