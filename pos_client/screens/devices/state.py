"""The device sheet as one frozen value; every text is ready to be shown."""

import msgspec

from pos_client.widgets.faces import RowText


class Chips(msgspec.Struct, frozen=True, kw_only=True):
    """Words to choose from; `chosen` is one of them, or empty."""

    words: tuple[str, ...] = ()
    chosen: str = ""


class DevicesState(msgspec.Struct, frozen=True, kw_only=True):
    """`verdict` says how the chosen device answered, `kept` what was kept for the next start."""

    set_up: tuple[RowText, ...]
    nothing_set_up: str
    found: tuple[RowText, ...]
    nothing_found: str
    progress: str
    can_find: bool
    can_cancel: bool
    kinds: Chips = Chips()
    variants: Chips = Chips()
    verdict: RowText | None = None
    kept: str = ""
    can_try: bool = False
    can_keep: bool = False
