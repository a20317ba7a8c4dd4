"""Runs the demo: with a display for a person to try, without one as a day that plays itself."""

import argparse
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

from tests.demo.books import differences
from tests.demo.day import Day
from tests.demo.shop import BRAND, Shop, open_shop
from tests.demo.visible import show_shop

OUT = Path("out") / "demo"
INTERRUPTED = 130


def main() -> int:
    """0 when everything worked and the books agree."""
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    parser.add_argument("--headless", action="store_true", help="play the day without a display")
    options = parser.parse_args()
    headless = options.headless or not has_display()
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    with tempfile.TemporaryDirectory(prefix="tillfold-demo-") as folder:
        try:
            return play(Path(folder)) if headless else show_shop(Path(folder))
        except KeyboardInterrupt:
            return INTERRUPTED


def has_display() -> bool:
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def play(folder: Path) -> int:
    start = time.monotonic()
    say(f"Starting the sync server of {BRAND}, two tills and their printers")
    with open_shop(folder) as shop:
        day = Day(shop, OUT, say)
        day.play()
        wrong = differences(shop)
        receipts = keep_receipts(shop)
    day.facts.append(("Receipts at A and B, kitchen tickets", receipts))
    day.facts.append(("Books of tills, server and gateway", "; ".join(wrong) or "agree"))
    day.facts.append(("Took", f"{time.monotonic() - start:.0f} s"))
    print(table(day.facts))
    print(f"\nPictures of the screens and the receipts: {OUT}/")
    return 1 if wrong else 0


def keep_receipts(shop: Shop) -> str:
    printers = {counter.label: counter.printer for counter in shop.counters}
    printers["kitchen"] = shop.devices.kitchen
    counts = []
    for name, printer in printers.items():
        pictures = printer.receipts()
        for picture in pictures:
            shutil.copy(picture, OUT / f"{name}-{picture.name}")
        counts.append(str(len(pictures)))
    return ", ".join(counts)


def table(facts: list[tuple[str, str]]) -> str:
    width = max(len(what) for what, _ in facts)
    return "\n" + "\n".join(f"  {what.ljust(width)}  {value}" for what, value in facts)


def say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
