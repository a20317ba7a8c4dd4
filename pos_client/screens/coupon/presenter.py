"""The coupon sheet: a code typed or scanned, what lies on the order and what each does."""

from functools import partial

import msgspec

from domain.configuration import CouponTerms
from domain.errors import TillfoldError
from pos_client.screens.coupon_rows import coupon_row, reason_text
from pos_client.screens.desk import Desk, SheetPresenter
from pos_client.screens.flow import Flow, Sheet
from pos_client.screens.notices import Notices
from pos_client.screens.order_in_hand import OrderInHand
from pos_client.use_cases.answers import CouponFound
from pos_client.widgets.faces import RowText


class CouponState(msgspec.Struct, frozen=True, kw_only=True):
    """`code` is what stands in the field; it is emptied once the coupon was found."""

    code: str
    busy: bool
    laid: tuple[RowText, ...]
    of_member: tuple[RowText, ...]
    empty: str


class CouponPresenter(SheetPresenter[CouponState]):
    def __init__(self, desk: Desk, order: OrderInHand, flow: Flow, notices: Notices) -> None:
        super().__init__(desk, flow, notices)
        self._order = order
        self._code = ""
        self._busy = False
        order.listen(partial(self.redraw_while_on, Sheet.COUPON))

    def begin(self) -> None:
        self._code = ""
        self.redraw()

    def press(self, key: str) -> None:
        if key == "enter":
            self.flow.close_sheet()

    def edit(self, code: str) -> None:
        self._code = code

    def submit(self, code: str) -> None:
        wanted = code.strip()
        if not wanted or self._busy:
            return
        self._code, self._busy = code, True
        self.redraw()
        counter = self.desk.counter
        self.desk.background.run(lambda: counter.find_coupon(wanted), self._found, self._not_found)

    def lay(self, found: CouponFound) -> None:
        """Lay a coupon on the order and say what it does there."""
        try:
            use = self._order.lay(found)
        except TillfoldError as error:
            self.notices.error(error)
            return
        if use.reason is None:
            self.notices.fade()
            return
        name = found.terms.name
        self.notices.warn(
            lambda wording: wording.text(
                "coupon.no_effect", name=name, reason=reason_text(wording, use)
            )
        )

    def take_off(self, place: int) -> None:
        coupons = self._order.basket.coupons
        if place < len(coupons):
            self._order.take_off(coupons[place].coupon_id)

    def lay_of_member(self, place: int) -> None:
        coupons = self._others()
        if place < len(coupons):
            self.lay(CouponFound(terms=coupons[place], redeemed=False))

    def _found(self, found: CouponFound) -> None:
        self._busy, self._code = False, ""
        self.lay(found)
        self.redraw()

    def _not_found(self, error: TillfoldError) -> None:
        self._busy = False
        self.notices.error(error)
        self.redraw()

    def _others(self) -> tuple[CouponTerms, ...]:
        laid = {terms.coupon_id for terms in self._order.basket.coupons}
        coupons = self._order.member.coupons if self._order.member is not None else ()
        return tuple(terms for terms in coupons if terms.coupon_id not in laid)

    def _draw(self) -> CouponState:
        laid = tuple(
            coupon_row(self.desk, self._order.use_of(terms)) for terms in self._order.basket.coupons
        )
        return CouponState(
            code=self._code,
            busy=self._busy,
            laid=laid,
            of_member=tuple(
                coupon_row(self.desk, self._order.use_of(terms)) for terms in self._others()
            ),
            empty="" if laid else self.wording.text("coupon.none_laid"),
        )
