"""How a long reading tells how far it is, and how it is stopped."""

from collections.abc import Callable
from typing import Final

ROWS_BETWEEN_REPORTS: Final = 200


class ImportCancelled(Exception):  # noqa: N818 - the person's wish, not an error
    """Reading stopped because `cancelled` answered yes; nothing was kept."""


class Progress:
    """Counts rows; every 200 rows it reports and asks whether to go on."""

    def __init__(
        self,
        on_progress: Callable[[int], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> None:
        self._on_progress = on_progress
        self._cancelled = cancelled
        self._rows_done = 0

    def step(self) -> None:
        """One row is done.

        Raises:
            ImportCancelled: the person does not want the rest.
        """
        self._rows_done += 1
        if self._rows_done % ROWS_BETWEEN_REPORTS == 0:
            self.report()

    def report(self) -> None:
        """Say how far it is.

        Raises:
            ImportCancelled: as above.
        """
        if self._cancelled is not None and self._cancelled():
            raise ImportCancelled
        if self._on_progress is not None:
            self._on_progress(self._rows_done)
