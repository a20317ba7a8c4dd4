"""The demo on a display: both tills ready to sell, and the paper that their printers put out."""

import subprocess
import sys
from pathlib import Path

from tests.demo.shop import PIN, SAMPLES, Shop, open_shop
from tests.harness.process import ROOT

TRY = f"""
Both tills are open and signed in (PIN {PIN}). Try at the first one:
  tap dishes, F3 finds a member (1,780 are there; type 138), F4 takes a coupon, F9 pays.
  Receipts and kitchen tickets come out in the windows beside. A second screen, where there is one,
  is the guest's. A scanned WeChat payment code is asked for here alone, and no money moves.
  Close the first till's window to end the demo.
"""


def show_shop(folder: Path) -> int:
    """Until a person closes the first till's window."""
    print("Starting the sync server, two tills and their printers", flush=True)
    with open_shop(folder, headless=False) as shop:
        _stock(shop)
        paper = [_show_paper(counter.printer.directory, counter.name) for counter in shop.counters]
        paper.append(_show_paper(shop.devices.kitchen.directory, f"{shop.a.name} 厨房"))
        print(TRY, flush=True)
        shop.a.till.wait_until_closed()
        for window in paper:
            window.terminate()
            window.wait()
    return 0


def _stock(shop: Shop) -> None:
    """Menu and members, as the headless day imports them."""
    till = shop.a.till
    for kind, name in (
        ("import-menu", "sample_menu.csv"),
        ("import-members", "sample_members.xlsx"),
    ):
        till.import_file(kind, SAMPLES / name)
    till.click("close-imports")


def _show_paper(directory: Path, title: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-m", "tests.demo.paper", str(directory), title], cwd=ROOT
    )
