"""A person's decision on a case: a fact, and what of it the aggregate keeps that it is about.

A decision settles what it has seen and no more: it names the facts that disagreed and what they
cost then. Whatever comes later opens the case anew.
"""

from collections.abc import Iterable
from typing import Annotated, Final

import msgspec

from domain.cases.kinds import CaseKind, Decision
from domain.origins import Origin

LONGEST_NOTE: Final = 200
MOST_SIDES: Final = 1_000

NoteText = Annotated[str, msgspec.Meta(max_length=LONGEST_NOTE)]
Size = Annotated[int, msgspec.Meta(ge=0, le=1 << 62)]
Sides = Annotated[tuple[Origin, ...], msgspec.Meta(max_length=MOST_SIDES)]


class CaseDecided(msgspec.Struct, frozen=True, kw_only=True):
    """Head office decided the case of this kind that was derived from the aggregate `source_id`.

    `sides`, `cost_fen` and `points` are the case as the person saw it.
    """

    case: CaseKind
    source_id: Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
    decision: Decision
    note: NoteText = ""
    sides: Sides = ()
    cost_fen: Size = 0
    points: Size = 0


class Settled(msgspec.Struct, frozen=True, array_like=True, order=True):
    """`case` and `decision` are texts, so that a till reads those of a later release too."""

    origin: Origin
    case: str
    decision: str
    note: str = ""
    sides: tuple[Origin, ...] = ()
    cost_fen: int = 0
    points: int = 0

    def covers(self, sides: Iterable[Origin], *, cost_fen: int, points: int) -> bool:
        """Whether a case is no more than what was decided."""
        return set(sides) <= set(self.sides) and cost_fen <= self.cost_fen and points <= self.points


Decisions = tuple[Settled, ...]


def settled_by(fact: CaseDecided, origin: Origin) -> Settled:
    return Settled(
        origin,
        fact.case.value,
        fact.decision.value,
        fact.note,
        tuple(sorted(fact.sides)),
        fact.cost_fen,
        fact.points,
    )


def join_decisions(one: Decisions, other: Decisions) -> Decisions:
    """Of each kind of case the later decision, sorted by kind."""
    latest: dict[str, Settled] = {}
    for settled in (*one, *other):
        latest[settled.case] = max(settled, latest.get(settled.case, settled))
    return tuple(latest[case] for case in sorted(latest))
