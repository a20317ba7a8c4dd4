"""How much of a balance goes to which till, before anybody asks."""

from collections.abc import Mapping, Sequence

import msgspec

from domain.allowances.rights import LARGEST_RIGHT
from domain.allowances.subjects import SubjectKind, courtesy_unit_fen
from domain.allowances.terms import SpendingTerms
from domain.identifiers import TerminalId


class Measure(msgspec.Struct, frozen=True, kw_only=True):
    """How units of a kind are counted: `unit_fen` each (0: not in money), handed out by `step`."""

    kind: SubjectKind
    unit_fen: int
    step: int = 1


def measure_of(kind: SubjectKind, *, point_fen: int, points_step: int) -> Measure:
    step = points_step if kind is SubjectKind.POINTS else 1
    return Measure(kind=kind, unit_fen=courtesy_unit_fen(kind, point_fen=point_fen), step=step)


def share_of(measure: Measure, terms: SpendingTerms) -> int:
    """The most that one store gets of one subject."""
    if measure.unit_fen:
        return terms.home_fen // measure.unit_fen
    return 1 if measure.kind is SubjectKind.COUPON else terms.home_uses


def most_open(measure: Measure, terms: SpendingTerms) -> int:
    """The most of one kind that may be open at one till, of all subjects together."""
    return terms.per_till_fen // measure.unit_fen if measure.unit_fen else LARGEST_RIGHT


def spread(amount: int, tills: Sequence[TerminalId], *, step: int = 1) -> dict[TerminalId, int]:
    """`amount` over tills in whole steps, the first ones getting the odd ones; a rest is left."""
    if not tills:
        return {}
    each, odd = divmod(amount // step, len(tills))
    return {till: (each + (place < odd)) * step for place, till in enumerate(tills)}


def grants(
    measure: Measure,
    terms: SpendingTerms,
    *,
    balance: int,
    free: int,
    open_by_till: Mapping[TerminalId, int],
    tills: Sequence[TerminalId],
) -> dict[TerminalId, int]:
    """What each of `tills` gets beside what it has open, at most `free` together.

    The caller also holds each till below `most_open`, which looks at all subjects.
    """
    wanted = spread(min(balance, share_of(measure, terms)), tills, step=measure.step)
    given: dict[TerminalId, int] = {}
    for till, target in wanted.items():
        missing = min(target - open_by_till.get(till, 0), free)
        whole = missing - missing % measure.step
        if whole > 0:
            given[till] = whole
            free -= whole
    return given
