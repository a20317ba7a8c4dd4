"""From a sale at one till to what another till shows, through a server process."""

import tempfile
import time
from pathlib import Path
from statistics import median

from tests.benchmarks.measure import Measured, judged, percentile
from tests.demo.shop import open_shop
from tests.harness.till import TillProcess

ENROLMENTS = 60
P50_BUDGET_MS = 50
P99_BUDGET_MS = 300


def measure() -> list[Measured]:
    """Two tills connected; the budget is for 200 (a later step measures that)."""
    with tempfile.TemporaryDirectory() as folder, open_shop(Path(folder)) as shop:
        times = [_travel(shop.a.till, shop.b.till, number) for number in range(ENROLMENTS)]
    times = times[5:]
    return [
        judged("change at A shown at B, 2 tills, p50", median(times), "ms", budget=P50_BUDGET_MS),
        judged(
            "change at A shown at B, 2 tills, p99",
            percentile(times, 0.99),
            "ms",
            budget=P99_BUDGET_MS,
        ),
    ]


def _travel(here: TillProcess, there: TillProcess, number: int) -> float:
    phone = f"1371234{number:04d}"
    here.enrol_quietly(phone)
    start = time.perf_counter()
    there.wait_for_member(phone)
    return (time.perf_counter() - start) * 1000
