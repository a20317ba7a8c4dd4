"""The one door to python-escpos, used only to build command bytes.

Importing it takes about 0.3 s, leaves a folder in the temporary directory and puts a handler on
the root logger. So it is imported at the first job, on the worker thread of the printer, and the
folder and the handler are taken away again.
"""

import logging
import os
import shutil
from collections.abc import Callable
from functools import cache
from typing import Protocol

from PIL import Image, ImageOps

QR_ERROR_LEVEL_M = 1
# Of a profile the library uses only the width, to refuse wider pictures: this one is 576 dots wide.
PROFILE = "TSP600"
PICTURE_ROWS = 200
PICTURE_HEADER_BYTES = 8  # GS v 0 m xL xH yL yH
# POS-5890K prints garbage when the height is a multiple of this (python-escpos #424, #367).
BAD_HEIGHT_MULTIPLE = 48
WHITE = 255
DLE, REAL_TIME = 0x10, frozenset({0x04, 0x05, 0x14})
REAL_TIME_DOT = 0x04  # the dot that all three have


class _Printer(Protocol):
    """The part of the library's `Dummy` printer that is used."""

    output: bytes

    def hw(self, hw: str) -> None: ...

    def qr(self, content: str, *, ec: int, size: int, native: bool) -> None: ...

    def image(self, img_source: Image.Image, *, impl: str, fragment_height: int) -> None: ...


def initialise() -> bytes:
    """`ESC @`: forget all styles of the job before."""
    printer = _printer()
    printer.hw("INIT")
    return printer.output


def native_qr(content: str, *, module_dots: int) -> bytes:
    """`GS ( k`: the printer draws the code itself, where the line is aligned to."""
    printer = _printer()
    printer.qr(content, ec=QR_ERROR_LEVEL_M, size=module_dots, native=True)
    return printer.output


def picture(
    image: Image.Image, *, rows: int = PICTURE_ROWS, avoid_realtime_bytes: bool = False
) -> bytes:
    """`GS v 0`: a black and white picture, at most 576 dots wide, in slices of at most `rows`.

    `avoid_realtime_bytes` is for printers that would obey `DLE EOT` inside of it.
    """
    return b"".join(
        _slice(
            image.crop((0, top, image.width, min(top + rows, image.height))), avoid_realtime_bytes
        )
        for top in range(0, image.height, rows)
    )


def _slice(piece: Image.Image, avoid_realtime_bytes: bool) -> bytes:  # noqa: FBT001
    if piece.height % BAD_HEIGHT_MULTIPLE == 0:
        piece = ImageOps.expand(piece, border=(0, 0, 0, 1), fill=WHITE)
    printer = _printer()
    printer.image(piece, impl="bitImageRaster", fragment_height=piece.height)
    if not avoid_realtime_bytes:
        return printer.output
    head, data = printer.output[:PICTURE_HEADER_BYTES], printer.output[PICTURE_HEADER_BYTES:]
    return head + without_realtime_bytes(data)


def without_realtime_bytes(data: bytes) -> bytes:
    """`data` with one dot less wherever it holds `DLE EOT`, `DLE ENQ` or `DLE DC4`."""
    changed = bytearray(data)
    for at in range(1, len(changed)):
        if changed[at - 1] == DLE and changed[at] in REAL_TIME:
            changed[at] &= ~REAL_TIME_DOT
    return bytes(changed)


def _printer() -> _Printer:
    return _library()(profile=PROFILE)


@cache
def _library() -> Callable[..., _Printer]:
    root = logging.getLogger()
    handlers = list(root.handlers)
    # Imported here because of what the import does (above); programs must start without it.
    from escpos import capabilities
    from escpos.printer import Dummy

    for handler in root.handlers[:]:
        if handler not in handlers:
            root.removeHandler(handler)
    if "ESCPOS_CAPABILITIES_PICKLE_DIR" not in os.environ:
        shutil.rmtree(capabilities.pickle_dir, ignore_errors=True)
    printer: Callable[..., _Printer] = Dummy
    return printer
