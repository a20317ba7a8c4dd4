"""How the till is: connection, first sync, printers, open cases."""

from collections.abc import Callable

from domain.errors import TillfoldError
from pos_client.screens.desk import Desk, SheetPresenter
from pos_client.screens.flow import Flow, Page, Sheet
from pos_client.screens.notices import Notices
from pos_client.screens.status.drawing import draw_status
from pos_client.screens.status.state import StatusState
from pos_client.use_cases.answers import SyncStatus, TillStatus


class StatusPresenter(SheetPresenter[StatusState]):
    """`on_sync` hears each new sync status, for the dot in the top bar.

    `on_bill` is told which bill the cashier wants to go on with.
    """

    def __init__(
        self,
        desk: Desk,
        flow: Flow,
        notices: Notices,
        *,
        on_sync: Callable[[SyncStatus], None],
        on_bill: Callable[[str], None],
    ) -> None:
        super().__init__(desk, flow, notices)
        self._on_sync = on_sync
        self._on_bill = on_bill
        self._status: TillStatus | None = None
        self._asking = self._ask_again = False
        self._busy = False
        # The doubtful print that the cashier was told of.
        self._told_of = ""

    def refresh(self) -> None:
        """Ask the till; while one question is out, one more is asked after it and no third."""
        if self._asking:
            self._ask_again = True
            return
        self._asking = True
        self.desk.background.run(self.desk.counter.status, self._told, self._failed)

    def press_payment(self, place: int) -> None:
        """A row of the payments: its bill is opened again."""
        listed = self._status.payments if self._status is not None else ()
        if place < len(listed):
            self._on_bill(listed[place].bill_id)

    def sync_now(self) -> None:
        self._do(self.desk.counter.sync_now)

    def open_devices(self) -> None:
        self.flow.open(Sheet.DEVICES)

    def settle_doubtful_print(self, *, printed: bool) -> None:
        prints = self.desk.counter.prints
        self._do(lambda: prints.settle_oldest(printed=printed))

    def _do(self, operation: Callable[[], None]) -> None:
        if self._busy:
            return
        self._busy = True
        self.redraw()
        self.desk.background.run(operation, lambda _none: self._done(), self._refused)

    def _done(self) -> None:
        self._busy = False
        self.refresh()
        self.redraw()

    def _refused(self, error: TillfoldError) -> None:
        self._busy = False
        self.notices.error(error)
        self.refresh()

    def open_spool(self) -> None:
        self.flow.open(Sheet.SPOOL)

    def _told(self, status: TillStatus) -> None:
        self._answered()
        self._tell_of_doubt(status.doubtful)
        if status != self._status:
            self._status = status
            self._on_sync(status.sync)
            self.redraw()

    def _tell_of_doubt(self, doubtful: str) -> None:
        """Once for each doubt, and never in place of another notice."""
        if not doubtful:
            self._told_of = ""
        if doubtful in {"", self._told_of} or self.flow.page is not Page.SELL:
            return
        if self.notices.is_shown or self.flow.sheet in {Sheet.SPOOL, Sheet.STATUS}:
            return
        self._told_of = doubtful
        self.notices.offer(
            lambda wording: wording.text("spool.doubt_notice", number=doubtful),
            lambda wording: wording.text("spool.look"),
            self.open_spool,
        )

    def _failed(self, error: TillfoldError) -> None:
        self._answered()
        self.notices.error(error)

    def _answered(self) -> None:
        self._asking = False
        if self._ask_again:
            self._ask_again = False
            self.refresh()

    def _draw(self) -> StatusState:
        return draw_status(self._status, self.desk, busy=self._busy)
