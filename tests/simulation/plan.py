"""The plan of a run: a list of events that a seed makes. Any of them may be left out."""

from collections.abc import Callable
from typing import Final

import msgspec

from tests.simulation.chance import Chance
from tests.simulation.disk import CrashPoint
from tests.simulation.head_office import DECISION_WEIGHTS
from tests.simulation.wishes import WEIGHTS
from tests.simulation.world import DAY_MS, HOUR_MS, MINUTE_MS, START_MS

OPEN_HOURS: Final = 12
GUESTS_A_DAY: Final = 5
# How many of a hundred are followed at once by the next one, into the exchange that they began.
IN_A_HURRY: Final = 25
HURRY_MS: Final = 500
DECISIONS_A_DAY: Final = 4
FAULTS_A_DAY: Final = 2

# What can go wrong at a till, and how often.
TILL_FAULTS: Final = {
    "crash": 26,
    "restart": 6,
    "partition": 18,
    "bad network": 22,
    "set clock": 15,
    "lose database": 6,
    "drop commits": 6,
    "lose second journal": 4,
}


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """`number` names its chance: with others left out, what happens in it stays the same."""

    number: int
    at_ms: int
    who: str
    what: str
    till: int = 0
    crash: str = ""


Add = Callable[..., None]


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    seed: int
    tills: int
    days: int
    events: tuple[Event, ...]


def make_plan(seed: int, *, tills: int, days: int) -> Plan:
    chance = Chance("plan", seed)
    events: list[Event] = []

    def add(at_ms: int, who: str, what: str, till: int = 0, crash: str = "") -> None:
        events.append(
            Event(number=len(events), at_ms=at_ms, who=who, what=what, till=till, crash=crash)
        )

    for day in range(days):
        for till in range(tills):
            _plan_guests(chance, day, till, add)
            for _ in range(FAULTS_A_DAY):
                fault = _weighted(chance, TILL_FAULTS)
                crash = chance.choice(list(CrashPoint)).value if fault == "crash" else ""
                add(_open_time(chance, day), "fault", fault, till, crash)
        for _ in range(DECISIONS_A_DAY):
            add(_open_time(chance, day), "hq", _weighted(chance, DECISION_WEIGHTS))
        for _ in range(chance.randrange(3)):
            add(_open_time(chance, day), "future", "push")
    _plan_great_faults(chance, days, tills, add)
    return Plan(
        seed=seed, tills=tills, days=days, events=tuple(sorted(events, key=lambda e: e.at_ms))
    )


def _plan_guests(chance: Chance, day: int, till: int, add: Add) -> None:
    for _ in range(GUESTS_A_DAY):
        at_ms = _open_time(chance, day)
        add(at_ms, "guest", _weighted(chance, WEIGHTS), till)
        for _ in range(chance.randint(1, 3) if chance.happens(IN_A_HURRY) else 0):
            at_ms += chance.randrange(HURRY_MS)
            add(at_ms, "guest", _weighted(chance, WEIGHTS), till)


def most_steps(plan: Plan) -> int:
    """Many more than a run takes that comes to rest; each till hears of what each other does."""
    return 10_000 + 1_500 * plan.days * plan.tills * max(2, plan.tills)


def _plan_great_faults(chance: Chance, days: int, tills: int, add: Add) -> None:
    """At most one of each a run: they take away so much that little else could be seen."""
    whole_ms = days * DAY_MS
    if chance.happens(60):
        add(START_MS + chance.randrange(whole_ms), "server", "restart")
    kind = chance.randrange(10)
    if kind < 4:
        kept_ms = START_MS + chance.randrange(whole_ms - 6 * HOUR_MS)
        lag_ms = chance.choice((MINUTE_MS, HOUR_MS, 6 * HOUR_MS))
        add(kept_ms, "server", "keep copy")
        add(kept_ms + lag_ms, "server", "fall back")
    elif kind < 5:
        add(START_MS + chance.randrange(whole_ms), "fault", "lose till", chance.randrange(tills))
    elif kind < 9:
        _plan_image(chance, days, tills, add)


def _plan_image(chance: Chance, days: int, tills: int, add: Add) -> None:
    """An image of a till's disk is restored in its place, or starts beside it; a person decides."""
    whose, last_ms = chance.randrange(tills), START_MS + days * DAY_MS
    kept_ms = _open_time(chance, 0)
    started_ms = kept_ms + chance.choice((HOUR_MS, 6 * HOUR_MS, DAY_MS))
    started_ms = min(started_ms, last_ms - HOUR_MS)
    what = chance.choice(("restore image", "start copy"))
    add(kept_ms, "fault", "keep image", whose)
    add(started_ms, "fault", what, whose)
    if what == "start copy":
        for _ in range(GUESTS_A_DAY):
            at_ms = chance.randrange(started_ms + MINUTE_MS, last_ms)
            add(at_ms, "guest", _weighted(chance, WEIGHTS), tills)
    for _ in range(3):
        add(chance.randrange(started_ms, last_ms), "hq", "decide forks")


def _open_time(chance: Chance, day: int) -> int:
    """Busy at noon and in the evening; tills that run at night do nothing that matters."""
    minutes = int(OPEN_HOURS * 60 * chance.betavariate(1.3, 1.3))
    return START_MS + day * DAY_MS + minutes * MINUTE_MS + chance.randrange(MINUTE_MS)


def _weighted(chance: Chance, weights: dict[str, int]) -> str:
    return chance.choices(list(weights), weights=list(weights.values()))[0]
