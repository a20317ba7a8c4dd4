"""Which members a batch of entries can have made like others, or unlike."""

from collections.abc import Iterable
from typing import Final

from domain.fold.aggregates import AggregateKind
from domain.fold.members import touched_members
from domain.members.facts import MemberClosed, MemberEdited, MemberEnrolled, MembersKeptApart
from sync_server.use_cases.inspection import Arrival

_CHANGE_LIKENESS: Final = (MemberEnrolled, MemberEdited, MemberClosed, MembersKeptApart)


def likely_changed(arrivals: Iterable[Arrival]) -> frozenset[str]:
    """The members whose likeness a batch can have changed: a sale changes nobody's."""
    facts = (arrival.fact for arrival in arrivals)
    return frozenset(
        key.id
        for fact in facts
        if isinstance(fact, _CHANGE_LIKENESS)
        for key in touched_members(fact)
        if key.kind is AggregateKind.MEMBER
    )
