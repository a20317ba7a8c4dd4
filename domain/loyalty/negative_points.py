"""How far earned points may be taken back when the guest has spent them already."""

from typing import Annotated

import msgspec

from domain.loyalty.points_standing import PointsStanding


class NegativePoints(msgspec.Struct, frozen=True, kw_only=True):
    """The balance may go down to minus `limit`; later earning works it off."""

    limit: Annotated[int, msgspec.Meta(ge=0, le=100_000_000)] = 10_000


class TakenBack(msgspec.Struct, frozen=True, kw_only=True):
    """`taken` go from the account; `withheld_points` are left to a person to decide on."""

    taken: int
    withheld_points: int = 0

    @property
    def needs_review(self) -> bool:
        return self.withheld_points > 0


def take_back(standing: PointsStanding, points: int, terms: NegativePoints) -> TakenBack:
    """How many of the points that a refund takes back go from the account at once.

    Frozen and pending points are in the balance, so they can be taken back.
    """
    taken = max(0, min(points, standing.balance + terms.limit))
    return TakenBack(taken=taken, withheld_points=points - taken)
