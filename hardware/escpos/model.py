"""What a printer model can do, as data. The models themselves stand in `models.py`."""

from enum import StrEnum
from typing import Annotated

import msgspec

MAX_PICTURE_ROWS = 255  # beyond it some printers read only the low byte of the height


class StatusWay(StrEnum):
    """How the printer tells its state.

    Not at all; by the real-time question `DLE EOT n`; or by automatic reports (`GS a n`), which
    are switched on for the length of a job only.
    """

    NONE = "none"
    DLE_EOT = "dle_eot"
    ASB = "asb"


class CompletionWay(StrEnum):
    """How the printer tells that a job is done.

    Not at all; by answering a queued `GS r 1`; or by `GS ( H` function 48, which sends back an
    identifier of this job when its last line is on paper.
    """

    NONE = "none"
    GS_R = "gs_r"
    PROCESS_ID = "process_id"


class CutWay(StrEnum):
    """`none` feeds to the tear bar; the others feed to the knife and cut (`GS V 66`, `GS V 65`)."""

    NONE = "none"
    PARTIAL = "partial"
    FULL = "full"


class BuzzerWay(StrEnum):
    """No buzzer, `ESC B n t` of the Chinese families, or Epson's `ESC ( A`."""

    NONE = "none"
    ESC_B = "esc_b"
    ESC_A = "esc_a"


class PulseForm(StrEnum):
    """`DLE DC4` works at once, also without paper; `ESC p` waits its turn in the queue."""

    REAL_TIME = "dle_dc4"
    QUEUED = "esc_p"


class ChineseText(msgspec.Struct, frozen=True):
    """How a printer's own Chinese characters are reached; all of them are GBK.

    Attributes:
        on: before a run of two-byte characters.
        off: before single bytes, so that no digit is read as half of a character.
        spacing: sets the space beside characters to nothing; else columns drift.
    """

    on: bytes = b"\x1c&"
    off: bytes = b"\x1c."
    spacing: bytes = b"\x1cS\x00\x00\x1b \x00"


GBK_BY_KANJI_MODE = ChineseText()


class DrawerPulse(msgspec.Struct, frozen=True):
    """What opens the drawer: `pin` 2 or 5 of its socket, `length_ms` in steps of 100.

    100 ms is too short for some drawers (Odoo PR #32079).
    """

    form: PulseForm = PulseForm.REAL_TIME
    pin: Annotated[int, msgspec.Meta(ge=2, le=5)] = 2
    length_ms: Annotated[int, msgspec.Meta(ge=100, le=800)] = 200


class PrinterModel(msgspec.Struct, frozen=True, kw_only=True):
    """The abilities of one model.

    Attributes:
        name: its stable name in settings.
        cells: characters of font A across the paper.
        dots: printable dots across the paper; at least 12 for each cell.
        source: where the facts are from.
        assumed: names of the attributes below that no source says; taken from relatives.
        line_dots: height of one line of normal text with its spacing.
        chinese: None where it has no Chinese characters; such lines go out as pictures.
        picture_rows: pictures are sent in slices of at most so many rows.
        avoid_realtime_bytes: it would obey `DLE EOT` and `DLE DC4` inside a picture, so a dot of
            the picture is given up where its bytes look like one.
    """

    name: str
    cells: int
    dots: int
    source: str
    assumed: tuple[str, ...] = ()
    line_dots: int = 34
    status: StatusWay = StatusWay.DLE_EOT
    completion: CompletionWay = CompletionWay.GS_R
    cut: CutWay = CutWay.PARTIAL
    has_native_qr: bool = True
    chinese: ChineseText | None = GBK_BY_KANJI_MODE
    picture_rows: Annotated[int, msgspec.Meta(ge=24, le=MAX_PICTURE_ROWS)] = 200
    avoid_realtime_bytes: bool = False
    drawer: DrawerPulse = DrawerPulse()
    buzzer: BuzzerWay = BuzzerWay.NONE
