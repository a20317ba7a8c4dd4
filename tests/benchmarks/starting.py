"""Cold start of a till with many members: until the sign-in stands on the screen."""

import tempfile
import time
from pathlib import Path

from tests.benchmarks.measure import Measured, judged
from tests.benchmarks.tills import fill_with_members, open_till
from tests.harness.till import TillProcess

MEMBERS = 150_000
STARTS = 3
BUDGET_S = 1.5
BUDGET_MIB = 250


def measure() -> list[Measured]:
    with tempfile.TemporaryDirectory() as folder:
        with open_till(Path(folder) / "data") as store:
            fill_with_members(store, MEMBERS)
        times, memory_mib = [], 0.0
        for _ in range(STARTS):
            start = time.perf_counter()
            till = TillProcess(Path(folder))
            till.wait("pin-1")
            times.append(time.perf_counter() - start)
            memory_mib = max(memory_mib, _resident_mib(till.pid))
            till.quit()
    return [
        judged(
            f"cold start to sign-in, {MEMBERS:,} members, best of {STARTS}",
            min(times),
            "s",
            budget=BUDGET_S,
        ),
        judged("resident after the start", memory_mib, "MiB", budget=BUDGET_MIB),
    ]


def _resident_mib(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024
