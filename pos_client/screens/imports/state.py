"""The imports sheet as one frozen value."""

from enum import StrEnum

import msgspec


class ImportKind(StrEnum):
    MENU = "menu"
    MEMBERS = "members"


class RefusedLine(msgspec.Struct, frozen=True):
    """One refused row: its number in the file, why, and its cells as they stand there."""

    number: str
    reason: str
    cells: str


class ImportOutcome(msgspec.Struct, frozen=True, kw_only=True):
    accepted: str
    refused: str
    refused_lines: tuple[RefusedLine, ...]


class ImportsState(msgspec.Struct, frozen=True, kw_only=True):
    """`progress` counts the rows read while an import runs; `outcome` is there after one."""

    kind: ImportKind
    explanation: str
    path: str
    running: bool
    progress: str
    can_start: bool
    outcome: ImportOutcome | None
    saved: str
