"""Timing, and what a measurement looks like in the table and in out/bench.json."""

import math
import time
from collections.abc import Callable, Sequence

import msgspec


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """`value` in `unit`. A budget is for `ratio` where there is a floor, else for `value`."""

    name: str
    value: float
    unit: str
    floor: float | None = None
    ratio: float | None = None
    budget: float | None = None
    ok: bool | None = None


def judged(
    name: str,
    value: float,
    unit: str,
    *,
    budget: float | None = None,
    floor: float | None = None,
    at_least: bool = False,
) -> Measured:
    """Within its budget: at most as much, or with `at_least` no less."""
    ratio = value / floor if floor else None
    judged_on = ratio if ratio is not None else value
    return Measured(
        name=name,
        value=value,
        unit=unit,
        floor=floor,
        ratio=ratio,
        budget=budget,
        ok=None if budget is None else (judged_on >= budget if at_least else judged_on <= budget),
    )


def time_ms(work: Callable[[], object]) -> float:
    start = time.perf_counter_ns()
    work()
    return (time.perf_counter_ns() - start) / 1e6


def percentile(values: Sequence[float], share: float) -> float:
    ranked = sorted(values)
    return ranked[max(0, math.ceil(share * len(ranked)) - 1)]


def table(measured: Sequence[Measured]) -> str:
    head = ("what", "value", "unit", "floor", "ratio", "budget", "ok")
    rows = [head, *(_row(item) for item in measured)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    lines = []
    for row in rows:
        first, *others = (cell.ljust(w) for cell, w in zip(row, widths, strict=True))
        lines.append("  ".join((first, *others)).rstrip())
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(lines)


def _row(item: Measured) -> tuple[str, ...]:
    marks = {True: "yes", False: "NO", None: ""}
    return (
        item.name,
        f"{item.value:,.3f}",
        item.unit,
        "" if item.floor is None else f"{item.floor:,.3f}",
        "" if item.ratio is None else f"{item.ratio:.2f}",
        "" if item.budget is None else f"{item.budget:,g}",
        marks[item.ok],
    )
