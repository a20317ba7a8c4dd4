"""What a pole display shows, whatever its make: a figure with its meaning, and two short lines."""

import unicodedata
from enum import StrEnum
from typing import Annotated, Final

import msgspec

COLUMNS: Final = 20
LARGEST_TEXT: Final = 200


class PoleLabel(StrEnum):
    """What the figure is; a seven-segment display lights the lamp of it."""

    NONE = "none"
    UNIT_PRICE = "unit_price"
    TOTAL = "total"
    RECEIVED = "received"
    CHANGE = "change"


class PoleContent(msgspec.Struct, frozen=True, kw_only=True):
    """`amount` is a plain decimal with a point, as in "116.10" or "-12.50"; empty shows none.

    `upper` and `lower` are the lines of a display with letters. It has no Chinese: what is not
    ASCII is left out, and a text that has nothing else becomes an empty line.
    """

    label: PoleLabel = PoleLabel.NONE
    amount: Annotated[str, msgspec.Meta(pattern=r"^(-?[0-9]+(\.[0-9]{1,2})?)?$")] = ""
    upper: Annotated[str, msgspec.Meta(max_length=LARGEST_TEXT)] = ""
    lower: Annotated[str, msgspec.Meta(max_length=LARGEST_TEXT)] = ""


def ascii_only(text: str) -> str:
    """The text as a display without Chinese can show it: full-width letters and accents reduced."""
    reduced = unicodedata.normalize("NFKD", text)
    return "".join(sign for sign in reduced if " " <= sign <= "~").strip()


def one_line(left: str, right: str) -> str:
    """`left` cut to what `right` leaves, `right` at the edge; exactly 20 columns.

    Figures are never cut: one that does not fit is shown as dashes, as a wrong one would be worse.
    """
    left, right = ascii_only(left), ascii_only(right)
    if len(right) > COLUMNS:
        right = "-" * COLUMNS
    room = COLUMNS - len(right) - (1 if right else 0)
    return left[: max(0, room)].ljust(COLUMNS - len(right)) + right
