"""The status sheet as one frozen value."""

import msgspec

from pos_client.widgets.faces import RowText


class StatusState(msgspec.Struct, frozen=True, kw_only=True):
    """`progress` is the first sync in thousandths, -1 while none runs."""

    connection: tuple[RowText, ...]
    progress: int
    progress_text: str
    printers: tuple[RowText, ...]
    cases: tuple[RowText, ...]
    in_doubt: str
    can_sync: bool
    busy: bool
