"""Hybrid logical clock (Kulkarni et al., 2014): trusted milliseconds and a counter in one integer.

A stamp is `milliseconds << 16 | counter`. It decides between edits of one field and is shown to
people; it never decides the order of a ledger.
"""

from typing import Final, NewType

Stamp = NewType("Stamp", int)

ZERO: Final = Stamp(0)
COUNTER_BITS: Final = 16
# A remote stamp further ahead than this advances nobody's clock (Actual Budget PRs 8904, 8905).
LARGEST_LEAD_MS: Final = 5 * 60 * 1000


def stamp_at(unix_ms: int) -> Stamp:
    return Stamp(unix_ms << COUNTER_BITS)


def milliseconds_of(stamp: Stamp) -> int:
    return stamp >> COUNTER_BITS


def tick(last: Stamp, trusted_now_ms: int) -> Stamp:
    """The stamp of a local event: later than `last`, and not before the trusted time."""
    return Stamp(max(last + 1, stamp_at(trusted_now_ms)))


def receive(last: Stamp, remote: Stamp, trusted_now_ms: int) -> Stamp:
    """The clock after a remote stamp was seen; a stamp too far ahead is ignored."""
    if milliseconds_of(remote) > trusted_now_ms + LARGEST_LEAD_MS:
        return last
    return max(last, remote)
