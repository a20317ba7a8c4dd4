"""Run mutmut, print how many changes each module's tests noticed, fail below the share agreed."""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Final

LEAST_PERCENT: Final = 90
MUTANTS: Final = Path("mutants")
# mutmut's codes of a change: 0 nobody noticed, 5 and 33 nobody ran it, 2 and None it was not
# tried; all others are noticed (a failing test, a time-out, a crash).
_UNNOTICED: Final = frozenset({0, 2, 5, 33, None})


def main() -> int:
    environment = {**os.environ, "HYPOTHESIS_PROFILE": "mutation", "QT_QPA_PLATFORM": "offscreen"}
    run = subprocess.run(
        [Path(sys.executable).with_name("mutmut"), "run"], env=environment, check=False
    )
    if run.returncode:
        return run.returncode
    noticed, unnoticed = _counts()
    for module in sorted(noticed | unnoticed):
        print(_row(module, noticed[module], noticed[module] + unnoticed[module]))
    whole = noticed.total() + unnoticed.total()
    print(_row("all", noticed.total(), whole))
    return 0 if 100 * noticed.total() >= LEAST_PERCENT * whole else 1


def _counts() -> tuple[Counter[str], Counter[str]]:
    noticed: Counter[str] = Counter()
    unnoticed: Counter[str] = Counter()
    for path in sorted(MUTANTS.rglob("*.meta")):
        module = str(path.relative_to(MUTANTS)).removesuffix(".meta")
        codes = json.loads(path.read_text(encoding="utf-8"))["exit_code_by_key"].values()
        for code in codes:
            (unnoticed if code in _UNNOTICED else noticed)[module] += 1
    return noticed, unnoticed


def _row(module: str, noticed: int, whole: int) -> str:
    percent = 100 * noticed / whole if whole else 100
    return f"{module:<50} {noticed:>5} of {whole:>5}  {percent:5.1f} %"


if __name__ == "__main__":
    sys.exit(main())
