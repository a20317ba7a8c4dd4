"""The drawer key, and the drawer after a cash sale; a drawer that stays closed is said."""

from domain.errors import TillfoldError
from domain.orders import TenderKind
from domain.wording import Wording
from hardware.ports import InDoubt, NotSent, PrintOutcome
from pos_client.screens.desk import Desk
from pos_client.screens.notices import Notices
from pos_client.use_cases.answers import ClosedSale


class DrawerKey:
    def __init__(self, desk: Desk, notices: Notices) -> None:
        self._desk = desk
        self._notices = notices
        self._served = ""

    def press(self) -> None:
        """Open it without a sale."""
        drawer, actor = self._desk.counter.drawer, self._desk.actor
        self._desk.background.run(
            lambda: drawer.open_without_sale(actor, self._heard), _opened, self._refused
        )

    def sale_closed(self, closed: ClosedSale | None) -> None:
        """Called with every change of the pay sheet; each sale opens the drawer once."""
        if closed is None or closed.sale.sale_id == self._served:
            return
        self._served = closed.sale.sale_id
        if any(tender.kind is TenderKind.CASH for tender in closed.sale.tenders):
            self._desk.counter.drawer.open_for_cash(self._heard)

    def _heard(self, outcome: PrintOutcome) -> None:
        """Called on the drawer's thread."""
        if isinstance(outcome, NotSent | InDoubt):
            reason = outcome.reason
            self._desk.background.call(
                lambda: self._notices.warn(lambda wording: _closed(wording, reason))
            )

    def _refused(self, error: TillfoldError) -> None:
        self._notices.error(error)


def _closed(wording: Wording, reason: str) -> str:
    return wording.text("drawer.closed", advice=wording.text(f"device.{reason}"))


def _opened(_none: None) -> None:
    """The open drawer is what is seen."""
