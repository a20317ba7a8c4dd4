"""Running a campaign from a test: in a process of its own, since campaigns fork and mount."""

import os
import subprocess
import sys
from pathlib import Path

import msgspec

from tests.faults.report import Report
from tests.harness.process import ROOT

LONGEST_S = 280.0


def campaign(name: str, folder: Path, *, count: int) -> Report:
    """A short run with a seed of its own, which the report tells.

    Raises:
        AssertionError: it broke off; with what it said.
    """
    seed = int.from_bytes(os.urandom(4))
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults", name, str(count), str(seed), str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=LONGEST_S,
        check=False,
    )
    assert done.returncode == 0, f"{name}, seed {seed}: {done.stderr[-4000:]}"
    report = msgspec.json.decode(done.stdout, type=Report)
    print(report.line())
    return report
