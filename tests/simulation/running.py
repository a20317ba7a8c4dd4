"""Many seeds, one after the other, on one template; and making a failing plan smaller."""

import gc
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from tests.simulation.plan import Event, Plan, make_plan
from tests.simulation.planted import with_bug
from tests.simulation.simulation import Result, run_plan
from tests.simulation.template import Template, build_template

TILLS = 5
DAYS = 3
# A bug is seen in small runs too, and sooner.
TILLS_FOR_A_BUG = 3
DAYS_FOR_A_BUG = 2


@contextmanager
def template_of(tills: int) -> Iterator[Template]:
    with tempfile.TemporaryDirectory(prefix="tillfold-template-") as folder:
        template = build_template(Path(folder) / "template", tills)
        # Modules and the template stay: the collector need not look at them again and again.
        gc.freeze()
        try:
            yield template
        finally:
            gc.unfreeze()


def run_seeds(
    seeds: range,
    *,
    tills: int = TILLS,
    days: int = DAYS,
    on_result: Callable[[Result], None] = lambda _result: None,
) -> list[Result]:
    results = []
    with template_of(tills) as template:
        for seed in seeds:
            result = run_plan(make_plan(seed, tills=tills, days=days), template)
            on_result(result)
            results.append(result)
    return results


def reached_by(results: list[Result]) -> Counter[str]:
    sums: Counter[str] = Counter()
    for result in results:
        sums.update(result.reached)
    return sums


def described(result: Result) -> str:
    """What failed, and how to see it again."""
    return f"seed {result.seed}: {result.violation}\n  make simulate SEED={result.seed}"


def first_caught(bug: str, seeds: range, *, most_seconds: float = 0) -> Result | None:
    """The first seed whose run does not hold with a planted bug.

    With `most_seconds` of the processor's time no further seed is begun after them.
    """
    began = time.process_time()
    with template_of(TILLS_FOR_A_BUG) as template, with_bug(bug):
        for seed in seeds:
            if most_seconds and time.process_time() - began > most_seconds:
                return None
            plan = make_plan(seed, tills=TILLS_FOR_A_BUG, days=DAYS_FOR_A_BUG)
            result = run_plan(plan, template)
            if result.violation:
                return result
    return None


def shrunk(plan: Plan, template: Template, *, attempts: int = 80) -> Plan:
    """A smaller plan that still fails: ever smaller parts of its events are left out."""
    events, part = list(plan.events), max(1, len(plan.events) // 2)
    while part and attempts:
        start = 0
        while start < len(events) and attempts:
            attempts -= 1
            fewer = events[:start] + events[start + part :]
            if _fails(plan, fewer, template):
                events = fewer
            else:
                start += part
        part //= 2
    return _with(plan, events)


def _fails(plan: Plan, events: list[Event], template: Template) -> bool:
    return bool(run_plan(_with(plan, events), template).violation)


def _with(plan: Plan, events: list[Event]) -> Plan:
    return msgspec.structs.replace(plan, events=tuple(events))
