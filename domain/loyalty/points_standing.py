"""What a points account is worth in a month: a replay of its sums, month by month.

In each month credits come first: they pay what is owed and become lots; then debits take lots,
those that expire first first, and what no lot covers is owed. At the end of a month the lots whose
last month it was expire. A line that arrives late is replayed in its own month.
"""

from bisect import insort
from collections import defaultdict
from functools import lru_cache
from typing import Final

import msgspec

from domain.loyalty.expiry import NEVER, Expiry
from domain.loyalty.points_account import PointsAccount
from domain.months import LATEST, Month, months_later

_FOR_EVER: Final = LATEST + 1


class PointsLot(msgspec.Struct, frozen=True, kw_only=True):
    """Points that can be used up to the end of `last_month`; None: they do not expire."""

    last_month: Month | None
    points: int


class PointsStanding(msgspec.Struct, frozen=True, kw_only=True):
    """The balance is the sum of the lots less what is owed, and one of the two is always 0.

    `available` is the balance without frozen and pending points, at least 0. `lots` stand in the
    order in which they are spent. `expired` are lots by the month at whose end they went.
    """

    balance: int = 0
    available: int = 0
    frozen: int = 0
    pending: int = 0
    lots: tuple[PointsLot, ...] = ()
    expired: tuple[tuple[Month, int], ...] = ()

    @property
    def expired_points(self) -> int:
        return sum(points for _, points in self.expired)

    @property
    def expires_next(self) -> PointsLot | None:
        """The lot that goes first if nothing is spent; None: none ever goes."""
        return next((lot for lot in self.lots if lot.last_month is not None), None)


def standing(
    account: PointsAccount, month: Month, *, pending: int = 0, pending_may_be_spent: bool = False
) -> PointsStanding:
    """The standing in `month`, before that month ends.

    `pending` are points inside the account that were earned by sales which the server has not
    confirmed. Rows of a later month (a till whose date was wrong) count as of now.
    """
    replay = _replay(account, month)
    balance = sum(replay.lots.values()) - replay.owed
    frozen = max(0, account.frozen_points)
    held = frozen if pending_may_be_spent else frozen + pending
    return PointsStanding(
        balance=balance,
        available=max(0, balance - held),
        frozen=frozen,
        pending=pending,
        lots=replay.merged(),
        expired=tuple(sorted(replay.expired.items())),
    )


def owed_points(account: PointsAccount) -> int:
    """What was spent beyond all lots by the account's last month; waiting never pays it off."""
    spent = [row[0] for row in account.debits if row[1] > 0]
    taken_back = [row[0] for row in account.credits if row[2] < 0]
    if not spent and not taken_back:
        return 0
    return _owed_at_last(account)


# Whoever folds an entry asks before it, after it and for the cases of the whole batch.
@lru_cache(maxsize=1_024)
def _owed_at_last(account: PointsAccount) -> int:
    months = [row[0] for row in account.credits] + [row[0] for row in account.debits]
    return _replay(account, max(months)).owed


class _Replay:
    """Lots by expiry key: of two credits with one key neither is spent before the other.

    `_order` holds (last month, negated key) in spending order: earliest end first, on a tie the
    lot that activity cannot prolong.
    """

    def __init__(self) -> None:
        self.lots: dict[Expiry, int] = {}
        self.owed = 0
        self.expired: dict[Month, int] = {}
        self._order: list[tuple[int, int]] = []
        self._active = Month(0)

    def expire_before(self, month: Month) -> None:
        while self._order and self._order[0][0] < month:
            last, negated = self._order.pop(0)
            points = self.lots.pop(Expiry(-negated))
            self.expired[Month(last)] = self.expired.get(Month(last), 0) + points

    def move(self, month: Month, earned: dict[Expiry, int], *, spent: int) -> None:
        self._active = month
        if any(negated > 0 for _, negated in self._order):
            self._order = sorted((self._last_month(negated), negated) for _, negated in self._order)
        for expiry, points in earned.items():
            if expiry not in self.lots:
                insort(self._order, (self._last_month(-expiry), -expiry))
            self.lots[expiry] = self.lots.get(expiry, 0) + points
        self.owed += spent
        while self.owed and self._order:
            self._spend_first()

    def _last_month(self, negated: int) -> int:
        if negated < 0:
            return -negated
        return months_later(self._active, negated) if negated else _FOR_EVER

    def _spend_first(self) -> None:
        expiry = Expiry(-self._order[0][1])
        left = self.lots[expiry] - self.owed
        self.owed = max(0, -left)
        if left > 0:
            self.lots[expiry] = left
        else:
            del self.lots[expiry]
            self._order.pop(0)

    def merged(self) -> tuple[PointsLot, ...]:
        by_month: dict[int, int] = {}
        for last, negated in self._order:
            by_month[last] = by_month.get(last, 0) + self.lots[Expiry(-negated)]
        return tuple(
            PointsLot(last_month=None if last == _FOR_EVER else Month(last), points=points)
            for last, points in by_month.items()
        )


def _replay(account: PointsAccount, month: Month) -> _Replay:
    earned: defaultdict[Month, dict[Expiry, int]] = defaultdict(dict)
    spent: defaultdict[Month, int] = defaultdict(int)
    for when, expiry, points in account.credits:
        if points > 0:
            earned[when][expiry] = points
        else:
            spent[when] -= points
    for when, points in account.debits:
        if points > 0:
            spent[when] += points
        else:
            earned[when][NEVER] = earned[when].get(NEVER, 0) - points
    replay = _Replay()
    for moved in sorted({*earned, *spent}):
        now = min(moved, month)
        replay.expire_before(now)
        replay.move(now, earned[moved], spent=spent[moved])
    replay.expire_before(month)
    return replay
