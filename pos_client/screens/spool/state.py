"""The print queue as one frozen value."""

import msgspec

from pos_client.widgets.faces import RowText


class SpoolState(msgspec.Struct, frozen=True, kw_only=True):
    """`question` is about the chosen print: did it come out?, or what stands in its way.

    `targets` are the printers that it can be sent to. A preview without a picture is told in words.
    """

    printers: tuple[RowText, ...]
    open: tuple[RowText, ...]
    finished: tuple[RowText, ...]
    nothing_open: str
    question: str
    preview: bytes | None
    preview_text: str
    targets: tuple[str, ...]
    can_confirm: bool
    can_print: bool
    can_copy: bool
    can_cancel: bool
    busy: bool
