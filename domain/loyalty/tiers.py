"""Tiers as head office writes them: thresholds, how long a tier is kept, and benefits."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Final

import msgspec

from domain.identifiers import TerminalId, TierId
from domain.loyalty.benefits import Benefit, PointsMultiplier
from domain.loyalty.earning_terms import Multiplier
from domain.loyalty.multipliers import tier_multiplier
from domain.money import LARGEST_AMOUNT_FEN
from domain.orders import Name
from domain.stamps import Stamp

LARGEST_TIERS: Final = 20
LARGEST_BENEFITS: Final = 30
LONGEST_QUALIFICATION: Final = 120

Threshold = Annotated[int, msgspec.Meta(ge=1, le=LARGEST_AMOUNT_FEN)]


class Needs(StrEnum):
    ALL = "all"
    ANY = "any"


class Totals(msgspec.Struct, frozen=True):
    """What a member did in a qualification period."""

    spend_fen: int = 0
    visits: int = 0
    growth: int = 0


class Missing(msgspec.Struct, frozen=True, kw_only=True):
    """How far it is to a tier; None where the tier does not ask for the measure."""

    spend_fen: int | None = None
    visits: int | None = None
    growth: int | None = None


class Thresholds(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked for in a qualification period; nothing asked for is always reached."""

    spend_fen: Threshold | None = None
    visits: Threshold | None = None
    growth: Threshold | None = None
    needs: Needs = Needs.ALL

    def missing(self, totals: Totals) -> Missing:
        return Missing(
            spend_fen=_missing(self.spend_fen, totals.spend_fen),
            visits=_missing(self.visits, totals.visits),
            growth=_missing(self.growth, totals.growth),
        )

    def reached(self, totals: Totals) -> bool:
        missing = self.missing(totals)
        asked = [
            left for left in (missing.spend_fen, missing.visits, missing.growth) if left is not None
        ]
        if not asked:
            return True
        return not (max(asked) if self.needs is Needs.ALL else min(asked))


def _missing(threshold: int | None, total: int) -> int | None:
    return None if threshold is None else max(0, threshold - total)


class Tier(msgspec.Struct, frozen=True, kw_only=True):
    """A larger rank is a higher tier. `kept_for_life`: once reached it is never lost."""

    tier_id: TierId
    name: Name
    rank: Annotated[int, msgspec.Meta(ge=0, le=1_000)]
    thresholds: Thresholds = Thresholds()
    kept_for_life: bool = False
    by_hand_only: bool = False
    benefits: Annotated[tuple[Benefit, ...], msgspec.Meta(max_length=LARGEST_BENEFITS)] = ()

    @property
    def multiplier(self) -> Multiplier | None:
        """The tier's points multiplier; of several the largest."""
        rates = [b.rate_basis_points for b in self.benefits if isinstance(b, PointsMultiplier)]
        return tier_multiplier(self.name, max(rates)) if rates else None


class RollingPeriod(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    tag_field="kind",
    tag="rolling",
):
    """The last `months` calendar months, the current one among them."""

    months: Annotated[int, msgspec.Meta(ge=1, le=LONGEST_QUALIFICATION)] = 12


class CalendarYear(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    tag_field="kind",
    tag="calendar_year",
):
    """From January on."""


class Lifetime(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    tag_field="kind",
    tag="lifetime",
):
    """Everything the member ever did."""


class Downgrade(StrEnum):
    """When a tier is lost: to the next lower one, or to the highest that is still kept."""

    ONE_STEP = "one_step"
    TO_EARNED = "to_earned"


class TierTerms(msgspec.Struct, frozen=True, kw_only=True):
    """A tier is kept for `keep_months` after the last month that reached it, then for the grace."""

    tiers: Annotated[tuple[Tier, ...], msgspec.Meta(max_length=LARGEST_TIERS)] = ()
    qualification: RollingPeriod | CalendarYear | Lifetime = RollingPeriod()
    keep_months: Annotated[int, msgspec.Meta(ge=0, le=LONGEST_QUALIFICATION)] = 0
    grace_months: Annotated[int, msgspec.Meta(ge=0, le=24)] = 0
    downgrade: Downgrade = Downgrade.TO_EARNED

    def tier(self, tier_id: TierId | None) -> Tier | None:
        return next((tier for tier in self.tiers if tier.tier_id == tier_id), None)


class TierGrant(msgspec.Struct, frozen=True, kw_only=True):
    """A tier given by hand; `until` is its last day, None for no end. No tier: none is given."""

    tier_id: TierId | None
    until: date | None
    stamp: Stamp
    terminal: TerminalId


def later_grant(held: TierGrant | None, new: TierGrant) -> TierGrant:
    """The one with the later stamp, whatever the order of arrival."""
    return new if held is None or _rank(new) > _rank(held) else held


def _rank(grant: TierGrant) -> tuple[int, str, str, date]:
    return grant.stamp, grant.terminal, grant.tier_id or "", grant.until or date.max
