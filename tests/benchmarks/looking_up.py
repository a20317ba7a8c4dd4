"""Finding members while somebody types, and the first sync that brings them here."""

import resource
import tempfile
import time
from datetime import date
from functools import partial
from pathlib import Path

from pos_client.use_cases.members import find_members
from tests.benchmarks.measure import Measured, judged, percentile, time_ms
from tests.benchmarks.tills import fill_with_members, open_till

MEMBERS = 150_000
LOOK_UPS = 400
LOOK_UP_BUDGET_MS = 10
TODAY = date(2026, 11, 22)
FIRST_SYNC_BUDGET_S = 3


def measure() -> list[Measured]:
    with tempfile.TemporaryDirectory() as folder, open_till(Path(folder)) as store:
        start = time.perf_counter()
        fill_with_members(store, MEMBERS)
        laid_s = time.perf_counter() - start
        with store.read() as connection:
            times = [
                time_ms(partial(find_members, connection, text, day=TODAY))
                for number in range(LOOK_UPS // 4)
                for text in (f"13{number % 10}0{number:03d}", f"{number:04d}", "王伟", "lxm")
            ]
    memory_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return [
        judged(
            f"member look-up, {MEMBERS:,} members, p99",
            percentile(times, 0.99),
            "ms",
            budget=LOOK_UP_BUDGET_MS,
        ),
        judged(
            f"feed of {MEMBERS:,} members laid down (without network)",
            laid_s,
            "s",
            budget=FIRST_SYNC_BUDGET_S,
        ),
        judged("memory after that", memory_mib, "MiB", budget=None),
    ]
