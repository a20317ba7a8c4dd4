"""Where a Chinese font file lies on this machine, and the face of it that fits a grid of cells."""

from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path

from PIL import ImageFont


class FontWeight(StrEnum):
    REGULAR = "regular"
    BOLD = "bold"


USUAL_FOLDERS = (
    Path("/usr/share/fonts"),
    Path("/usr/local/share/fonts"),
    Path("/System/Library/Fonts"),
    Path("/Library/Fonts"),
    Path("C:/Windows/Fonts"),
)

# Best first. A name may lie some folders deep; distributions disagree on where.
FILE_NAMES = {
    FontWeight.REGULAR: (
        "NotoSansCJK-Regular.ttc",
        "NotoSansCJKsc-Regular.otf",
        "SourceHanSansSC-Regular.otf",
        "msyh.ttc",
        "PingFang.ttc",
        "wqy-zenhei.ttc",
        "wqy-microhei.ttc",
        "unifont.otf",
    ),
    FontWeight.BOLD: (
        "NotoSansCJK-Bold.ttc",
        "NotoSansCJKsc-Bold.otf",
        "SourceHanSansSC-Bold.otf",
        "msyhbd.ttc",
    ),
}

# A .ttc holds several faces. These are the ones for simplified Chinese in which a Latin letter is
# exactly half as wide as a Chinese character, as on a receipt printer.
CELL_FACES = {"NotoSansCJK-Regular.ttc": 7, "NotoSansCJK-Bold.ttc": 7}


def find_cjk_font(
    weight: FontWeight = FontWeight.REGULAR, *, folders: Iterable[Path] = USUAL_FOLDERS
) -> Path | None:
    """The best Chinese font file found, or None; bold falls back to regular."""
    present = _font_files(folders)
    names = FILE_NAMES[weight]
    if weight is FontWeight.BOLD:
        names += FILE_NAMES[FontWeight.REGULAR]
    return next((present[name] for name in names if name in present), None)


def load_cell_font(path: Path, pixels: int) -> ImageFont.FreeTypeFont:
    """The face for drawing on a grid of cells.

    Raises:
        OSError: `path` is no font file.
    """
    face = CELL_FACES.get(path.name, 0)
    return ImageFont.truetype(path, pixels, index=face, layout_engine=ImageFont.Layout.BASIC)


def _font_files(folders: Iterable[Path]) -> dict[str, Path]:
    wanted = {name for names in FILE_NAMES.values() for name in names}
    found: dict[str, Path] = {}
    for folder in folders:
        for path in sorted(folder.rglob("*.[ot]t[cf]")) if folder.is_dir() else ():
            if path.name in wanted:
                found.setdefault(path.name, path)
    return found
