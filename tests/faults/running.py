"""Running a campaign in a process of its own, since campaigns fork and mount."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import msgspec

from tests.faults.disks import OWN_MOUNTS, why_not
from tests.faults.recording import why_no_recording
from tests.faults.report import Report
from tests.harness.process import ROOT

_RECORDING: Final = frozenset({"crash-states", "crash-states-control"})
# For root, in a mount namespace of its own.
_MOUNTING: Final = frozenset({"power-cuts", "power-cuts-control"}) | _RECORDING
_LONGEST_S: Final = 280.0


def campaign(name: str, folder: Path, *, count: int, longest_s: float = _LONGEST_S) -> Report:
    """A short run with a seed of its own, which the report tells.

    Raises:
        AssertionError: it broke off; with what it said.
    """
    seed = int.from_bytes(os.urandom(4))
    alone = OWN_MOUNTS if name in _MOUNTING else ()
    done = subprocess.run(
        [*alone, sys.executable, "-m", "tests.faults", name, str(count), str(seed), str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=longest_s,
        check=False,
    )
    assert done.returncode == 0, f"{name}, seed {seed}: {done.stderr[-4000:]}"
    return msgspec.json.decode(done.stdout, type=Report)


def why_left_out(name: str) -> str:
    """Why a campaign cannot be had on this machine; empty where it can."""
    if name in _RECORDING:
        return why_no_recording()
    return why_not() if name in _MOUNTING else ""
