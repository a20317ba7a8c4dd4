"""Identifiers, each kind a type of its own. New ones are UUIDv7 (RFC 9562, section 5.7)."""

from typing import Final, NewType
from uuid import UUID

BrandId = NewType("BrandId", str)
StoreId = NewType("StoreId", str)
TerminalId = NewType("TerminalId", str)
StaffId = NewType("StaffId", str)
MemberId = NewType("MemberId", str)
CouponId = NewType("CouponId", str)
SaleId = NewType("SaleId", str)
ItemId = NewType("ItemId", str)
RuleId = NewType("RuleId", str)
TierId = NewType("TierId", str)
RewardId = NewType("RewardId", str)
PlanId = NewType("PlanId", str)
AccountId = NewType("AccountId", str)
PassId = NewType("PassId", str)
RoleId = NewType("RoleId", str)
RefundId = NewType("RefundId", str)

ENTROPY_BYTES: Final = 10

# The journal in which a brand's head office writes its decisions; no till can be called so.
HEAD_OFFICE: Final = TerminalId("head-office")


def new_identifier(unix_ms: int, entropy: bytes) -> str:
    """A UUIDv7 in its usual text form: it sorts by time of making.

    Raises:
        ValueError: entropy of another length than ten bytes, or a time outside 48 bits.
    """
    if len(entropy) != ENTROPY_BYTES or not 0 <= unix_ms < 1 << 48:
        raise ValueError((unix_ms, len(entropy)))
    random_a = int.from_bytes(entropy[:2], "big") & 0x0FFF
    random_b = int.from_bytes(entropy[2:], "big") & (1 << 62) - 1
    return str(UUID(int=unix_ms << 80 | 0x7 << 76 | random_a << 64 | 0b10 << 62 | random_b))
