"""The order at the counter before it is paid: what sell, member, coupon and pay screens share."""

from collections.abc import Callable

import msgspec

from domain.conditions import Moment
from domain.configuration import CouponTerms
from domain.fold.aggregates import Rules
from domain.identifiers import CouponId, RuleId, StoreId
from domain.orders import Tender
from domain.pricing.basket import Basket, lay_coupon, take_coupon_off
from domain.pricing.candidates import coupon_refusal
from domain.pricing.price import price
from domain.pricing.question import Question
from domain.pricing.result import PricedOrder
from domain.reasons import Reason
from pos_client.use_cases.answers import CouponFound, Home, MemberCard, OrderToClose
from pos_client.use_cases.rule_uses import Uses, earned_today, uses_by_rule
from pos_client.use_cases.store_time import business_day_at


class CouponUse(msgspec.Struct, frozen=True, kw_only=True):
    """What a coupon does, or would do, on this order. `reason` is None where it saves money."""

    terms: CouponTerms
    laid: bool
    saving_fen: int = 0
    reason: Reason | None = None
    missing_fen: int = 0
    missing_units: int = 0


class OrderInHand:
    """Every change prices the basket anew and tells all who listen.

    `moment` is the time now as the store's clock shows it.
    """

    def __init__(self, moment: Callable[[], Moment]) -> None:
        self._moment = moment
        self._store = StoreId("")
        self._uses: Uses = {}
        self._listeners: list[Callable[[], None]] = []
        self._rules = Rules()
        self.basket = Basket()
        self.member: MemberCard | None = None
        self.redeemed: frozenset[CouponId] = frozenset()
        self.frozen = False
        self._priced = price(self.basket, self._question())

    def listen(self, on_change: Callable[[], None]) -> None:
        self._listeners.append(on_change)

    @property
    def rules(self) -> Rules:
        return self._rules

    def set_home(self, home: Home) -> None:
        """The rules, and what was used of them, as they are now."""
        self._rules, self._store, self._uses = home.rules, home.store, home.uses
        self.price_again()

    def freeze(self) -> None:
        """Nothing changes while the sale is being closed and its change is shown."""
        self.frozen = True

    def thaw(self) -> None:
        self.frozen = False

    def change(self, basket: Basket) -> None:
        if self.frozen:
            return
        self.basket = basket
        self._changed()

    def start_next(self) -> None:
        self.basket, self.member, self.redeemed = Basket(), None, frozenset()
        self.frozen = False
        self._changed()

    def load(self, basket: Basket, member: MemberCard | None) -> None:
        """A bill that had been put aside is in hand again."""
        self.basket, self.member, self.redeemed = basket, member, frozenset()
        self.frozen = False
        self._changed()

    def price_again(self) -> None:
        """Time has passed or rules have changed; a frozen order stays as it was closed."""
        if not self.frozen:
            self._changed()

    def set_member(self, member: MemberCard) -> None:
        """This member is at the counter, or her card was read again."""
        if self.frozen:
            return
        self.member = member
        self._changed()

    def drop_member(self) -> None:
        """No member after all: the points she wanted to use are not used."""
        if self.frozen:
            return
        self.member = None
        self.change(msgspec.structs.replace(self.basket, points_wanted=0))

    def lay(self, found: CouponFound) -> CouponUse:
        """Raises TillfoldError `too_many_coupons`."""
        if found.redeemed:
            self.redeemed |= {found.terms.coupon_id}
        self.change(lay_coupon(self.basket, found.terms))
        return self.use_of(found.terms)

    def take_off(self, coupon_id: CouponId) -> None:
        self.change(take_coupon_off(self.basket, coupon_id))

    def want_points(self, points: int) -> None:
        self.change(msgspec.structs.replace(self.basket, points_wanted=max(0, points)))

    @property
    def priced(self) -> PricedOrder:
        return self._priced

    @property
    def most_points(self) -> int:
        """The most points that this order takes now, whatever the guest asked for."""
        return self._priced.points_possible

    def use_of(self, terms: CouponTerms) -> CouponUse:
        """How this coupon fares, laid on the order or not; also where no more can be laid."""
        coupons = self.basket.coupons
        laid = any(held.coupon_id == terms.coupon_id for held in coupons)
        rule_id = RuleId(terms.coupon_id)
        with_it = msgspec.structs.replace(self.basket, coupons=(*coupons, terms))
        priced = self._priced if laid else price(with_it, self._question())
        for used in priced.used_rules:
            if used.rule_id == rule_id:
                return CouponUse(terms=terms, laid=laid, saving_fen=used.saving_fen)
        unused = next(rule for rule in priced.unused_rules if rule.rule_id == rule_id)
        return CouponUse(
            terms=terms,
            laid=laid,
            reason=unused.reason,
            missing_fen=unused.missing_fen,
            missing_units=unused.missing_units,
        )

    def usable_coupons(self) -> int:
        """How many of the member's coupons could be used now, were the order large enough."""
        coupons = self.member.coupons if self.member is not None else ()
        question = self._question()
        return sum(coupon_refusal(terms, question) is None for terms in coupons)

    def to_close(
        self, tenders: tuple[Tender, ...], shown_total_fen: int, *, menu_version: str
    ) -> OrderToClose:
        return OrderToClose(
            basket=self.basket,
            tenders=tenders,
            expected_total_fen=shown_total_fen,
            member_id=self.member.member_id if self.member is not None else None,
            menu_version=menu_version,
        )

    def _question(self) -> Question:
        book, moment, member = self._rules.book, self._moment(), self.member
        ids = member.ids if member is not None else ()
        known = {**self._uses, **member.uses} if member is not None else self._uses
        day = business_day_at(moment)
        return Question(
            book=book,
            moment=moment,
            store=self._store,
            guest=member.guest if member is not None else None,
            redeemed=self.redeemed,
            uses=uses_by_rule(book, known, ids, day),
            earned_today=earned_today(book, known, ids, day),
        )

    def _changed(self) -> None:
        self._priced = price(self.basket, self._question())
        for on_change in self._listeners:
            on_change()
