"""`make faults`: every campaign at its full length, line by line and as out/faults.json.

`python -m tests.faults NAME COUNT SEED FOLDER` runs one of them and says its report as JSON: a
campaign forks, so it wants a process without threads. Those that mount disks want root and a mount
namespace of their own.
"""

import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import Final

import msgspec

from tests.faults import (
    crash_states,
    payment_kills,
    postgresql_faults,
    power_cuts,
    printing_kills,
    server_kills,
    standby_losses,
    till_kills,
)
from tests.faults.report import Campaign
from tests.faults.running import campaign, why_left_out

OUT: Final = Path("out") / "faults.json"
# Name, campaign, how many faults make the full length.
CAMPAIGNS: Final[dict[str, tuple[Campaign, int]]] = {
    "till-kills": (till_kills.run, 200),
    "till-kills-control": (partial(till_kills.run, write_behind=True), 25),
    "printing-kills": (printing_kills.run, 200),
    "printing-kills-control": (partial(printing_kills.run, careless=True), 50),
    "payment-kills": (payment_kills.run, 200),
    "payment-kills-control": (partial(payment_kills.run, forgetful=True), 30),
    "server-kills": (server_kills.run, 200),
    "power-cuts": (power_cuts.run, 100),
    "crash-states": (crash_states.run, 5_000),
    "crash-states-control": (partial(crash_states.run, lazily=True), 500),
    "postgresql-kills": (postgresql_faults.kill_database, 30),
    "standby-promotions": (postgresql_faults.promote_standby, 5),
    "standby-losses": (standby_losses.run, 6),
    "power-cuts-control": (partial(power_cuts.run, lazily=True), 50),
}
# These have a fault built in: a campaign that finds nothing in them proves nothing elsewhere.
CONTROLS: Final = "-control"
_LONGEST_S: Final = 3_600


def _run_all() -> int:
    reports, failed = [], []
    for name, (_, count) in CAMPAIGNS.items():
        if reason := why_left_out(name):
            print(f"{name}: left out, {reason}")
            continue
        with tempfile.TemporaryDirectory(prefix="tillfold-faults-") as folder:
            reports.append(campaign(name, Path(folder), count=count, longest_s=_LONGEST_S))
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
    report = CAMPAIGNS[name][0](Path(folder), count=int(count), seed=int(seed))
    print(msgspec.json.encode(report).decode())
    return 0


if __name__ == "__main__":
    sys.exit(main())
