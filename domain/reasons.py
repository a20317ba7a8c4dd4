"""Why a rule was not used and why a balance moved: closed lists with texts in `domain.wording`."""

from enum import StrEnum


class Reason(StrEnum):
    """Why a rule that might have helped the guest was not used on this order."""

    OTHER_STORE = "other_store"
    OTHER_CHANNEL = "other_channel"
    OTHER_ORDER_TYPE = "other_order_type"
    TOO_FEW_GUESTS = "too_few_guests"
    OTHER_WEEKDAY = "other_weekday"
    OUTSIDE_HOURS = "outside_hours"
    OTHER_TIER = "other_tier"
    TAG_MISSING = "tag_missing"
    NOT_FIRST_ORDER = "not_first_order"
    NOT_BIRTHDAY = "not_birthday"
    NO_ITEM = "no_item"
    QUANTITY_NOT_MET = "quantity_not_met"
    THRESHOLD_NOT_MET = "threshold_not_met"
    LIMIT_PER_MEMBER = "limit_per_member"
    LIMIT_PER_DAY = "limit_per_day"
    QUOTA_USED_UP = "quota_used_up"
    BUDGET_USED_UP = "budget_used_up"
    UNITS_USED_UP = "units_used_up"
    NOT_CHEAPER = "not_cheaper"
    GIFT_NOT_ON_ORDER = "gift_not_on_order"
    STANDS_ALONE = "stands_alone"
    OTHER_ALONE = "other_alone"
    REPLACED_BY_STAFF = "replaced_by_staff"
    POINTS_EXCLUDED = "points_excluded"
    REWARD_UNKNOWN = "reward_unknown"
    NO_FEE = "no_fee"
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
