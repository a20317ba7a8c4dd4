"""All presenters of the till's window, wired to each other. No Qt."""

from collections.abc import Callable
from typing import Any, NamedTuple

from domain.errors import TillfoldError
from hardware.scanners.labels import LabelLayout
from pos_client.screens.coupon.presenter import CouponPresenter
from pos_client.screens.desk import Desk, SheetPresenter
from pos_client.screens.devices.presenter import DevicesPresenter
from pos_client.screens.drawer import DrawerKey
from pos_client.screens.first_run.presenter import FirstRunPresenter
from pos_client.screens.flow import Flow, Page, Sheet
from pos_client.screens.imports.presenter import ImportsPresenter
from pos_client.screens.keyboard import Keyboard
from pos_client.screens.member.presenter import MemberPresenter
from pos_client.screens.notices import Notices
from pos_client.screens.order_in_hand import OrderInHand
from pos_client.screens.pay.presenter import PayPresenter
from pos_client.screens.scans import Scans, ScanTargets
from pos_client.screens.sell.presenter import SellPresenter
from pos_client.screens.sign_in.presenter import SignInPresenter
from pos_client.screens.spool.presenter import SpoolPresenter
from pos_client.screens.status.presenter import StatusPresenter
from pos_client.use_cases.answers import Home, SignedIn
from pos_client.use_cases.device_setup import DeviceSetUp


class Equipment(NamedTuple):
    """What hangs on the till: the labels of the shop's scales, and how devices are set up."""

    labels: tuple[LabelLayout, ...] = ()
    set_up: DeviceSetUp | None = None


class Till:
    """What the window draws and the keyboard and scanner talk to."""

    def __init__(
        self,
        desk: Desk,
        on_search: Callable[[], None],
        *,
        equipment: Equipment | None = None,
    ) -> None:
        equipment = equipment or Equipment()
        self.desk = desk
        self._on_search = on_search
        self._reading = self._read_once_more = False
        self._then: Callable[[], None] | None = None
        self.flow = Flow()
        self.order = OrderInHand(desk.store_moment)
        self.notices = Notices(self._notice_changed)
        self.sell = SellPresenter(desk, self.order, self.flow, self.notices)
        self.member = MemberPresenter(desk, self.order, self.flow, self.notices)
        self.coupon = CouponPresenter(desk, self.order, self.flow, self.notices)
        self.pay = self._make_pay()
        self.status = StatusPresenter(
            desk,
            self.flow,
            self.notices,
            on_sync=self.sell.show_sync,
            on_bill=self.pay.open_bill,
        )
        self.spool = SpoolPresenter(desk, self.flow, self.notices, on_changed=self.status.refresh)
        self.imports = ImportsPresenter(desk, self.flow, self.notices, on_imported=self.refresh)
        self.devices = DevicesPresenter(desk, self.flow, self.notices, equipment.set_up)
        self.sign_in = SignInPresenter(desk, self.begin_session)
        self.first_run = FirstRunPresenter(
            desk, on_joined=self._joined, on_signed_in=self.begin_session
        )
        self.drawer = DrawerKey(desk, self.notices)
        self.pay.listen(lambda _state: self.drawer.sale_closed(self.pay.closed_sale))
        self.sheets: dict[Sheet, SheetPresenter[Any]] = {
            Sheet.MEMBER: self.member,
            Sheet.COUPON: self.coupon,
            Sheet.PAY: self.pay,
            Sheet.STATUS: self.status,
            Sheet.SPOOL: self.spool,
            Sheet.IMPORTS: self.imports,
            Sheet.DEVICES: self.devices,
        }
        self.keyboard = Keyboard(
            self.flow,
            self.notices,
            sell=self.sell,
            sign_in=self.sign_in,
            sheets=self.sheets,
            actions={"F2": self._search, "F8": self.drawer.press},
        )
        targets = ScanTargets(self.sell, self.pay, self.member, self.coupon, self.order)
        self.scans = Scans(desk, self.flow, self.notices, targets, equipment.labels)

    def _make_pay(self) -> PayPresenter:
        return PayPresenter(
            self.desk,
            self.order,
            self.flow,
            self.notices,
            on_next=self.sell.start_next,
            on_stale=self.refresh,
        )

    def _search(self) -> None:
        self.flow.close_sheet()
        self._on_search()

    def start(self, *, new: bool) -> None:
        """`new`: the till has yet to join a brand or begin a shop of its own."""
        if new:
            self.flow.go(Page.FIRST_RUN)
        else:
            self._read_home(self._to_sign_in)

    def refresh(self) -> None:
        """Something may have changed elsewhere: read menu, rules, member and status again."""
        if self.flow.page is Page.WAITING or self.desk.home is None:
            return
        self._read_home(None)
        self.member.read_again()
        self.pay.code.refresh()
        self.status.refresh()
        self.spool.refresh()

    def tick(self) -> None:
        """Once a second: what depends on the time alone."""
        if self.flow.page is Page.SELL:
            self.sell.tick()
            self.spool.refresh()
            # Nobody is told of a print that came out as it should.
            if self.flow.sheet is Sheet.STATUS:
                self.status.refresh()
        elif self.flow.page is Page.SIGN_IN:
            self.sign_in.tick()
            self._ask_again_for_home()

    def redraw(self) -> None:
        """The language was changed."""
        for page in (self.sell, self.sign_in, self.first_run):
            page.redraw()
        for sheet in self.sheets.values():
            sheet.redraw()

    def _read_home(self, then: Callable[[], None] | None) -> None:
        self._then = then or self._then
        if self._reading:
            self._read_once_more = True
            return
        self._reading = True
        self.desk.background.run(self.desk.counter.home, self._home_read, self._home_failed)

    def _home_read(self, home: Home) -> None:
        self._reading = False
        self.desk.home = home
        self.order.set_home(home)
        self.sell.menu_changed()
        self.sign_in.show_fault(None)
        then, self._then = self._then, None
        if then is not None:
            then()
        if self._read_once_more:
            self._read_once_more = False
            self._read_home(None)

    def _home_failed(self, error: TillfoldError) -> None:
        """Before the sale the sign-in says so: nothing goes on without menu and rules."""
        self._reading = self._read_once_more = False
        if self.flow.page is Page.SELL:
            self.notices.error(error)
        else:
            self.sign_in.show_fault(error)
            self.flow.go(Page.SIGN_IN)

    def _ask_again_for_home(self) -> None:
        """What was to follow the home is still owed while it could not be read."""
        if self._then is not None and not self._reading:
            self._read_home(None)

    def _joined(self) -> None:
        self._read_home(self._to_sign_in)

    def begin_session(self, signed_in: SignedIn) -> None:
        """Somebody signed in: on to the sale."""
        self.desk.signed_in = signed_in
        self._read_home(self._to_sale)

    def _to_sign_in(self) -> None:
        self.flow.go(Page.SIGN_IN)

    def _to_sale(self) -> None:
        self.flow.go(Page.SELL)
        self.sell.redraw()
        # Whoever signed in may see less of the guest at the counter than the one before.
        self.member.read_again()
        self.status.refresh()

    def _notice_changed(self) -> None:
        self.sell.redraw()
