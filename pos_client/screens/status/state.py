"""The status sheet as one frozen value."""

from typing import Final

import msgspec

from pos_client.widgets.faces import RowText

THOUSANDTHS: Final = 1000
NO_PROGRESS: Final = -1


class StatusState(msgspec.Struct, frozen=True, kw_only=True):
    """`progress` is the first sync in THOUSANDTHS, NO_PROGRESS while none runs."""

    connection: tuple[RowText, ...]
    progress: int
    progress_text: str
    printers: tuple[RowText, ...]
    cases: tuple[RowText, ...]
    payments: tuple[RowText, ...]
    in_doubt: str
    can_sync: bool
    busy: bool
