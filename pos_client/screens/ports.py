"""What presenters ask of the program around them."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from domain.errors import TillfoldError

T = TypeVar("T")


class Runner(Protocol):
    """Runs operations elsewhere and calls back on the screens' own thread."""

    def run(
        self,
        operation: Callable[[], T],
        on_done: Callable[[T], None],
        on_error: Callable[[TillfoldError], None],
    ) -> None: ...

    def run_long(
        self,
        operation: Callable[[], T],
        on_done: Callable[[T], None],
        on_error: Callable[[TillfoldError], None],
    ) -> None: ...

    def run_remote(
        self,
        operation: Callable[[], T],
        on_done: Callable[[T], None],
        on_error: Callable[[TillfoldError], None],
    ) -> None: ...

    def call(self, callback: Callable[[], None]) -> None: ...
