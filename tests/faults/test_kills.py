"""kill -9 of a till and of a server; `make faults` kills each 200 times."""

from pathlib import Path

import pytest

from tests.faults.running import campaign

pytestmark = [pytest.mark.processes, pytest.mark.timeout(300)]


def test_a_killed_till_has_every_sale_that_it_had_acknowledged_once(tmp_path: Path) -> None:
    report = campaign("till-kills", tmp_path, count=30)
    assert report.holds, report.line()
    assert report.faults == 30
    assert report.seen["while selling"] > 0


def test_a_till_that_acknowledges_before_it_writes_is_found_out(tmp_path: Path) -> None:
    """Without this the test above would prove nothing."""
    report = campaign("till-kills-control", tmp_path, count=12)
    assert report.lost > 0, report.line()


def test_a_till_killed_while_it_is_paid_books_what_its_provider_holds(tmp_path: Path) -> None:
    report = campaign("payment-kills", tmp_path, count=3)
    assert report.holds, report.line()
    assert report.faults == 3
    # Which moments three kills meet is chance; `make faults` meets them all.
    assert report.seen, report.line()


def test_a_killed_server_has_every_entry_that_it_had_acknowledged_once(tmp_path: Path) -> None:
    """And what it was sent without an answer is there once too, after it was sent again."""
    report = campaign("server-kills", tmp_path, count=12)
    assert report.holds, report.line()
    assert report.faults == 12
    assert report.seen["while serving"] > 0


def test_a_till_killed_while_it_prints_loses_no_receipt_and_prints_none_twice_unmarked(
    tmp_path: Path,
) -> None:
    """And no ticket of the kitchen; a person answers what the till asks after each start."""
    report = campaign("printing-kills", tmp_path, count=7)
    assert report.holds, report.line()
    assert report.acknowledged > 0
    assert any(seen.startswith("doubt: ") for seen in report.seen), report.line()


def test_a_till_that_forgets_its_doubts_is_found_out(tmp_path: Path) -> None:
    """Without this the test above would prove nothing."""
    report = campaign("printing-kills-control", tmp_path, count=7)
    assert report.doubled > 0, report.line()
