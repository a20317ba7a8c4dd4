"""Where a fact came from, and the registers that keep what was said last.

A register is joined by taking the greater one, so any order of arrival, and any number of arrivals,
gives the same. Origins decide: the later stamp, then the terminal.

None of these can be part of a cycle, so the collector need not walk through them (`gc=False`): a
first sync makes millions, and looking for cycles took a quarter of its time.
"""

from collections.abc import Iterable, Mapping
from typing import Annotated, Protocol, TypeVar

import msgspec

from domain.identifiers import StoreId, TerminalId
from domain.stamps import Stamp

Whole = Annotated[int, msgspec.Meta(ge=0, le=(1 << 63) - 1)]


class Origin(msgspec.Struct, frozen=True, array_like=True, order=True, gc=False):
    """Where a fact came from. Sorts by stamp, then terminal: the rule that breaks every tie."""

    stamp: Annotated[Stamp, msgspec.Meta(ge=0, le=(1 << 63) - 1)]
    terminal: Annotated[TerminalId, msgspec.Meta(max_length=64)]
    store: Annotated[StoreId, msgspec.Meta(max_length=64)]
    epoch: Whole
    number: Whole


class StampedText(msgspec.Struct, frozen=True, array_like=True, order=True, gc=False):
    origin: Origin
    text: str


class Mark(msgspec.Struct, frozen=True, array_like=True, order=True, gc=False):
    """Whether something stands since `origin`: a tag, a link, a freeze."""

    origin: Origin
    standing: bool


class _Register(Protocol):
    @property
    def origin(self) -> Origin: ...


RegisterT = TypeVar("RegisterT", bound=_Register)


def later(one: Origin | None, other: Origin | None) -> Origin | None:
    """The later of two origins; the one that is there where one is missing."""
    if one is None or other is None:
        return one or other
    return max(one, other)


def latest(held: Iterable[Origin], new: Iterable[Origin], most: int) -> tuple[Origin, ...]:
    """The `most` latest of all these origins, oldest first."""
    return tuple(sorted({*held, *new})[-most:])


def newest(registers: Mapping[str, RegisterT], most: int) -> dict[str, RegisterT]:
    """The `most` registers that were written last; between equal origins the name decides.

    Whatever falls out is older than all that stay, and stays older, so cutting at every step and
    cutting once at the end keep the same.
    """
    if len(registers) <= most:
        return dict(registers)
    by_age = sorted(registers, key=lambda name: (registers[name].origin, name), reverse=True)
    return {name: registers[name] for name in by_age[:most]}
