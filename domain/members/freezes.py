"""A frozen account: a spend stamped before the freeze is valid, a later one is flagged."""

from collections.abc import Iterable
from typing import Final

from domain.origins import Mark, Origin

FREEZES_KEPT: Final = 10
SPENDS_KEPT: Final = 5


def mark_freezes(held: Iterable[Mark], new: Iterable[Mark]) -> tuple[Mark, ...]:
    """Freezes and their ends, the latest FREEZES_KEPT of them, oldest first."""
    return tuple(sorted({*held, *new})[-FREEZES_KEPT:])


def note_spends(held: Iterable[Origin], new: Iterable[Origin]) -> tuple[Origin, ...]:
    """The latest SPENDS_KEPT spends, oldest first; a freeze may still turn up that flags them."""
    return tuple(sorted({*held, *new})[-SPENDS_KEPT:])


def is_frozen(freezes: tuple[Mark, ...]) -> bool:
    return bool(freezes) and freezes[-1].standing


def freeze_before(freezes: tuple[Mark, ...], spend: Origin) -> Mark | None:
    """The freeze that a spend fell under; None: the account was free when it was stamped."""
    before = [mark for mark in freezes if mark.origin < spend]
    return before[-1] if before and before[-1].standing else None


def spent_while_frozen(freezes: tuple[Mark, ...], spends: tuple[Origin, ...]) -> tuple[Origin, ...]:
    return tuple(spend for spend in spends if freeze_before(freezes, spend) is not None)
