"""Looks over a till's shoulder: what it has written was promised, and must be there ever after."""

from sqlalchemy import select

from domain.stamps import milliseconds_of
from pos_client.storage.store import Store
from pos_client.storage.tables import journal
from tests.simulation.reached import Violation
from tests.simulation.spending import Promises
from tests.simulation.tills import SimulatedTill
from tests.simulation.truth import EPOCH_BEGUN, Made, Truth
from tests.simulation.world import MINUTE_MS, World

Written = list[tuple[tuple[int, int], Made]]


class Witness:
    def __init__(self, truth: Truth, promises: Promises, world: World) -> None:
        self._truth = truth
        self._promises = promises
        self._world = world

    def look(self, till: SimulatedTill, *, at_start: bool) -> None:
        """Note new entries; at a start, see that all that was promised is there.

        Raises:
            Violation: it is not; or a stamp is wrong, or a sale spends by no right.
        """
        assert till.store is not None
        held = self._truth.journal(till.name)
        written = _written(till.store, 0 if at_start else self._last_seen(till, till.store))
        if at_start:
            found = {made.deed for _, made in written}
            for place, made in held.items():
                if made.deed not in found and made.entry.kind != EPOCH_BEGUN:
                    raise Violation(f"{till.name}: entry {place} was promised and is gone")
            held.clear()
        for place, made in written:
            if place not in held and self._truth.add(till.name, place, made):
                self._check_stamp(till, made, held.get((place[0], place[1] - 1)))
                self._promises.check_sale(made, may_use_twice=till.has_copy)

    def _check_stamp(self, till: SimulatedTill, made: Made, before: Made | None) -> None:
        """After a contact, stamps tell the server's time, whatever the machine's clock says."""
        entry = made.entry
        follows = before is not None and entry.stamp == before.entry.stamp + 1
        if not till.contacted or follows or entry.kind == EPOCH_BEGUN:
            return
        off_ms = abs(milliseconds_of(entry.stamp) - self._world.now_ms)
        if off_ms > MINUTE_MS:
            raise Violation(f"{till.name}: entry {entry.number} is stamped {off_ms} ms off")

    def _last_seen(self, till: SimulatedTill, store: Store) -> int:
        held, number = self._truth.journal(till.name), store.head.number
        while number and (store.head.epoch, number) not in held:
            number -= 1
        return number


def _written(store: Store, after: int) -> Written:
    """All entries, or those of the present epoch behind a number."""
    query = select(journal).order_by(journal.c.epoch, journal.c.number)
    if after:
        query = query.where(journal.c.epoch == store.head.epoch, journal.c.number > after)
    with store.read() as connection:
        return [
            ((row.epoch, row.number), Made(row.content, row.hash))
            for row in connection.execute(query)
        ]
