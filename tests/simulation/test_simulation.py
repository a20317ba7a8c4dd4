"""The real tills and the real server under faults, from seeds; see docs/simulation.md."""

import logging
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from tests.simulation.plan import make_plan
from tests.simulation.planted import ROTATION, SEEDS_NEEDED, with_bug
from tests.simulation.planting import BUGS
from tests.simulation.reached import MUST_BE_REACHED
from tests.simulation.running import (
    DAYS_FOR_A_BUG,
    TILLS_FOR_A_BUG,
    described,
    first_caught,
    reached_by,
    run_seeds,
    shrunk,
    template_of,
)
from tests.simulation.simulation import run_plan

SEEDS = int(os.environ.get("TILLFOLD_SIMULATION_SEEDS", "8"))
# As many as `make simulate` makes: from there on each fault and each case ought to be reached.
ENOUGH_SEEDS = 60
SEEDS_A_PART = 4
MORE_SEEDS = 12


@pytest.fixture(autouse=True)
def quiet_logs() -> Iterator[None]:
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.timeout(900)
@pytest.mark.parametrize("first", range(0, SEEDS, SEEDS_A_PART))
def test_everything_holds_under_faults(first: int, counts: Path) -> None:
    seeds = range(first, min(first + SEEDS_A_PART, SEEDS))
    results = run_seeds(seeds, tills=TILLS_FOR_A_BUG, days=DAYS_FOR_A_BUG)
    assert not [described(result) for result in results if result.violation]
    reached = _reached_by_all(counts, first, reached_by(results))
    if reached is not None and SEEDS >= ENOUGH_SEEDS:
        assert not [name for name in MUST_BE_REACHED if not reached[name]]


@pytest.fixture
def counts(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder that all processes of this test run share."""
    own = tmp_path_factory.getbasetemp()
    folder = (own if worker_id == "master" else own.parent) / "simulation"
    folder.mkdir(exist_ok=True)
    return folder


def _reached_by_all(counts: Path, first: int, reached: Counter[str]) -> Counter[str] | None:
    """What all parts reached, for the part that ends last; None for the others.

    Two that end at once may both be told: each looks behind its own writing.
    """
    new = counts / f"{first}.new"
    new.write_bytes(msgspec.json.encode(reached))
    new.rename(counts / f"{first}.json")
    parts = sorted(counts.glob("*.json"))
    if len(parts) < len(range(0, SEEDS, SEEDS_A_PART)):
        return None
    return sum(
        (Counter(msgspec.json.decode(part.read_bytes())) for part in parts), start=Counter[str]()
    )


@pytest.mark.timeout(300)
def test_the_same_seed_is_the_same_run() -> None:
    (first,), (second,) = (run_seeds(range(7, 8), tills=3, days=1) for _ in range(2))
    assert first.digest == second.digest
    assert first.reached == second.reached


@pytest.mark.timeout(900)
@pytest.mark.parametrize("slot", range(ROTATION))
def test_a_planted_bug_is_caught(slot: int, request: pytest.FixtureRequest) -> None:
    """Three in turn, by the seed of the test run; `make planted` looks for all of them."""
    turn = request.config.getoption("randomly_seed", default=0)
    names = sorted(SEEDS_NEEDED)
    name = names[(int(turn or 0) + slot * (len(names) // ROTATION)) % len(names)]
    assert name in BUGS
    # Other code, other runs: there is room for more than were needed once.
    most = SEEDS_NEEDED[name] + MORE_SEEDS
    assert first_caught(name, range(most)), f"nobody saw: {name}"


@pytest.mark.timeout(300)
def test_a_failing_plan_is_made_smaller() -> None:
    with template_of(2) as template, with_bug("a row at the end of a page is skipped"):
        plan = make_plan(1, tills=2, days=1)
        assert run_plan(plan, template).violation
        smaller = shrunk(plan, template, attempts=6)
        assert 2 * len(smaller.events) <= len(plan.events)
        assert run_plan(smaller, template).violation


def test_names_of_what_must_be_reached_are_different() -> None:
    assert len(set(MUST_BE_REACHED)) == len(MUST_BE_REACHED)
    assert not reached_by([])
