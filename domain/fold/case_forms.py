"""The form of a case, and who bears what it costs until a person decides."""

from collections.abc import Iterable

import msgspec

from domain.cases.kinds import CaseKind, Severity
from domain.fold.aggregates import AggregateKey
from domain.identifiers import StoreId
from domain.origins import Origin


class Loss(msgspec.Struct, frozen=True, array_like=True):
    """What a store bears. Without a store it is nobody's: the facts behind it are long gone."""

    store: StoreId
    amount_fen: int


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """`sides` are the origins of the facts that disagree, the one that holds first.

    `cost_fen` is what the brand stands to lose, `losses` the same by the store that bears it for
    the time being; `points` is the size of a points case.
    """

    kind: CaseKind
    severity: Severity
    about: AggregateKey
    sides: tuple[Origin, ...] = ()
    cost_fen: int = 0
    points: int = 0
    losses: tuple[Loss, ...] = ()

    @property
    def case_id(self) -> str:
        return f"{self.kind}:{self.about.id}"


def review(
    kind: CaseKind,
    about: AggregateKey,
    *,
    sides: tuple[Origin, ...] = (),
    points: int = 0,
    losses: tuple[Loss, ...] = (),
) -> Case:
    """A case for a person; it costs what its losses add up to."""
    return Case(
        kind=kind,
        severity=Severity.REVIEW,
        about=about,
        sides=sides,
        cost_fen=sum(loss.amount_fen for loss in losses),
        points=points,
        losses=losses,
    )


def by_store(amounts: Iterable[tuple[StoreId, int]]) -> tuple[Loss, ...]:
    sums: dict[StoreId, int] = {}
    for store, amount_fen in amounts:
        sums[store] = sums.get(store, 0) + amount_fen
    return tuple(Loss(store, amount_fen) for store, amount_fen in sorted(sums.items()))


def latest_bear(cost_fen: int, amounts: Iterable[tuple[Origin, int]]) -> tuple[Loss, ...]:
    """A cost on the stores of the latest of these facts: they took what was no longer there.

    Each bears no more than its own amount; what is left over is nobody's.
    """
    left_fen = cost_fen
    borne: list[tuple[StoreId, int]] = []
    for origin, amount_fen in sorted(amounts, reverse=True):
        part_fen = min(left_fen, amount_fen)
        if part_fen > 0:
            borne.append((origin.store, part_fen))
            left_fen -= part_fen
    if left_fen:
        borne.append((StoreId(""), left_fen))
    return by_store(borne)
