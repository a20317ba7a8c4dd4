"""A member's card: who has it now, giving one, taking one away.

A card belongs to whom it was given last, and a person has one card: the one given last. So a lost
card stops at every till as soon as the feed brings what replaced it.
"""

from collections.abc import Callable
from functools import partial
from typing import Final, Protocol

from sqlalchemy import Connection

from domain.errors import ErrorCode, TillfoldError
from domain.fold.aggregates import Member
from domain.fold.people import KnownPerson, load_people
from domain.identifiers import MemberId, StaffId
from domain.members.cards import PRINTED_PREFIX, parse_card
from domain.members.facts import MemberEdited
from domain.members.profile import ProfileField
from domain.protocol import MemberQuestion
from domain.rights import Right
from pos_client.storage.aggregates import load
from pos_client.storage.member_index import find_holders
from pos_client.storage.store import Store, Writing
from pos_client.storage.thread import StorageThread
from pos_client.use_cases.answers import MemberCard
from pos_client.use_cases.members import load_person
from pos_client.use_cases.sign_in import require

MOST_HOLDERS: Final = 50


def holder_of(connection: Connection, card: str) -> KnownPerson | None:
    """The person who has this card now, as far as this till knows."""
    known = load_people(partial(load, connection), find_holders(connection, card, MOST_HOLDERS))
    holders = [person for person in known if person.member.field(ProfileField.CARD) == card]
    return max(
        holders, key=lambda person: person.member.profile[ProfileField.CARD].origin, default=None
    )


def member_with_card(connection: Connection, text: str) -> MemberId:
    """Raises TillfoldError `card_unknown`, `card_malformed`, `card_changes`."""
    card = parse_card(text)
    holder = holder_of(connection, card) or _on_receipt(connection, card)
    if holder is None:
        raise TillfoldError(ErrorCode.CARD_UNKNOWN)
    return holder.member.member_id


def receipt_code(member_id: MemberId) -> str:
    """What a member's receipt may hold, for the counter to find her by."""
    return f"{PRINTED_PREFIX}{member_id}"


def _on_receipt(connection: Connection, card: str) -> KnownPerson | None:
    if not card.startswith(PRINTED_PREFIX):
        return None
    member_id = MemberId(card.removeprefix(PRINTED_PREFIX))
    known = load_people(partial(load, connection), [member_id])
    return known[0] if known else None


def give_card(store: Store, actor: StaffId, member_id: MemberId, text: str) -> None:
    """This is the member's card from now on; the one before is none any more.

    Raises:
        TillfoldError: `card_malformed`, `card_changes`, `card_taken`, `member_unknown`,
            `right_missing`.
    """
    card = parse_card(text)
    with store.write() as writing:
        require(writing.connection, actor, Right.EDIT_MEMBER)
        member = load_person(writing.connection, member_id).member
        holder = holder_of(writing.connection, card)
        if holder is not None and holder.member.member_id != member.member_id:
            raise TillfoldError(ErrorCode.CARD_TAKEN)
        if holder is None:
            _write(store, writing, actor, member, card)


def take_card_away(store: Store, actor: StaffId, member_id: MemberId) -> None:
    """A lost card that is not replaced: nobody has it any more.

    Raises:
        TillfoldError: `member_unknown`, `right_missing`.
    """
    with store.write() as writing:
        require(writing.connection, actor, Right.EDIT_MEMBER)
        member = load_person(writing.connection, member_id).member
        if member.field(ProfileField.CARD):
            _write(store, writing, actor, member, "")


def _write(store: Store, writing: Writing, actor: StaffId, member: Member, card: str) -> None:
    held = member.profile.get(ProfileField.CARD)
    if held is not None:
        writing.follow(held.origin.stamp, store.trusted_time.now_ms())
    edited = MemberEdited(member_id=member.member_id, changes={ProfileField.CARD: card})
    store.record(writing, [edited], actor)


class OpenMember(Protocol):
    def __call__(self, member_id: MemberId, *, viewer: StaffId | None = None) -> MemberCard: ...


class Cards:
    """What a screen asks about members' cards; a part of the `Counter`."""

    def __init__(
        self,
        storage: StorageThread,
        open_member: OpenMember,
        ask: Callable[[MemberQuestion], bool],
    ) -> None:
        self._storage = storage
        self._open_member = open_member
        self._ask = ask

    def open_member(self, card: str, *, viewer: StaffId | None = None) -> MemberCard:
        """Raises TillfoldError as `member_with_card` does."""
        member_id = self._storage.run(partial(_member_with_card, card=card))
        return self._open_member(member_id, viewer=viewer)

    def fetch_member(self, card: str, *, viewer: StaffId | None = None) -> MemberCard:
        """The member with this card whom this till does not hold; the server is asked.

        Raises:
            TillfoldError: `server_unreachable` as for `Counter.look_up_member`; as `open_member`.
        """
        if not self._ask(MemberQuestion(card=parse_card(card))):
            raise TillfoldError(ErrorCode.CARD_UNKNOWN)
        return self.open_member(card, viewer=viewer)

    def give(self, actor: StaffId, member_id: MemberId, card: str) -> MemberCard:
        """Raises TillfoldError as `give_card` does."""
        self._storage.run(lambda store: give_card(store, actor, member_id, card))
        return self._open_member(member_id, viewer=actor)

    def take_away(self, actor: StaffId, member_id: MemberId) -> MemberCard:
        """Raises TillfoldError as `take_card_away` does."""
        self._storage.run(lambda store: take_card_away(store, actor, member_id))
        return self._open_member(member_id, viewer=actor)


def _member_with_card(store: Store, card: str) -> MemberId:
    with store.read() as connection:
        return member_with_card(connection, card)
