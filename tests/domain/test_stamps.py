from hypothesis import given
from hypothesis import strategies as st

from domain.stamps import (
    LARGEST_LEAD_MS,
    ZERO,
    Stamp,
    milliseconds_of,
    receive,
    stamp_at,
    tick,
)

TIMES = st.integers(0, 1 << 46)
STAMPS = st.integers(0, 1 << 62).map(Stamp)


@given(STAMPS, TIMES)
def test_a_local_event_is_later_than_the_last_and_not_before_trusted_time(
    last: Stamp, now_ms: int
) -> None:
    stamp = tick(last, now_ms)
    assert stamp > last
    assert milliseconds_of(stamp) >= now_ms


@given(st.lists(TIMES, min_size=2, max_size=30))
def test_stamps_rise_whatever_the_clock_does(times: list[int]) -> None:
    last, stamps = ZERO, []
    for now_ms in times:
        last = tick(last, now_ms)
        stamps.append(last)
    assert stamps == sorted(set(stamps))


@given(STAMPS, TIMES, st.integers(-(1 << 20), LARGEST_LEAD_MS))
def test_an_event_after_a_remote_stamp_within_the_lead_is_later_than_both(
    last: Stamp, now_ms: int, lead_ms: int
) -> None:
    remote = stamp_at(max(0, now_ms + lead_ms))
    assert tick(receive(last, remote, now_ms), now_ms) > max(last, remote)


@given(STAMPS, TIMES, st.integers(LARGEST_LEAD_MS + 1, 1 << 46))
def test_a_remote_stamp_too_far_ahead_moves_no_clock(
    last: Stamp, now_ms: int, lead_ms: int
) -> None:
    assert receive(last, stamp_at(now_ms + lead_ms), now_ms) == last


def test_a_stamp_holds_its_milliseconds() -> None:
    assert milliseconds_of(stamp_at(1_795_000_000_000)) == 1_795_000_000_000
    assert tick(ZERO, 5) == stamp_at(5)
    assert tick(stamp_at(5), 5) == stamp_at(5) + 1
