"""The real tills and the real server under faults, from seeds; see docs/simulation.md."""

import logging
from collections.abc import Iterator

import pytest

from tests.simulation.planted import ROTATION, SEEDS_NEEDED
from tests.simulation.planting import BUGS
from tests.simulation.reached import MUST_BE_REACHED
from tests.simulation.running import described, first_caught, reached_by, run_seeds

SEEDS_A_PART = 4
PARTS = 3
MORE_SEEDS = 12


@pytest.fixture(autouse=True)
def quiet_logs() -> Iterator[None]:
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.timeout(900)
@pytest.mark.parametrize("part", range(PARTS))
def test_everything_holds_under_faults(part: int) -> None:
    results = run_seeds(range(part * SEEDS_A_PART, (part + 1) * SEEDS_A_PART))
    assert not [described(result) for result in results if result.violation]


@pytest.mark.timeout(300)
def test_the_same_seed_is_the_same_run() -> None:
    (first,), (second,) = (run_seeds(range(7, 8), tills=3, days=1) for _ in range(2))
    assert first.digest == second.digest
    assert first.reached == second.reached


@pytest.mark.timeout(900)
@pytest.mark.parametrize("slot", range(ROTATION))
def test_a_planted_bug_is_caught(slot: int, request: pytest.FixtureRequest) -> None:
    """Five in turn, by the seed of the test run; `make planted` looks for all of them."""
    turn = request.config.getoption("randomly_seed", default=0)
    names = sorted(SEEDS_NEEDED)
    name = names[(int(turn or 0) + slot * (len(names) // ROTATION)) % len(names)]
    assert name in BUGS
    # Other code, other runs: there is room for more than were needed once.
    most = SEEDS_NEEDED[name] + MORE_SEEDS
    assert first_caught(name, range(most)), f"nobody saw: {name}"


def test_names_of_what_must_be_reached_are_different() -> None:
    assert len(set(MUST_BE_REACHED)) == len(MUST_BE_REACHED)
    assert not reached_by([])
