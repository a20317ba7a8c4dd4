"""Codes, nonces and limits, on their own."""

import hashlib
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import ErrorCode, TillfoldError
from sync_server.authentication.codes import (
    COUPON_CODE_LENGTH,
    COUPON_LETTERS,
    check_letter,
    new_coupon_code,
    new_enrolment_code,
    new_token,
    normalise_enrolment_code,
)
from sync_server.authentication.keys import ServerKeys
from sync_server.authentication.nonces import Nonces
from sync_server.authentication.pins import hash_pin
from sync_server.authentication.rate_limits import RateLimit

_MINUTE_MS = 60_000
seeds = st.binary(min_size=1, max_size=16)


def entropy_of(seed: bytes, count: int) -> bytes:
    return hashlib.shake_256(seed).digest(count)


@given(seeds, st.data())
def test_a_coupon_code_shows_a_wrong_letter_and_a_swap(seed: bytes, data: st.DataObject) -> None:
    code = new_coupon_code(lambda count: entropy_of(seed, count))
    assert len(code) == COUPON_CODE_LENGTH
    assert set(code) <= set(COUPON_LETTERS)
    assert check_letter(code[:-1]) == code[-1]
    place = data.draw(st.integers(0, len(code) - 2))
    other = data.draw(st.sampled_from(COUPON_LETTERS))
    wrong = code[:place] + other + code[place + 1 : -1]
    assert (check_letter(wrong) == code[-1]) == (wrong == code[:-1])
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    if swapped != code and place < len(code) - 2:
        assert check_letter(swapped[:-1]) != code[-1]


@given(seeds)
def test_an_enrolment_code_survives_being_read_aloud(seed: bytes) -> None:
    code = new_enrolment_code(lambda count: entropy_of(seed, count))
    plain = code.replace("-", "")
    assert len(plain) == 26
    for heard in (code.lower(), code.replace("-", " "), plain.replace("1", "l").replace("0", "O")):
        assert normalise_enrolment_code(heard) == plain


def test_codes_hold_all_of_their_entropy() -> None:
    single_bits = [(1 << bit).to_bytes(16, "big") for bit in range(128)]
    codes = {new_enrolment_code(partial(_give, bits)) for bits in single_bits}
    assert len(codes) == 128
    assert len(new_token(bytes)) == 43


def _give(bits: bytes, _count: int) -> bytes:
    return bits


@given(st.integers(0, 1 << 45), st.integers(0, 10 * _MINUTE_MS))
def test_a_nonce_holds_for_at_least_four_and_less_than_five_minutes(
    issued_ms: int, later_ms: int
) -> None:
    nonces = Nonces(b"secret")
    accepted = nonces.accepts(nonces.issue(issued_ms), issued_ms + later_ms)
    if later_ms <= 4 * _MINUTE_MS:
        assert accepted
    if later_ms >= 5 * _MINUTE_MS:
        assert not accepted


def test_a_nonce_of_another_server_or_of_the_future_is_refused() -> None:
    assert not Nonces(b"one").accepts(Nonces(b"two").issue(0), 0)
    assert not Nonces(b"one").accepts(Nonces(b"one").issue(_MINUTE_MS), 0)


def test_a_limit_is_each_caller_s_own_and_ends_with_its_minute() -> None:
    limit = RateLimit(2)
    assert [limit.allows("a", 0), limit.allows("a", 1), limit.allows("a", 2)] == [True, True, False]
    assert limit.allows("b", 2)
    assert not limit.allows("a", _MINUTE_MS - 1)
    assert limit.allows("a", _MINUTE_MS)


def test_a_clock_that_was_set_back_locks_nobody_out() -> None:
    limit = RateLimit(1)
    assert limit.allows("a", 3_600_000)
    assert limit.allows("a", 0)
    assert not limit.allows("a", 1)


def test_a_limit_remembers_a_bounded_number_of_callers() -> None:
    limit = RateLimit(1)
    for caller in range(20_000):
        limit.allows(str(caller), 0)
    assert len(limit._windows) == 10_000


@pytest.mark.parametrize("pin", ["000000", "234567", "987654", "12345", "1234567", "12a456", ""])
def test_weak_pins_are_refused(pin: str) -> None:
    with pytest.raises(TillfoldError) as refused:
        hash_pin(pin, salt=bytes(16))
    assert refused.value.code is ErrorCode.PIN_TOO_WEAK


def test_each_purpose_has_a_key_of_its_own() -> None:
    keys = ServerKeys(bytes(32))
    assert len({keys.nonces, keys.hash_enrolment_code("x"), keys.hash_token("x")}) == 3
