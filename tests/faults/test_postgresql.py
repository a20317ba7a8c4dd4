"""PostgreSQL killed under load, and a standby that takes over; `make faults` does it more often."""

import sys
from pathlib import Path

import pytest

from tests.faults.running import campaign

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.processes,
    pytest.mark.timeout(300),
    pytest.mark.skipif(sys.platform != "linux", reason="finds PostgreSQL's processes in /proc"),
]


def test_a_killed_postgresql_has_every_acknowledged_entry_once(tmp_path: Path) -> None:
    report = campaign("postgresql-kills", tmp_path, count=2)
    assert report.holds, report.line()
    assert report.faults == 2
    assert report.acknowledged > 0


def test_a_synchronous_standby_that_takes_over_has_every_acknowledged_entry_once(
    tmp_path: Path,
) -> None:
    report = campaign("standby-promotions", tmp_path, count=1)
    assert report.holds, report.line()
    assert report.acknowledged > 0


def test_what_an_asynchronous_standby_lacked_is_brought_again_by_the_tills(tmp_path: Path) -> None:
    report = campaign("standby-losses", tmp_path, count=1)
    assert report.holds, report.line()
    assert report.acknowledged > 0
    assert report.seen["acknowledged sales that the standby lacked"] > 0
