"""`make faults`: every campaign at its full length, line by line and as out/faults.json.

`python -m tests.faults NAME COUNT SEED FOLDER` runs one of them and says its report as JSON: a
campaign forks, so it wants a process without threads.
"""

import os
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import Final

import msgspec

from tests.faults import server_kills, till_kills
from tests.faults.report import Campaign, Report

OUT: Final = Path("out") / "faults.json"
# Name, campaign, how many faults make the full length.
CAMPAIGNS: Final[dict[str, tuple[Campaign, int]]] = {
    "till-kills": (till_kills.run, 200),
    "till-kills-control": (partial(till_kills.run, write_behind=True), 25),
    "server-kills": (server_kills.run, 200),
}
# These have a fault built in: a campaign that finds nothing in them proves nothing elsewhere.
CONTROLS: Final = "-control"


def run(name: str, *, count: int, seed: int, folder: Path) -> Report:
    campaign, _ = CAMPAIGNS[name]
    return campaign(folder, count=count, seed=seed)


def _run_all() -> int:
    reports, failed = [], []
    for name, (_, count) in CAMPAIGNS.items():
        with tempfile.TemporaryDirectory(prefix="tillfold-faults-") as folder:
            seed = int.from_bytes(os.urandom(4))
            reports.append(run(name, count=count, seed=seed, folder=Path(folder)))
        print(reports[-1].line(), flush=True)
        if reports[-1].holds is name.endswith(CONTROLS):
            failed.append(name)
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_bytes(msgspec.json.format(msgspec.json.encode(reports), indent=2))
    if failed:
        print(f"failed: {', '.join(failed)}")
    return 1 if failed else 0


def main() -> int:
    if len(sys.argv) == 1:
        return _run_all()
    name, count, seed, folder = sys.argv[1:]
    report = run(name, count=int(count), seed=int(seed), folder=Path(folder))
    print(msgspec.json.encode(report).decode())
    return 0


if __name__ == "__main__":
    sys.exit(main())
