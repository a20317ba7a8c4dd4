"""Text for a Chinese ESC/POS printer: what each character becomes and how many cells it takes.

A cell is half a Chinese character wide. On these printers the width of a character is the length
of its GBK code (× … ° № are two cells there, although most tables call them narrow), so width
and encoding are decided together, here. The 4-byte codes of GB18030 are never used: a GBK printer
prints them as unrelated letters and digits.

The unit is the glyph: a character with its combining marks. A glyph without a GBK code still has
a width, so that a line drawn as a picture has the same layout as a line sent as text.
"""

import unicodedata
from collections.abc import Iterator
from functools import lru_cache

import msgspec

# Characters that GBK lacks, or that printers show otherwise, and what is printed for them.
REPLACED = {
    "\u00a5": "￥",
    "\u20ac": "EUR",
    "\u2013": "—",
    "\u2212": "-",
    "\u00a0": " ",
    "\u2007": " ",
    "\u202f": " ",
    "\t": " ",
    "\n": " ",
    "\r": " ",
}
MAX_MARKS = 4  # marks kept on one character; more is not writing

_FIRST_PRINTABLE, _LAST_PRINTABLE = 0x20, 0x7E


class Glyph(msgspec.Struct, frozen=True):
    """What stands in one place on paper.

    Attributes:
        text: the character with its marks, as it would be drawn.
        code: one ASCII byte, two GBK bytes, or empty when it can only be drawn.
        cells: its width, 1 or 2.
    """

    text: str
    code: bytes
    cells: int


def glyphs(text: str) -> tuple[Glyph, ...]:
    """The glyphs of one line; line breaks become spaces and control characters are left out."""
    return tuple(_glyph(cluster) for cluster in _clusters(_replaced(text)))


def is_encodable(line: tuple[Glyph, ...]) -> bool:
    """Whether the printer's own characters can show the line."""
    return all(glyph.code for glyph in line)


def is_ascii(line: tuple[Glyph, ...]) -> bool:
    """Whether a printer without Chinese characters can show the line."""
    return all(len(glyph.code) == 1 for glyph in line)


def _replaced(text: str) -> str:
    return "".join(REPLACED.get(character, character) for character in text)


def _clusters(text: str) -> Iterator[str]:
    cluster = ""
    for character in text:
        category = unicodedata.category(character)
        if category in {"Cc", "Cf", "Cs", "Zl", "Zp"}:
            continue  # controls, joiners and halves of characters have no shape of their own
        if category in {"Mn", "Me"} and not _gbk(character):
            if cluster and len(cluster) <= MAX_MARKS:
                cluster += character
            continue
        if cluster:
            yield cluster
        cluster = character
    if cluster:
        yield cluster


@lru_cache(maxsize=4096)  # a menu, its prices and the words of a receipt
def _glyph(cluster: str) -> Glyph:
    composed = cluster if len(cluster) == 1 else unicodedata.normalize("NFC", cluster)
    code = _code(composed)
    return Glyph(composed, code, len(code) or _drawn_cells(composed))


def _code(composed: str) -> bytes:
    if len(composed) != 1:
        return b""
    if _FIRST_PRINTABLE <= ord(composed) <= _LAST_PRINTABLE:
        return composed.encode("ascii")
    return _gbk(composed)


def _gbk(character: str) -> bytes:
    try:
        code = character.encode("gbk")
    except UnicodeEncodeError:
        return b""
    return code if len(code) == 2 else b""  # noqa: PLR2004 - a GBK character is two bytes


def _drawn_cells(composed: str) -> int:
    narrow = unicodedata.east_asian_width(composed[0]) in {"Na", "N", "H"}
    return 1 if narrow else 2
