"""What an operation answers: values for programs, lines for people."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from domain.wording import Wording
from sync_server.use_cases.context import Context

# Who acts from the command line, in head office's journal.
OPERATOR = "operator"


@dataclass(frozen=True, kw_only=True)
class Result:
    """`succeeded` decides the exit code."""

    values: Any
    lines: tuple[str, ...]
    succeeded: bool = True

    def as_json(self) -> str:
        return msgspec.json.encode(self.values).decode()


@dataclass(frozen=True, kw_only=True)
class Desk:
    """What an operation is handed. `tell` says how far a long one is."""

    context: Context
    wording: Wording
    key_file: Path
    tell: Callable[[str], None]
    ask_secret: Callable[[str], str]
