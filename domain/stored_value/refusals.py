"""Why something about stored value is refused at the counter: a closed list, with the figure."""

from enum import StrEnum

import msgspec

from domain.reasons import Reason


class StoredValueRefusal(StrEnum):
    ACCOUNT_FROZEN = "account_frozen"
    ACCOUNT_EXPIRED = "account_expired"
    BALANCE_NOT_ENOUGH = "balance_not_enough"
    GIFT_CARD_NOT_TOPPED_UP = "gift_card_not_topped_up"
    PLAN_UNKNOWN = "plan_unknown"
    PLAN_FOR_MEMBERS = "plan_for_members"
    PLAN_LIMIT_REACHED = "plan_limit_reached"
    FREE_TOP_UP_OFF = "free_top_up_off"
    AMOUNT_BELOW_LEAST = "amount_below_least"
    AMOUNT_ABOVE_MOST = "amount_above_most"
    AMOUNT_OFF_STEP = "amount_off_step"
    CARD_LIMIT_EXCEEDED = "card_limit_exceeded"
    PURCHASER_RECORD_NEEDED = "purchaser_record_needed"
    GIFT_CARDS_OFF = "gift_cards_off"
    FACE_NOT_OFFERED = "face_not_offered"
    NOTHING_TO_REFUND = "nothing_to_refund"
    GIFT_AS_PRINCIPAL = "gift_as_principal"


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """`limit_fen` is the amount that the refusal speaks of, 0 where it speaks of none."""

    reason: Reason | StoredValueRefusal
    limit_fen: int = 0
