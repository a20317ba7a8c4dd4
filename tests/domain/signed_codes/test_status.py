"""The status list: two bits a coupon, and what it says when it is old."""

from hypothesis import given
from hypothesis import strategies as st

from domain.identifiers import BrandId
from domain.signed_codes.status import (
    LARGEST_LIST,
    SMALLEST_LIST,
    STATUS_VALID_MS,
    CouponStatus,
    build_list,
    status_at,
)

BRAND = BrandId("brand")
KINDS = st.sampled_from([CouponStatus.USED, CouponStatus.REVOKED])


@given(st.dictionaries(st.integers(0, 300_000), KINDS, max_size=50))
def test_each_coupon_has_its_own_status(positions: dict[int, CouponStatus]) -> None:
    held = build_list(BRAND, positions, length=300_001, now_ms=1_000)
    for position in {*positions, *(place + 1 for place in positions), 0, 300_000}:
        expected = positions.get(position, CouponStatus.UNUSED)
        assert status_at(held, position, 1_000) is expected


def test_nothing_is_said_of_coupons_outside_the_list_or_without_one() -> None:
    held = build_list(BRAND, {}, length=1, now_ms=0)
    assert status_at(held, SMALLEST_LIST - 1, 0) is CouponStatus.UNUSED
    assert status_at(held, SMALLEST_LIST, 0) is CouponStatus.UNKNOWN
    assert status_at(None, 0, 0) is CouponStatus.UNKNOWN


def test_after_a_day_used_stays_used_and_unused_is_not_believed() -> None:
    held = build_list(BRAND, {1: CouponStatus.USED}, length=2, now_ms=0)
    assert status_at(held, 0, STATUS_VALID_MS) is CouponStatus.UNUSED
    assert status_at(held, 0, STATUS_VALID_MS + 1) is CouponStatus.UNKNOWN
    assert status_at(held, 1, STATUS_VALID_MS + 1) is CouponStatus.USED


def test_the_length_tells_nothing_of_how_many_coupons_there_are() -> None:
    few = build_list(BRAND, {}, length=3, now_ms=0)
    more = build_list(BRAND, {}, length=100_000, now_ms=0)
    assert len(few.bits) == len(more.bits) == SMALLEST_LIST // 4


def test_of_very_many_coupons_the_newest_are_in_the_list() -> None:
    length = LARGEST_LIST + 10
    held = build_list(BRAND, {length - 1: CouponStatus.USED}, length=length, now_ms=0)
    assert status_at(held, length - 1, 0) is CouponStatus.USED
    assert status_at(held, 9, 0) is CouponStatus.UNKNOWN
    assert status_at(held, 10, 0) is CouponStatus.UNUSED
