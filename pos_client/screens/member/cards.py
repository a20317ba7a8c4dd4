"""Members' cards at the counter: whose card was read, giving one, replacing a lost one."""

from collections.abc import Callable
from functools import partial

import msgspec

from domain.errors import ErrorCode, TillfoldError
from domain.wording import Wording
from pos_client.screens.desk import Desk
from pos_client.screens.notices import Notices
from pos_client.screens.order_in_hand import OrderInHand
from pos_client.use_cases.answers import MemberCard


class CardFacts(msgspec.Struct, frozen=True, kw_only=True):
    """`wanted`: the sheet waits for a card; `busy`: one was read and is being given."""

    wanted: bool = False
    busy: bool = False
    error: TillfoldError | None = None


class MemberCards:
    """A part of the member sheet. `opened` hears of the member whose card was read."""

    def __init__(
        self,
        desk: Desk,
        order: OrderInHand,
        notices: Notices,
        *,
        redraw: Callable[[], None],
        opened: Callable[[MemberCard], None],
    ) -> None:
        self._desk = desk
        self._order = order
        self._notices = notices
        self._redraw = redraw
        self._opened = opened
        self.facts = CardFacts()

    @property
    def wanted(self) -> bool:
        return self.facts.wanted

    def open_member(self, card: str, *, otherwise: Callable[[], None] | None = None) -> None:
        """The member with this card is at the counter; where nobody has it, `otherwise`.

        Without that the server is asked: she may be of another store.
        """
        cards, viewer = self._desk.counter.cards, self._desk.viewer

        def failed(error: TillfoldError) -> None:
            if error.code is not ErrorCode.CARD_UNKNOWN:
                self._notices.error(error)
            elif otherwise is not None:
                otherwise()
            else:
                self._desk.background.run_remote(
                    partial(cards.fetch_member, card, viewer=viewer),
                    self._opened,
                    lambda _error: self._notices.error(error),
                )

        self._desk.background.run(
            partial(cards.open_member, card, viewer=viewer), self._opened, failed
        )

    def ask(self) -> None:
        """The next card that is read is to be the member's."""
        if self._order.member is not None:
            self._note(CardFacts(wanted=True))

    def cancel(self) -> None:
        self._note(CardFacts())

    def give(self, card: str) -> None:
        """This card was read while the sheet waited for one."""
        member = self._order.member
        if member is None or not self.facts.wanted or self.facts.busy:
            return
        self._note(CardFacts(wanted=True, busy=True))
        cards, actor = self._desk.counter.cards, self._desk.actor
        self._desk.background.run(
            partial(cards.give, actor, member.member_id, card),
            self._given,
            lambda error: self._note(CardFacts(wanted=True, error=error)),
        )

    def take_away(self) -> None:
        """The card is lost and not replaced."""
        member = self._order.member
        if member is not None and member.masked_card:
            cards, actor = self._desk.counter.cards, self._desk.actor
            self._desk.background.run(
                partial(cards.take_away, actor, member.member_id), self._gone, self._notices.error
            )

    def _given(self, member: MemberCard) -> None:
        self._changed(member, "member.card_given")

    def _gone(self, member: MemberCard) -> None:
        self._changed(member, "member.card_gone")

    def _changed(self, member: MemberCard, key: str) -> None:
        self.facts = CardFacts()
        held = self._order.member
        if held is not None and held.member_id == member.member_id:
            self._order.set_member(member)
        else:
            self._redraw()

        def said(wording: Wording) -> str:
            return wording.text(key, name=member.masked_name, card=member.masked_card)

        self._notices.done(said)

    def _note(self, facts: CardFacts) -> None:
        self.facts = facts
        self._redraw()
