"""What a scanned text means at the counter: a dish, a coupon or a member."""

from typing import NamedTuple

from domain.errors import ErrorCode, TillfoldError
from domain.wording import Wording
from hardware.scanners.classify import Scan, ScanKind, classify
from pos_client.screens.coupon.presenter import CouponPresenter
from pos_client.screens.desk import Desk
from pos_client.screens.flow import Flow, Page
from pos_client.screens.member.presenter import MemberPresenter
from pos_client.screens.notices import Notices
from pos_client.screens.pay.presenter import PayPresenter
from pos_client.screens.sell.presenter import SellPresenter
from pos_client.use_cases.answers import CouponFound, MemberFound


class ScanTargets(NamedTuple):
    sell: SellPresenter
    pay: PayPresenter
    member: MemberPresenter
    coupon: CouponPresenter


class Scans:
    """A code of a known form goes where it belongs; any other is tried as dish, coupon, member."""

    def __init__(self, desk: Desk, flow: Flow, notices: Notices, targets: ScanTargets) -> None:
        self._desk = desk
        self._flow = flow
        self._notices = notices
        self._sell = targets.sell
        self._pay = targets.pay
        self._member = targets.member
        self._coupon = targets.coupon

    def scanned(self, text: str) -> None:
        if self._flow.page is not Page.SELL:
            return
        if self._pay.busy:
            self._notices.warn(_closing)
            return
        if self._pay.closed:
            self._pay.next_order()
        scan = classify(text)
        if scan.secret:
            self._pay.scanned_payment_code(scan)
        elif self._sell.item(scan.text) is not None:
            self._sell.tap_dish(scan.text)
        elif scan.kind is ScanKind.SIGNED_MEMBER:
            self._member.open_by_code(scan.text)
        elif scan.kind in {ScanKind.MEMBER_PHONE, ScanKind.MEMBER_CARD}:
            self._find_member(scan)
        else:
            self._find_coupon(scan)

    def _find_coupon(self, scan: Scan) -> None:
        counter = self._desk.counter
        self._desk.background.run(
            lambda: counter.find_coupon(scan.text),
            self._coupon_found,
            lambda error: self._no_coupon(scan, error),
        )

    def _coupon_found(self, found: CouponFound) -> None:
        self._coupon.lay(found)

    def _no_coupon(self, scan: Scan, error: TillfoldError) -> None:
        if error.code is ErrorCode.COUPON_UNKNOWN and scan.kind is ScanKind.UNKNOWN:
            self._find_member(scan)
        else:
            self._notices.error(error)

    def _find_member(self, scan: Scan) -> None:
        counter, viewer = self._desk.counter, self._desk.viewer
        self._desk.background.run(
            lambda: counter.find_members(scan.text, viewer=viewer),
            lambda found: self._members_found(scan, found),
            self._notices.error,
        )

    def _members_found(self, scan: Scan, found: tuple[MemberFound, ...]) -> None:
        if len(found) == 1:
            self._member.open(found[0].member_id)
        elif scan.kind is ScanKind.UNKNOWN:
            self._notices.warn(lambda wording: wording.text("scan.unknown", text=scan.text[:20]))
        else:
            self._notices.error(TillfoldError(ErrorCode.MEMBER_UNKNOWN))


def _closing(wording: Wording) -> str:
    return wording.text("scan.closing")
