"""The benchmarks of the sync run; how fast is for `make bench` to say."""

from tests.benchmarks import first_sync, pushing


def test_a_first_sync_can_be_measured() -> None:
    measured = first_sync.measure(members=300)
    assert all(item.value >= 0 for item in measured)
    assert any(item.floor for item in measured)


def test_pushes_can_be_measured_on_both_databases() -> None:
    sizes = pushing.Sizes(members=200, entries=20, tills=2, entries_a_till=10)
    measured = pushing.measure(sizes)
    assert sum(1 for item in measured if item.floor) == 2
