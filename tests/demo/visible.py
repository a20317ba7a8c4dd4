"""The demo on a display: both tills ready to sell, and the paper that their printers put out."""

import subprocess
import sys
from pathlib import Path

from tests.demo.shop import PIN, SAMPLES, Shop, open_shop
from tests.harness.process import ROOT

TRY = f"""
Both tills are open and signed in (PIN {PIN}). Try at the first one:
  tap dishes, F3 finds a member (1,780 are there; type 138), F4 takes a coupon, F9 pays.
  The receipts come out in the window beside. Close the first till's window to end the demo.
"""


def show_shop(folder: Path) -> int:
    """Until a person closes the first till's window."""
    print("Starting the sync server, two tills and their printers", flush=True)
    with open_shop(folder, environment={}) as shop:
        _stock(shop)
        paper = [_show_paper(counter.printer.directory, counter.name) for counter in shop.counters]
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
