"""How far earned points may be taken back when the guest has spent them already."""

from typing import Annotated

import msgspec


class NegativePoints(msgspec.Struct, frozen=True, kw_only=True):
    """The balance may go down to minus `limit`; later earning works it off."""

    limit: Annotated[int, msgspec.Meta(ge=0, le=100_000_000)] = 10_000


def withheld_points(balance: int, points: int, terms: NegativePoints) -> int:
    """How many of the points that a refund takes back would pass the limit: a person decides.

    Frozen and pending points are in the balance, so they can be taken back.
    """
    return max(0, points - max(0, balance + terms.limit))
