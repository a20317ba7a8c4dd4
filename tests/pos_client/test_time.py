"""Trusted time: what it follows, and what cannot move it."""

from hypothesis import given
from hypothesis import strategies as st

from domain.stamps import ZERO, tick
from pos_client.time_and_chance import TrustedTime, make_identifier
from tests.builders.terminal import START_MS
from tests.builders.till import HandClock, SeededEntropy

moves = st.lists(
    st.tuples(st.sampled_from(["pass", "set", "server"]), st.integers(0, 10_000_000)), max_size=30
)


def test_without_a_server_it_is_this_machines_clock() -> None:
    clock = HandClock()
    trusted = TrustedTime(clock)
    clock.advance(5_000)
    assert trusted.now_ms() == START_MS + 5_000


def test_it_begins_at_the_latest_stored_time() -> None:
    clock = HandClock()
    trusted = TrustedTime(clock, not_before_ms=START_MS + 60_000)
    assert trusted.now_ms() == START_MS + 60_000
    clock.advance(10)
    assert trusted.now_ms() == START_MS + 60_010


def test_a_clock_that_is_put_right_forwards_is_followed() -> None:
    """A machine that begins in 1970 and then hears of the time."""
    clock = HandClock(0)
    trusted = TrustedTime(clock)
    clock.set_wall(START_MS)
    assert trusted.now_ms() == START_MS


@given(moves)
def test_without_a_server_it_passes_at_least_as_the_steady_clock_does(
    steps: list[tuple[str, int]],
) -> None:
    clock = HandClock()
    trusted = TrustedTime(clock)
    for kind, amount_ms in steps:
        if kind == "pass":
            clock.advance(amount_ms)
        else:
            clock.set_wall(START_MS - 5_000_000 + amount_ms)
        passed_ms = clock.steady_ms - HandClock().steady_ms
        assert trusted.now_ms() >= START_MS + passed_ms


def test_after_the_server_spoke_only_elapsed_time_counts() -> None:
    clock = HandClock()
    trusted = TrustedTime(clock)
    trusted.set_from_server(START_MS - 3_600_000)
    clock.set_wall(START_MS + 86_400_000)
    clock.advance(1_000)
    assert trusted.now_ms() == START_MS - 3_600_000 + 1_000


@given(moves)
def test_stamps_rise_whatever_happens_to_the_time(steps: list[tuple[str, int]]) -> None:
    clock = HandClock()
    trusted, stamp = TrustedTime(clock), ZERO
    for kind, amount_ms in steps:
        if kind == "pass":
            clock.advance(amount_ms)
        elif kind == "set":
            clock.set_wall(START_MS - 5_000_000 + amount_ms)
        else:
            trusted.set_from_server(START_MS - 5_000_000 + amount_ms)
        following = tick(stamp, trusted.now_ms())
        assert following > stamp
        stamp = following


def test_identifiers_made_in_one_millisecond_differ() -> None:
    entropy = SeededEntropy()
    made = {make_identifier(START_MS, entropy) for _ in range(100)}
    assert len(made) == 100
