"""What became of a brand's coupons, two bits each, signed (after W3C Bitstring Status List 1.0)."""

from collections.abc import Mapping
from enum import IntEnum
from typing import Annotated, Final

import msgspec

from domain.identifiers import BrandId

# A list begins at this size, so that its length tells nothing of how many coupons there are.
SMALLEST_LIST: Final = 131_072
LARGEST_LIST: Final = 4 * 1024 * 1024
STATUS_VALID_MS: Final = 24 * 60 * 60 * 1000
_BITS: Final = 2
_IN_A_BYTE: Final = 4
_MASK: Final = 0b11


class CouponStatus(IntEnum):
    """UNKNOWN is never in a list: it is the answer where no list can tell."""

    UNUSED = 0
    USED = 1
    REVOKED = 2
    UNKNOWN = 3


class StatusList(msgspec.Struct, frozen=True, array_like=True, kw_only=True):
    """The coupons at positions `first`, `first + 1`, …; four of them a byte, lowest bits first."""

    brand: BrandId
    issued_ms: int
    valid_until_ms: int
    first: int
    bits: Annotated[bytes, msgspec.Meta(max_length=LARGEST_LIST // _IN_A_BYTE)]


def build_list(
    brand: BrandId, positions: Mapping[int, CouponStatus], *, length: int, now_ms: int
) -> StatusList:
    """The list over `length` coupons; those that `positions` does not name are unused.

    Of more than LARGEST_LIST coupons the newest ones are in it.
    """
    first = max(0, length - LARGEST_LIST)
    size = min(LARGEST_LIST, -(-max(1, length - first) // SMALLEST_LIST) * SMALLEST_LIST)
    bits = bytearray(size // _IN_A_BYTE)
    for position, status in positions.items():
        place = position - first
        if 0 <= place < size:
            bits[place // _IN_A_BYTE] |= status << _BITS * (place % _IN_A_BYTE)
    return StatusList(
        brand=brand,
        issued_ms=now_ms,
        valid_until_ms=now_ms + STATUS_VALID_MS,
        first=first,
        bits=bytes(bits),
    )


def status_at(held: StatusList | None, position: int, now_ms: int) -> CouponStatus:
    """What is known of a coupon now. Used and revoked stay so; unused is believed for a day."""
    if held is None or not 0 <= (place := position - held.first) < len(held.bits) * _IN_A_BYTE:
        return CouponStatus.UNKNOWN
    byte = held.bits[place // _IN_A_BYTE]
    found = CouponStatus(byte >> _BITS * (place % _IN_A_BYTE) & _MASK)
    stale = found is CouponStatus.UNUSED and now_ms > held.valid_until_ms
    return CouponStatus.UNKNOWN if stale else found


def status_text(content: bytes) -> bytes:
    """What the server signs for an encoded StatusList."""
    return b"tillfold coupon status 1\0" + content
