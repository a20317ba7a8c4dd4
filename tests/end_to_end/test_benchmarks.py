"""The benchmarks of the sync run; how fast is for `make bench` to say."""

from tests.benchmarks import first_sync


def test_a_first_sync_can_be_measured() -> None:
    measured = first_sync.measure(members=300)
    assert all(item.value >= 0 for item in measured)
    assert any(item.floor for item in measured)
