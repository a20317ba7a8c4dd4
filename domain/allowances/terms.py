"""What a brand decides about spending without the server. Prose: docs/spending.md."""

from typing import Annotated, Final

import msgspec

MS_AN_HOUR: Final = 3_600_000
# Past this many hours without the server a till spends nothing but cash.
LONGEST_LEASE_HOURS: Final = 72

Fen = Annotated[int, msgspec.Meta(ge=0, le=100_000_000)]
Hours = Annotated[int, msgspec.Meta(ge=1, le=LONGEST_LEASE_HOURS)]


class CourtesyTerms(msgspec.Struct, frozen=True, kw_only=True):
    """What a till may let a guest spend with no right at all, in one outage.

    The first two hold for one member at one store, `per_till_fen` for all members at one till. A
    coupon may save up to `coupon_fen`.
    """

    stored_value_fen: Fen = 5_000
    points_fen: Fen = 500
    coupon_fen: Fen = 2_000
    per_till_fen: Fen = 50_000


class SpendingTerms(msgspec.Struct, frozen=True, kw_only=True):
    """A member's home store gets up to `home_fen` of a balance, or `home_uses` of a pass.

    All that is open at one till is worth at most `per_till_fen`. An allowance lasts `lease_hours`;
    the server takes it back `grace_hours` later. Points count with their value as money.
    """

    home_fen: Fen = 20_000
    home_uses: Annotated[int, msgspec.Meta(ge=0, le=100)] = 3
    per_till_fen: Fen = 500_000
    lease_hours: Hours = LONGEST_LEASE_HOURS
    grace_hours: Annotated[int, msgspec.Meta(ge=1, le=24 * 30)] = 24
    courtesy: CourtesyTerms | None = None

    @property
    def lease_ms(self) -> int:
        return self.lease_hours * MS_AN_HOUR

    @property
    def grace_ms(self) -> int:
        return self.grace_hours * MS_AN_HOUR


DEFAULT_SPENDING: Final = SpendingTerms()
