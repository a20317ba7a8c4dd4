"""From the last key of a scan to its line drawn in the cart, in the real window, offscreen."""

import os
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Final

import msgspec

from domain.facts import MenuPublished, RulesPublished
from domain.identifiers import ItemId
from domain.menu import MenuItem
from hardware.scanners.wedge import WedgeSettings
from tests.benchmarks.measure import Measured, judged, percentile, time_ms
from tests.benchmarks.pricing import mixed_book
from tests.benchmarks.tills import dishes
from tests.builders.till import MANAGER, Till, staffed

RULES: Final = 200
LINES: Final = 60
BASKETS: Final = 5
BUDGET_MS: Final = 30
KEY_GAP_MS: Final = 4


def measure(*, rules: int = RULES, lines: int = LINES, baskets: int = BASKETS) -> list[Measured]:
    with tempfile.TemporaryDirectory() as folder, closing(Till(Path(folder) / "till")) as till:
        items = _with_codes(dishes(lines))
        till.begin(
            [
                *staffed(),
                MenuPublished(version="menu", items=items),
                RulesPublished(version="rules", book=mixed_book(items, rules)),
            ]
        )
        wall, cpu = zip(*_scan_baskets(till, items, baskets), strict=True)
    what = f"scan -> line drawn, basket of 1 to {lines} lines, {rules} rules"
    return [
        judged(f"{what}, p50", percentile(wall, 0.5), "ms"),
        judged(f"{what}, p99", percentile(wall, 0.99), "ms", budget=BUDGET_MS),
        judged(f"{what}, p50 of CPU", percentile(cpu, 0.5), "ms"),
        judged(f"{what}, p99 of CPU", percentile(cpu, 0.99), "ms"),
    ]


def _with_codes(items: tuple[MenuItem, ...]) -> tuple[MenuItem, ...]:
    """Each dish with the number of a code that a scanner can read."""
    return tuple(
        msgspec.structs.replace(item, item_id=ItemId(f"SKU-{number:05}"))
        for number, item in enumerate(items)
    )


def _scan_baskets(
    till: Till, items: tuple[MenuItem, ...], baskets: int
) -> list[tuple[float, float]]:
    """Of each scan the time on the wall and of the Qt thread's CPU."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    # Qt is loaded for this measurement alone; the others run without it.
    from tests.benchmarks.scanning_window import ScanningWindow

    window = ScanningWindow(till, MANAGER, WedgeSettings())
    times = []
    for _ in range(baskets):
        for item in items:
            window.type_code(item.item_id, gap_ms=KEY_GAP_MS)
            times.append((time_ms(window.end_code), window.cpu_ms))
        window.next_order()
    window.close()
    return times
