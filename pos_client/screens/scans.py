"""Carries out what a scan, or a card on a reader, means at the counter."""

from collections.abc import Callable
from typing import Final, NamedTuple

from domain.errors import ErrorCode, TillfoldError
from domain.members.cards import card_of_number
from domain.menu import MenuItem
from hardware.cards.taps import CardTap
from hardware.scanners.classify import Scan, classify, scan_of_tap
from hardware.scanners.labels import LabelLayout
from pos_client.screens.coupon.presenter import CouponPresenter
from pos_client.screens.desk import Desk, yuan
from pos_client.screens.flow import Flow, Page, Sheet
from pos_client.screens.member.presenter import MemberPresenter
from pos_client.screens.notices import Notices
from pos_client.screens.order_in_hand import OrderInHand
from pos_client.screens.pay.presenter import PayPresenter
from pos_client.screens.scan_meanings import BEGIN_AN_ORDER, Meaning, Situation, meaning_of
from pos_client.screens.sell.labels import Portion, by_price, by_weight
from pos_client.screens.sell.presenter import SellPresenter
from pos_client.use_cases.answers import CouponFound, MemberFound

# As many characters of a code as a person compares.
_SHOWN: Final = 20
_UPC_LENGTH: Final = 12
_SAID: Final = {
    Meaning.WAIT: "scan.closing",
    Meaning.PAY_SHEET_FIRST: "scan.payment_code",
    Meaning.ALREADY_PAID: "scan.already_paid",
    Meaning.ORDER_HELD: "scan.order_held",
    Meaning.NO_CARD: "scan.no_card",
    Meaning.BANK_CARD: "scan.bank_card",
    Meaning.CARD_UNREADABLE: "scan.card_unreadable",
    Meaning.NO_PRODUCT: "scan.no_product",
}
_REFUSED: Final = {Meaning.CARD_CHANGES: ErrorCode.CARD_CHANGES}


class ScanTargets(NamedTuple):
    sell: SellPresenter
    pay: PayPresenter
    member: MemberPresenter
    coupon: CouponPresenter
    order: OrderInHand


class Scans:
    """`layouts` are the labels of the shop's scales."""

    def __init__(
        self,
        desk: Desk,
        flow: Flow,
        notices: Notices,
        targets: ScanTargets,
        layouts: tuple[LabelLayout, ...] = (),
    ) -> None:
        self._desk = desk
        self._flow = flow
        self._notices = notices
        self._layouts = layouts
        self._sell = targets.sell
        self._pay = targets.pay
        self._cards = targets.member.cards
        self._member = targets.member
        self._coupon = targets.coupon
        self._order = targets.order
        self._doings: dict[Meaning, Callable[[Scan], None]] = {
            Meaning.DISH: self._add_dish,
            Meaning.WEIGHED: self._add_weighed,
            Meaning.PRICED: self._add_priced,
            Meaning.COUPON: self._find_coupon,
            Meaning.MEMBER_BY_CODE: lambda scan: self._member.open_by_code(scan.text),
            Meaning.MEMBER_BY_PHONE: self._find_member,
            Meaning.MEMBER_BY_CARD: lambda scan: self._cards.open_member(scan.text),
            Meaning.GIVE_CARD: lambda scan: self._cards.give(scan.text),
            Meaning.GIVE_NUMBER: lambda scan: self._cards.give(card_of_number(scan.text) or ""),
            Meaning.PAY: self._pay.scanned_payment_code,
            Meaning.ORDER: lambda scan: self._say("scan.order", scan),
            Meaning.GUESS: self._guess,
        }

    def scanned(self, text: str) -> None:
        self._resolve(classify(text, self._layouts))

    def tapped(self, tap: CardTap) -> None:
        """A card lies on the reader."""
        self._resolve(scan_of_tap(tap))

    def broken(self) -> None:
        """A scanner began a code and did not end it."""
        if self._flow.page is Page.SELL:
            self._notices.warn(lambda wording: wording.text("scan.broken"))

    def _resolve(self, scan: Scan) -> None:
        meaning = meaning_of(scan.kind, self._situation())
        if meaning in BEGIN_AN_ORDER and self._pay.closed:
            self._pay.next_order()
        if meaning in _SAID:
            self._say(_SAID[meaning], scan)
        elif meaning in _REFUSED:
            self._notices.error(TillfoldError(_REFUSED[meaning]))
        elif meaning is not Meaning.NOTHING:
            self._doings[meaning](scan)

    def _situation(self) -> Situation:
        if self._flow.page is not Page.SELL:
            return Situation.AWAY
        if self._pay.busy:
            return Situation.SAVING
        if self._pay.closed:
            return Situation.PAID
        paying = self._flow.sheet is Sheet.PAY
        if self._order.frozen:
            return Situation.COLLECTING if paying else Situation.PUT_BY
        if paying:
            return Situation.PAYING
        wanted = self._flow.sheet is Sheet.MEMBER and self._cards.wanted
        return Situation.CARD_WANTED if wanted else Situation.SELLING

    # Dishes

    def _add_dish(self, scan: Scan) -> None:
        dish = self._dish(*_product_numbers(scan.text))
        if dish is None:
            self._say("scan.no_dish", scan)
        else:
            self._add(dish, None)

    def _add_weighed(self, scan: Scan) -> None:
        dish = self._dish(*scan.items, scan.text)
        if dish is None:
            self._say("scan.no_dish", scan)
        else:
            self._add(dish, by_weight(dish, scan.grams))

    def _add_priced(self, scan: Scan) -> None:
        dish = self._dish(*scan.items, scan.text)
        if dish is None:
            self._say("scan.no_dish", scan)
        else:
            self._add(dish, by_price(dish, scan.price_fen), price=yuan(scan.price_fen))

    def _dish(self, *numbers: str) -> MenuItem | None:
        found = (self._sell.item(number) for number in numbers)
        return next((dish for dish in found if dish is not None), None)

    def _add(self, dish: MenuItem, portion: Portion | str | None, *, price: str = "") -> None:
        if dish.sold_out:
            portion = "scan.sold_out"
        if isinstance(portion, str):
            key, name = portion, dish.name
            self._notices.warn(lambda wording: wording.text(key, dish=name, price=price))
        elif portion is None:
            self._sell.tap_dish(dish.item_id)
        else:
            self._sell.add(dish, 1, weight_grams=portion.grams)

    # What has no known form

    def _guess(self, scan: Scan) -> None:
        dish = self._dish(scan.text)
        if dish is not None:
            self._add(dish, None)
        else:
            self._look_for_coupon(scan, lambda: self._guess_member(scan))

    def _guess_member(self, scan: Scan) -> None:
        card = card_of_number(scan.text)
        if card is None:
            self._find_member(scan, unknown="scan.unknown")
        else:
            self._cards.open_member(
                card, otherwise=lambda: self._find_member(scan, unknown="scan.unknown")
            )

    # Coupons and members

    def _find_coupon(self, scan: Scan) -> None:
        self._look_for_coupon(scan, None)

    def _look_for_coupon(self, scan: Scan, otherwise: Callable[[], None] | None) -> None:
        counter = self._desk.counter

        def not_found(error: TillfoldError) -> None:
            if otherwise is not None and error.code is ErrorCode.COUPON_UNKNOWN:
                otherwise()
            else:
                self._notices.error(error)

        self._desk.background.run(
            lambda: counter.find_coupon(scan.text), self._coupon_found, not_found
        )

    def _coupon_found(self, found: CouponFound) -> None:
        self._coupon.lay(found)

    def _find_member(self, scan: Scan, *, unknown: str = "") -> None:
        counter, viewer = self._desk.counter, self._desk.viewer

        def answered(found: tuple[MemberFound, ...]) -> None:
            if len(found) == 1:
                self._member.open(found[0].member_id)
            elif unknown:
                self._say(unknown, scan)
            else:
                self._notices.error(TillfoldError(ErrorCode.MEMBER_UNKNOWN))

        self._desk.background.run(
            lambda: counter.find_members(scan.text, viewer=viewer), answered, self._notices.error
        )

    def _say(self, key: str, scan: Scan) -> None:
        """A payment code, and what was read from a card, stands in no text."""
        text = scan.text[:_SHOWN]
        self._notices.warn(lambda wording: wording.text(key, text=text))


def _product_numbers(text: str) -> tuple[str, ...]:
    """A UPC-A is an EAN-13 with a zero before it; menus have either."""
    if len(text) == _UPC_LENGTH:
        return text, f"0{text}"
    return (text, text[1:]) if text.startswith("0") else (text,)
