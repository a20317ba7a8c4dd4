"""The member sheet: looking up while typing, enrolling, and what a member may use."""

from collections.abc import Callable
from functools import partial

import msgspec

from domain.errors import TillfoldError
from domain.identifiers import MemberId
from domain.phones import is_phone
from pos_client.screens.desk import Desk, SheetPresenter
from pos_client.screens.flow import Flow, Sheet
from pos_client.screens.member.cards import MemberCards
from pos_client.screens.member.drawing import MemberFacts, draw_member
from pos_client.screens.member.points import PointsSteps
from pos_client.screens.member.state import MemberState
from pos_client.screens.notices import Notices
from pos_client.screens.order_in_hand import OrderInHand
from pos_client.use_cases.answers import CouponFound, MemberCard, MemberFound


class MemberPresenter(SheetPresenter[MemberState]):
    def __init__(self, desk: Desk, order: OrderInHand, flow: Flow, notices: Notices) -> None:
        super().__init__(desk, flow, notices)
        self._order = order
        self._facts = MemberFacts()
        self.points = PointsSteps(order)
        self.cards = MemberCards(desk, order, notices, redraw=self.redraw, opened=self._opened)
        order.listen(partial(self.redraw_while_on, Sheet.MEMBER))

    def begin(self) -> None:
        """The sheet was opened: the card of the member at the counter, else the look-up."""
        self._facts = MemberFacts()
        self.cards.cancel()

    def press(self, key: str) -> None:
        if key == "enter" and self._order.member is not None and not self.cards.wanted:
            self.flow.close_sheet()

    # Looking up

    def search(self, text: str) -> None:
        """Called once typing has paused; an answer to an older text is not shown."""
        query = text.strip()
        self._note(query=text, searched=False, asking=False, only_here=False)
        if not query:
            self._note(found=())
            return
        counter, viewer = self.desk.counter, self.desk.viewer
        self.desk.background.run(
            lambda: counter.find_members(query, viewer=viewer),
            lambda found: self._found(text, found),
            self.notices.error,
        )

    def search_now(self, text: str) -> None:
        """Enter: the first member found; where none is, a new one with what was typed."""
        query = text.strip()
        if not query:
            return
        if not self._facts.searched or text != self._facts.query:
            self.search(text)
        if self._facts.searched and not self._facts.asking:
            self._take_first()
        else:
            self._note(take_first=True)

    def open_found(self, place: int) -> None:
        if place < len(self._facts.found):
            self.open(self._facts.found[place].member_id)

    def open(self, member_id: MemberId) -> None:
        """This member is at the counter."""
        self.desk.background.run(self._open(member_id), self._opened, self.notices.error)

    def open_by_code(self, code: str) -> None:
        """The member whose device shows this signed code is at the counter."""
        counter, viewer = self.desk.counter, self.desk.viewer
        self.desk.background.run(
            lambda: counter.open_member_by_code(code, viewer=viewer),
            self._proven,
            self.notices.error,
        )

    def read_again(self) -> None:
        """The member at the counter may have changed elsewhere."""
        member = self._order.member
        if member is None:
            return
        self.desk.background.run(
            self._open(member.member_id), self._was_read_again, self.notices.error
        )

    def _open(self, member_id: MemberId) -> Callable[[], MemberCard]:
        counter, viewer = self.desk.counter, self.desk.viewer
        return lambda: counter.open_member(member_id, viewer=viewer)

    def change_member(self) -> None:
        """Back to the look-up, without a member on the order."""
        self._order.drop_member()
        self.begin()

    # Enrolling

    def start_enrolment(self, typed: str) -> None:
        """The form starts with the digits that were typed for the look-up."""
        self._note(enrolling=True, error=None, query=typed)

    def cancel_enrolment(self) -> None:
        self._note(enrolling=False, error=None)

    def enrol(self, *, phone: str, name: str, birthday: str) -> None:
        if self._facts.busy:
            return
        self._note(busy=True, error=None)
        counter, actor = self.desk.counter, self.desk.actor
        self.desk.background.run(
            lambda: counter.enrol_member(
                actor, phone=phone.strip(), name=name.strip(), birthday=birthday.strip()
            ),
            self._enrolled,
            lambda error: self._note(busy=False, error=error),
        )

    # What the member uses

    def toggle_coupon(self, place: int) -> None:
        coupons = self._order.member.coupons if self._order.member is not None else ()
        if place >= len(coupons):
            return
        terms = coupons[place]
        if any(laid.coupon_id == terms.coupon_id for laid in self._order.basket.coupons):
            self._order.take_off(terms.coupon_id)
            return
        try:
            self._order.lay(CouponFound(terms=terms, redeemed=False))
        except TillfoldError as error:
            self.notices.error(error)

    def escape(self) -> None:
        if self.cards.wanted:
            self.cards.cancel()
        elif self._facts.enrolling:
            self.cancel_enrolment()
        else:
            self.flow.close_sheet()

    def _found(self, text: str, found: tuple[MemberFound, ...]) -> None:
        if text != self._facts.query:
            return
        if not found and is_phone(self._facts.query):
            self._ask_server(text)
            return
        self._answered(text, found)

    def _ask_server(self, text: str) -> None:
        """A whole number that nobody here has may be a member's whom this store never met."""
        ask = partial(self.desk.counter.look_up_member, text.strip(), viewer=self.desk.viewer)
        in_vain = partial(self._answered, text, (), only_here=True)
        self._note(found=(), searched=True, asking=True)
        self.desk.background.run_remote(ask, partial(self._answered, text), lambda _: in_vain())

    def _answered(
        self, text: str, found: tuple[MemberFound, ...], *, only_here: bool = False
    ) -> None:
        if text != self._facts.query:
            return
        take_first = self._facts.take_first
        self._note(found=found, searched=True, asking=False, only_here=only_here, take_first=False)
        if take_first:
            self._take_first()

    def _take_first(self) -> None:
        if self._facts.found:
            self.open_found(0)
        else:
            self.start_enrolment(self._facts.query)

    def _opened(self, card: MemberCard) -> None:
        self._facts = MemberFacts()
        self.notices.fade()
        self._order.set_member(card)

    def _proven(self, card: MemberCard) -> None:
        """She may be of another store: what she has is asked for, and without an answer unknown."""
        self._opened(card)
        if card.elsewhere:
            viewer = self.desk.viewer
            fetch = partial(self.desk.counter.fetch_member, card.member_id, viewer=viewer)
            self.desk.background.run_remote(fetch, self._was_read_again, lambda _error: None)

    def _was_read_again(self, card: MemberCard) -> None:
        if self._order.member is not None and self._order.member.member_id == card.member_id:
            self._order.set_member(card)

    def _enrolled(self, card: MemberCard) -> None:
        self._opened(card)
        name = card.masked_name
        self.notices.done(lambda wording: wording.text("member.enrolled", name=name))

    def _note(self, **changes: object) -> None:
        self._facts = msgspec.structs.replace(self._facts, **changes)
        self.redraw()

    def _draw(self) -> MemberState:
        return draw_member(self._facts, self.desk, self._order, self.cards.facts)
