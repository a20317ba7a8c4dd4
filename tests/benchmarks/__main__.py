"""`make bench`: measures, prints the table, writes out/bench.json. A missed budget is shown, and
the exit code stays 0: machines are noisy, people judge. `ONLY=selling,first_sync` measures some.
"""

import os
import sys
from pathlib import Path

import msgspec

from tests.benchmarks import (
    crowding,
    first_sync,
    folding,
    looking_up,
    pricing,
    printing,
    pushing,
    reapplying,
    receipts,
    refunding,
    scaling,
    scanning,
    selling,
    starting,
    travelling,
)
from tests.benchmarks.measure import table

OUT = Path("out") / "bench.json"
SUBJECTS = (
    pricing,
    refunding,
    folding,
    selling,
    printing,
    looking_up,
    scanning,
    starting,
    first_sync,
    pushing,
    reapplying,
    receipts,
    crowding,
    scaling,
    travelling,
)


def main() -> int:
    only = set(filter(None, os.environ.get("ONLY", "").split(",")))
    subjects = {subject.__name__.rpartition(".")[2]: subject for subject in SUBJECTS}
    if unknown := only - subjects.keys():
        print(f"no such subject: {', '.join(sorted(unknown))}; there are {', '.join(subjects)}")
        return 2
    measured = []
    for name, subject in subjects.items():
        if only and name not in only:
            continue
        print(f"measuring {name} …", file=sys.stderr, flush=True)
        measured += subject.measure()
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_bytes(msgspec.json.format(msgspec.json.encode(measured), indent=2))
    print(table(measured))
    return 0


if __name__ == "__main__":
    sys.exit(main())
