"""What a crash may leave of a selling till's files; `make faults` opens 5,000 such states."""

import os
from pathlib import Path
from random import Random  # noqa: TID251 - seeded: the same states in every run

import pytest

from tests.faults.disk_image import (
    Call,
    Flush,
    FlushFolder,
    Image,
    Link,
    Rename,
    Unlink,
    Write,
    crash_state,
)
from tests.faults.disks import is_root, mounts_refused
from tests.faults.recording import DEVICE, why_no_recording
from tests.faults.running import campaign

_OLD, _NEW = bytes(2048), b"n" * 2048
_TRIES = 200


@pytest.fixture
def recorded_disks() -> None:
    """Skips the test where this process cannot record what another does to a disk."""
    if why_no_recording():
        pytest.skip(why_no_recording())


@pytest.mark.processes
@pytest.mark.timeout(300)
def test_from_every_crash_state_a_till_has_every_acknowledged_sale_once(
    recorded_disks: None, tmp_path: Path
) -> None:
    report = campaign("crash-states", tmp_path, count=200)
    assert report.holds, report.line()
    assert report.faults == 200
    assert {"while selling", "while the database was written"} <= set(report.seen), report.line()
    # Which of the two ways back a state asks for is chance; `make faults` meets both.
    ways_back = ("rebuilt from", "taken from")
    assert any(what.startswith(ways_back) for what in report.seen), report.line()


@pytest.mark.processes
@pytest.mark.timeout(300)
def test_crash_states_of_a_till_that_does_not_flush_lose_sales(
    recorded_disks: None, tmp_path: Path
) -> None:
    report = campaign("crash-states-control", tmp_path, count=80)
    assert report.lost > 0, report.line()


@pytest.mark.skipif(
    "CI" not in os.environ or not is_root() or not DEVICE.exists(),
    reason="where root runs the tests for everybody and there is FUSE",
)
def test_where_root_runs_the_tests_for_everybody_disks_are_recorded() -> None:
    if mounts_refused():
        pytest.skip(mounts_refused())
    assert why_no_recording() == ""


def states(calls: list[Call]) -> list[Image]:
    base = Image([], {"file": 1}, {1: bytearray(_OLD)})
    return [crash_state(base, calls, Random(seed)) for seed in range(_TRIES)]


def test_what_was_flushed_is_in_every_state() -> None:
    assert all(state.files[1] == _NEW for state in states([Write(1, 0, _NEW), Flush(1)]))


def test_what_was_not_flushed_is_there_missing_or_torn_at_sectors() -> None:
    contents = {bytes(state.files[1]) for state in states([Flush(1), Write(1, 0, _NEW)])}
    assert {_OLD, _NEW} < contents
    for content in contents:
        assert all(len(set(content[at : at + 512])) == 1 for at in range(0, len(content), 512))


def test_names_change_in_order_and_for_good_once_their_folder_is_flushed() -> None:
    calls: list[Call] = [Link("new", 2), Rename("file", "old"), Unlink("old")]
    seen = {tuple(sorted(state.names)) for state in states(calls)}
    assert seen == {("file",), ("file", "new"), ("new", "old"), ("new",)}
    calls.append(FlushFolder(""))
    assert {tuple(state.names) for state in states(calls)} == {("new",)}
