"""The power goes off under a selling till; `make faults` cuts it 100 times."""

import os
from pathlib import Path

import pytest

from tests.faults.disks import is_root, mounts_refused, why_not
from tests.faults.running import campaign

pytestmark = [pytest.mark.processes, pytest.mark.timeout(300)]


def test_a_till_without_power_has_every_sale_that_it_had_acknowledged_once(
    own_disks: None, tmp_path: Path
) -> None:
    report = campaign("power-cuts", tmp_path, count=30)
    assert report.holds, report.line()
    assert report.faults == 30
    assert report.seen["while selling"] > 0


def test_a_till_that_does_not_flush_loses_sales(own_disks: None, tmp_path: Path) -> None:
    """Without this the test above would prove nothing: kill -9 never shows the difference."""
    report = campaign("power-cuts-control", tmp_path, count=20)
    assert report.lost > 0, report.line()


@pytest.mark.skipif(
    "CI" not in os.environ or not is_root(), reason="where root runs the tests for everybody"
)
def test_where_root_runs_the_tests_for_everybody_disks_are_cut() -> None:
    if mounts_refused():
        pytest.skip(mounts_refused())
    assert why_not() == ""
