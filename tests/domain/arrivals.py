"""Facts of several tills, taken in in every order that could be."""

from collections.abc import Iterator
from itertools import permutations

from domain.entries import Entry
from domain.facts import Fact
from domain.fold.aggregates import AggregateKey, AggregateKind
from domain.fold.cases import Case, cases_of
from domain.fold.people import KnownPerson, load_people
from domain.identifiers import HEAD_OFFICE, MemberId
from tests.domain.builders import State, entry_of, folded

Arrivals = list[tuple[Entry, Fact]]
# Store of a till, by the letter with which a test names both.
STORES = {"a": "store-a", "b": "store-b", "hq": ""}


def happened(*facts: tuple[int, str, Fact]) -> Arrivals:
    """(stamp, "a", "b" or "hq", fact): what each till, or head office, wrote and when."""
    return [
        (
            entry_of(
                fact,
                stamp=stamp,
                terminal=HEAD_OFFICE if where == "hq" else f"till-{where}",
                store=STORES[where],
                number=number,
            ),
            fact,
        )
        for number, (stamp, where, fact) in enumerate(facts, start=1)
    ]


def in_every_order(arrivals: Arrivals) -> Iterator[State]:
    for order in permutations(arrivals):
        yield folded(order)


def one_state(arrivals: Arrivals) -> State:
    """The state that every order of arrival gives; it must be one."""
    first, *others = in_every_order(arrivals)
    assert all(other == first for other in others)
    return first


def cases_in(state: State) -> list[Case]:
    return [case for key in sorted(state) for case in cases_of(key, state[key])]


def person_in(state: State, member_id: str) -> KnownPerson:
    """The one person that an id stands for."""
    keys = {key: value for key, value in state.items() if key.kind in _OF_PEOPLE}

    def load(wanted: list[AggregateKey]) -> State:
        return {key: keys[key] for key in wanted if key in keys}

    (person,) = load_people(load, [MemberId(member_id)])
    return person


_OF_PEOPLE = frozenset({AggregateKind.MEMBER, AggregateKind.PHONE})
