"""People: the members that are one person, by one phone or by a merge, found and joined.

Till and server load members their own way; who belongs together is decided here.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

import msgspec

from domain.fold.aggregates import (
    Aggregate,
    AggregateKey,
    AggregateKind,
    Member,
    PhoneClaims,
)
from domain.fold.members import is_cut_off, joined
from domain.identifiers import MemberId
from domain.members.aliases import canonical
from domain.members.facts import MemberClosed, MembersParted

# Each step follows one more link; a chain of merges is rarely longer than two.
MOST_STEPS: Final = 8

Load = Callable[[list[AggregateKey]], Mapping[AggregateKey, Aggregate]]


class KnownPerson(msgspec.Struct, frozen=True, kw_only=True):
    """A member with all that is one with it, and all of its ids, its own first.

    `enrolments` are the members that were joined, as far as they are loaded: a guest may say the
    phone of any of them.
    """

    member: Member
    ids: tuple[MemberId, ...]
    enrolments: tuple[Member, ...]


def load_people(load: Load, ids: Iterable[MemberId]) -> list[KnownPerson]:
    """The people that `ids` stand for, each once, in the order of `ids`.

    Ids that nobody knows and closed accounts are left out.
    """
    wanted = list(dict.fromkeys(ids))
    circle = _Circle()
    asked: set[AggregateKey] = set()
    keys = [AggregateKey(AggregateKind.MEMBER, member_id) for member_id in wanted]
    for _ in range(MOST_STEPS):
        asked.update(keys)
        circle.take(load(keys))
        circle.take(load(phones := [key for key in circle.phone_keys() if key not in asked]))
        asked.update(phones)
        keys = [key for key in circle.linked_keys() if key not in asked]
        if not keys:
            break
    return circle.people(wanted)


class _Circle:
    """Members and phone claims, as far as they are loaded."""

    def __init__(self) -> None:
        self._members: dict[MemberId, Member] = {}
        self._claims: dict[str, PhoneClaims] = {}

    def take(self, state: Mapping[AggregateKey, Aggregate]) -> None:
        for value in state.values():
            if isinstance(value, Member):
                self._members[value.member_id] = value
            elif isinstance(value, PhoneClaims):
                self._claims[value.phone] = value

    def phone_keys(self) -> list[AggregateKey]:
        phones = {member.phone: None for member in self._members.values() if member.phone}
        return [AggregateKey(AggregateKind.PHONE, phone) for phone in phones]

    def linked_keys(self) -> list[AggregateKey]:
        linked: dict[str, None] = {}
        for claims in self._claims.values():
            linked.update(dict.fromkeys(claims.member_ids))
        for member in self._members.values():
            linked.update({name: None for name, mark in member.merged.items() if mark.standing})
            if member.alias is not None and member.alias.text:
                linked[member.alias.text] = None
        return [AggregateKey(AggregateKind.MEMBER, member_id) for member_id in linked]

    def people(self, wanted: list[MemberId]) -> list[KnownPerson]:
        aliases = self._aliases()
        groups: dict[MemberId, list[MemberId]] = {}
        for member_id, member in self._members.items():
            if self._is_open(member):
                first = canonical(aliases, self._first_enrolled(member_id))
                groups.setdefault(first, []).append(member_id)
        of_id = {member_id: first for first, group in groups.items() for member_id in group}
        found = dict.fromkeys(of_id[member_id] for member_id in wanted if member_id in of_id)
        return [self._person(first, groups[first]) for first in found]

    def _is_open(self, member: Member) -> bool:
        claims = self._claims.get(member.phone)
        return member.closed is None and (claims is None or not is_cut_off(member, claims))

    def _can_be_gone_by(self, target: Member) -> bool:
        """A merge waits until the enrolment of the member it leads to has arrived."""
        return target.enrolled is not None and self._is_open(target)

    def _first_enrolled(self, member_id: MemberId) -> MemberId:
        """The canonical enrolment of the member's phone, of those that are loaded and open."""
        claimed = self._enrolled_with(self._members[member_id].phone)
        return next((each for each in claimed if each in self._members), member_id)

    def _enrolled_with(self, phone: str) -> list[MemberId]:
        """Who is enrolled with a phone, the earliest first; some may not have arrived here."""
        claims = self._claims.get(phone)
        known = self._members
        return [
            claimed
            for claimed in (claims.member_ids if claims else ())
            if claimed not in known
            or (known[claimed].phone == phone and self._is_open(known[claimed]))
        ]

    def _aliases(self) -> dict[MemberId, MemberId]:
        """Merges between open accounts, from canonical enrolment to canonical enrolment."""
        aliases: dict[MemberId, MemberId] = {}
        for member_id, member in self._members.items():
            into = MemberId(member.alias.text) if member.alias is not None else None
            target = self._members.get(into) if into else None
            if into is None or target is None or not self._can_be_gone_by(target):
                continue
            if self._is_open(member) and self._first_enrolled(member_id) == member_id:
                aliases[member_id] = self._first_enrolled(into)
        return aliases

    def _person(self, first: MemberId, group: list[MemberId]) -> KnownPerson:
        others = sorted(member_id for member_id in group if member_id != first)
        ids = dict.fromkeys([first, *others])
        for member_id in tuple(ids):
            ids.update(dict.fromkeys(self._enrolled_with(self._members[member_id].phone)))
        enrolments = tuple(self._members[member_id] for member_id in (first, *others))
        return KnownPerson(member=joined(enrolments), ids=tuple(ids), enrolments=enrolments)


def closing_facts(load: Load, member_id: MemberId) -> list[MembersParted | MemberClosed]:
    """The facts that close the account of the person that `member_id` stands for.

    Every enrolment is closed with its phone. Links are undone first: a merge with a closed account
    is a case. None where nobody is there to close.
    """
    found = load_people(load, [member_id])
    keys = [AggregateKey(AggregateKind.MEMBER, each) for person in found for each in person.ids]
    members = [value for value in load(keys).values() if isinstance(value, Member)]
    links = {link for member in members for link in links_of(member)}
    parted = [MembersParted(member_id=one, parted_from=into) for one, into in sorted(links)]
    closed = [
        MemberClosed(member_id=member.member_id, phone=member.phone or None)
        for member in sorted(members, key=lambda member: member.member_id)
        if member.closed is None
    ]
    return [*parted, *closed]


def links_of(member: Member) -> list[tuple[MemberId, MemberId]]:
    """The merges that this member knows to stand: who goes by whom."""
    merged = [MemberId(other) for other, mark in member.merged.items() if mark.standing]
    links = [(other, member.member_id) for other in merged]
    if member.alias is not None and member.alias.text:
        links.append((member.member_id, MemberId(member.alias.text)))
    return links
