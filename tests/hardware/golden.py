"""The kept pictures of documents; `python -m tests.hardware.golden` draws them anew."""

import hashlib
from collections.abc import Callable
from pathlib import Path

from hardware.escpos.model import PrinterModel
from hardware.escpos.models import GENERIC_58MM, GENERIC_80MM
from hardware.escpos.preview import preview_png
from hardware.escpos.raster import LineArtist
from hardware.escpos.trial_page import trial_page
from hardware.fonts import FontWeight, find_cjk_font
from hardware.receipt import Document
from tests.hardware.samples import kitchen_ticket, restaurant_receipt

FOLDER = Path(__file__).parent / "golden"
# Debian's fonts-noto-cjk 1:20220127; the first bytes of SHA-256 of the two files.
FONT_DIGESTS = ("b76b0433203017ca", "faa5f3656a78b2e2")
PICTURES: dict[str, tuple[Callable[[], Document], PrinterModel]] = {
    "receipt-80mm": (restaurant_receipt, GENERIC_80MM),
    "receipt-58mm": (restaurant_receipt, GENERIC_58MM),
    "kitchen-80mm": (kitchen_ticket, GENERIC_80MM),
    "kitchen-58mm": (kitchen_ticket, GENERIC_58MM),
    "trial-page-80mm": (lambda: trial_page(GENERIC_80MM), GENERIC_80MM),
}


def fonts_are_those_of_the_pictures() -> bool:
    return font_digests() == FONT_DIGESTS


def font_digests() -> tuple[str, ...]:
    paths = (find_cjk_font(), find_cjk_font(FontWeight.BOLD))
    return tuple(
        hashlib.sha256(path.read_bytes()).hexdigest()[:16] if path else "" for path in paths
    )


def main() -> None:
    regular = find_cjk_font()
    if regular is None:
        raise SystemExit("install fonts-noto-cjk")
    artist = LineArtist(regular, find_cjk_font(FontWeight.BOLD))
    FOLDER.mkdir(exist_ok=True)
    for name, (document, model) in PICTURES.items():
        (FOLDER / f"{name}.png").write_bytes(preview_png(document(), model, artist=artist))
    print("fonts:", font_digests())


if __name__ == "__main__":
    main()
