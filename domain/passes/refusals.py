"""Why a pass is refused at the counter; where it is a condition that fails, its `Reason`."""

from enum import StrEnum

import msgspec

from domain.reasons import Reason


class PassRefusal(StrEnum):
    UNKNOWN = "unknown"
    ALREADY_REFUNDED = "already_refunded"
    NO_USES_LEFT = "no_uses_left"
    CARD_LIMIT_EXCEEDED = "card_limit_exceeded"
    PURCHASER_RECORD_NEEDED = "purchaser_record_needed"
    NOTHING_TO_REFUND = "nothing_to_refund"


class PassRefused(msgspec.Struct, frozen=True, kw_only=True):
    """`limit_fen` is the amount that the refusal speaks of, 0 where it speaks of none."""

    reason: Reason | PassRefusal
    limit_fen: int = 0
