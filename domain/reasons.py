"""Why a rule was not used and why a balance moved: closed lists with texts in `domain.wording`."""

from enum import StrEnum


class Reason(StrEnum):
    """Why a rule that might have helped the guest was not used on this order."""

    THRESHOLD_NOT_MET = "threshold_not_met"
    OUTWEIGHED = "outweighed"
    NOTHING_LEFT_TO_REDUCE = "nothing_left_to_reduce"
    NOT_YET_VALID = "not_yet_valid"
    EXPIRED = "expired"
    MEMBER_NEEDED = "member_needed"
    OTHER_MEMBER = "other_member"
    ALREADY_REDEEMED = "already_redeemed"
    COUPON_LIMIT_REACHED = "coupon_limit_reached"
    POINTS_NOT_ENOUGH = "points_not_enough"
    POINTS_BELOW_STEP = "points_below_step"
    POINTS_OFFLINE_LIMIT = "points_offline_limit"
    POINTS_CAP_BELOW_STEP = "points_cap_below_step"


class LedgerReason(StrEnum):
    """What a points ledger line stands for."""

    EARNED = "earned"
    REDEEMED = "redeemed"
