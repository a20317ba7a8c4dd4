"""`make simulate`, `make soak`, `make planted`."""

import argparse
import logging
import sys
from concurrent.futures import ProcessPoolExecutor, as_completed

from tests.simulation.plan import Plan, make_plan
from tests.simulation.planting import BUGS
from tests.simulation.reached import MUST_BE_REACHED
from tests.simulation.running import (
    DAYS,
    TILLS,
    described,
    first_caught,
    reached_by,
    run_seeds,
    shrunk,
    template_of,
)
from tests.simulation.simulation import Result, run_plan

PROCESSES = 2
SEEDS_AT_ONCE = 10
MOST_SEEDS_FOR_A_BUG = 200
# Of the processor's time: what is not seen by then is told as missed, and the next one begun.
MOST_SECONDS_FOR_A_BUG = 600


def replay(seed: int, tills: int, days: int, *, shrinks: bool) -> int:
    """One seed, told step by step."""
    with template_of(tills) as template:
        plan = make_plan(seed, tills=tills, days=days)
        result = run_plan(plan, template, print)
        print(f"digest {result.digest}, {result.steps} steps")
        if not result.violation:
            return 0
        print(described(result))
        if shrinks:
            smaller = shrunk(plan, template)
            print(f"{len(smaller.events)} of {len(plan.events)} events are enough:")
            _tell(smaller)
            print(run_plan(smaller, template, print).violation)
    return 1


def many(seeds: range, tills: int, days: int) -> int:
    """Many seeds on all processes; fails where something did not hold, or was never reached."""
    parts = [
        range(start, min(start + SEEDS_AT_ONCE, seeds.stop))
        for start in range(seeds.start, seeds.stop, SEEDS_AT_ONCE)
    ]
    results: list[Result] = []
    with ProcessPoolExecutor(PROCESSES) as processes:
        running = [processes.submit(run_seeds, part, tills=tills, days=days) for part in parts]
        for done in as_completed(running):
            results += done.result()
            bad = [result for result in done.result() if result.violation]
            print(
                f"{len(results)} of {len(seeds)} seeds", *map(described, bad), sep="\n", flush=True
            )
    reached = reached_by(results)
    for name in MUST_BE_REACHED:
        print(f"{reached[name]:8} {name}")
    never = [name for name in MUST_BE_REACHED if not reached[name]]
    print("never reached:", ", ".join(never) or "nothing")
    return int(bool(never) or any(result.violation for result in results))


def planted(names: list[str]) -> int:
    """How many seeds each planted bug needs to be seen."""
    missed = 0
    with ProcessPoolExecutor(PROCESSES) as processes:
        found = {processes.submit(seeds_needed, name): name for name in names}
        for done in as_completed(found):
            seeds, violation = done.result()
            missed += not seeds
            print(f"{seeds or 'MISSED':>6}  {found[done]}: {violation[:150]}", flush=True)
    return int(bool(missed))


def seeds_needed(name: str) -> tuple[int, str]:
    seeds = range(MOST_SEEDS_FOR_A_BUG)
    caught = first_caught(name, seeds, most_seconds=MOST_SECONDS_FOR_A_BUG)
    return (caught.seed + 1, caught.violation) if caught else (0, "")


def _tell(plan: Plan) -> None:
    for event in plan.events:
        print(f"  {event.who} {event.what} {event.crash} at till {event.till}")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation")
    parser.add_argument("--seed", type=int, help="replay one seed, told step by step")
    parser.add_argument("--shrink", action="store_true", help="make a failing plan smaller")
    parser.add_argument("--seeds", type=int, default=60)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--tills", type=int, default=TILLS)
    parser.add_argument("--days", type=int, default=DAYS)
    parser.add_argument("--planted", nargs="*", help="look for the planted bugs, or for these")
    asked = parser.parse_args()
    logging.disable(logging.CRITICAL)
    if asked.planted is not None:
        return planted(asked.planted or list(BUGS))
    if asked.seed is not None:
        return replay(asked.seed, asked.tills, asked.days, shrinks=asked.shrink)
    return many(range(asked.first, asked.first + asked.seeds), asked.tills, asked.days)


if __name__ == "__main__":
    sys.exit(main())
