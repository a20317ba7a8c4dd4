"""The cash drawer: opened by a cash sale, or by somebody who may, which is put on record."""

from functools import partial

from domain.errors import ErrorCode, TillfoldError
from domain.facts import DrawerOpened
from domain.identifiers import StaffId
from domain.rights import Right
from pos_client.devices.drawer import DrawerLine, OnOutcome
from pos_client.storage.store import Store
from pos_client.storage.thread import StorageThread
from pos_client.use_cases.sign_in import require


class DrawerDesk:
    def __init__(self, storage: StorageThread, line: DrawerLine) -> None:
        self._storage = storage
        self._line = line

    def open_without_sale(self, actor: StaffId, on_outcome: OnOutcome) -> None:
        """On record first, then the pulse: who opened the drawer is known, come what may.

        Raises:
            TillfoldError: `drawer_missing`, `right_missing`: nothing happened.
        """
        if not self._line.is_there:
            raise TillfoldError(ErrorCode.DRAWER_MISSING)
        self._storage.run(partial(_record, actor=actor))
        self._line.open(on_outcome)

    def open_for_cash(self, on_outcome: OnOutcome) -> None:
        """A sale was paid in cash; the sale itself is the record."""
        if self._line.is_there and self._line.after_cash:
            self._line.open(on_outcome)


def _record(store: Store, actor: StaffId) -> None:
    with store.write() as writing:
        require(writing.connection, actor, Right.OPEN_DRAWER)
        store.record(writing, [DrawerOpened()], actor)
