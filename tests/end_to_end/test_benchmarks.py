"""The benchmarks of the sync run; how fast is for `make bench` to say."""

from tests.benchmarks import crowding, first_sync, pushing, reapplying, scaling, scanning


def test_a_first_sync_can_be_measured() -> None:
    measured = first_sync.measure(members=300)
    assert all(item.value >= 0 for item in measured)
    assert any(item.floor for item in measured)


def test_pushes_can_be_measured_on_both_databases() -> None:
    sizes = pushing.Sizes(members=200, entries=20, tills=2, entries_a_till=10)
    measured = pushing.measure(sizes)
    assert sum(1 for item in measured if item.floor) == 2


def test_a_pull_on_top_of_waiting_entries_can_be_measured() -> None:
    assert reapplying.measure(entries=20, members=5)


def test_a_crowd_of_tills_can_be_measured() -> None:
    assert crowding.measure(tills=3, changes=2, idle=5, members=100)


def test_what_an_entry_costs_can_be_measured() -> None:
    few, many = scaling.measure(sizes=(20, 40), entries=10)
    assert (few.ratio, many.budget) == (None, 1.2)


def test_scans_can_be_measured() -> None:
    assert scanning.measure(rules=3, lines=2, baskets=1)
