"""A disk that is full, read-only or broken: a coded error, nothing acknowledged lost, and on again.

Each test runs in a process of its own, whose mounts vanish with it.
"""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.disks import OWN_MOUNTS
from tests.harness.process import ROOT

pytestmark = [pytest.mark.processes, pytest.mark.timeout(120)]


@pytest.mark.parametrize(
    "claim",
    [
        "full_disk_of_the_database",
        "full_disk_of_the_second_journal",
        "full_disk_with_ballast",
        "full_disk_at_each_size",
        "read_only_disk",
        "broken_disk",
    ],
)
def test_on_a_bad_disk_nothing_acknowledged_is_lost(
    own_disks: None, tmp_path: Path, claim: str
) -> None:
    done = subprocess.run(
        [*OWN_MOUNTS, sys.executable, "-m", "tests.faults.bad_disks", claim, str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert done.returncode == 0, done.stderr[-4000:]
