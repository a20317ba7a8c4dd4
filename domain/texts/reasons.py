"""Why a rule was not used, and why points moved, in Chinese and English.

"{missing}" is an amount, "{quantity}" a count.
"""

from typing import Final

from domain.reasons import LedgerReason, Reason

REASON_TEXTS: Final[dict[Reason, tuple[str, str]]] = {
    Reason.OTHER_STORE: ("本店不参加", "Not in this store"),
    Reason.OTHER_CHANNEL: ("这个点单渠道不参加", "Not for this channel"),
    Reason.OTHER_ORDER_TYPE: ("这种用餐方式不参加", "Not for this kind of order"),
    Reason.TOO_FEW_GUESTS: ("用餐人数不够", "Too few guests"),
    Reason.OTHER_WEEKDAY: ("今天不参加", "Not on this weekday"),
    Reason.OUTSIDE_HOURS: ("不在活动时段", "Outside its hours"),
    Reason.OTHER_TIER: ("会员等级不符", "For another tier"),
    Reason.TAG_MISSING: ("不在活动人群内", "For other members"),
    Reason.NOT_FIRST_ORDER: ("仅限首单", "First order only"),
    Reason.NOT_BIRTHDAY: ("不在生日期间", "Not around the birthday"),
    Reason.NO_ITEM: ("没有适用的菜品", "No dish it applies to"),
    Reason.QUANTITY_NOT_MET: ("再点 {quantity} 份可用", "{quantity} more to use it"),
    Reason.THRESHOLD_NOT_MET: ("再点 ¥{missing} 可用", "¥{missing} more to use it"),
    Reason.LIMIT_PER_MEMBER: ("该会员已达使用次数上限", "This member has used it up"),
    Reason.LIMIT_PER_DAY: ("今天的次数已用完", "Used up for today"),
    Reason.QUOTA_USED_UP: ("名额已用完", "Its quota is used up"),
    Reason.BUDGET_USED_UP: ("活动预算已用完", "Its budget is used up"),
    Reason.UNITS_USED_UP: ("菜品已参加其他优惠", "The dishes are in another offer"),
    Reason.NOT_CHEAPER: ("不比现价便宜", "Not cheaper than now"),
    Reason.GIFT_NOT_ON_ORDER: ("可加点一份赠品", "Add the gift to the order"),
    Reason.STANDS_ALONE: ("不能与其他优惠同享，现有优惠更多", "Stands alone; the others save more"),
    Reason.OTHER_ALONE: ("已用的优惠不与其他同享", "The one in use stands alone"),
    Reason.REPLACED_BY_STAFF: ("已有手工优惠", "Replaced by a staff discount"),
    Reason.POINTS_EXCLUDED: ("所用优惠不可再用积分", "The offer in use takes no points"),
    Reason.REWARD_UNKNOWN: ("没有这项兑换", "No such reward"),
    Reason.NO_FEE: ("没有可免的费用", "No fee to take off"),
    Reason.OUTWEIGHED: ("已用更优惠的", "A better one is used"),
    Reason.NOTHING_LEFT_TO_REDUCE: ("没有可减的金额", "Nothing left to reduce"),
    Reason.NOT_YET_VALID: ("还没到使用时间", "Not valid yet"),
    Reason.EXPIRED: ("已过期", "Expired"),
    Reason.MEMBER_NEEDED: ("请先识别会员", "Find the member first"),
    Reason.OTHER_MEMBER: ("属于另一位会员", "Belongs to another member"),
    Reason.ALREADY_REDEEMED: ("已经用过", "Already used"),
    Reason.COUPON_LIMIT_REACHED: ("本单用券已达上限", "No more coupons on this order"),
    Reason.POINTS_NOT_ENOUGH: ("积分不足", "Not enough points"),
    Reason.POINTS_BELOW_STEP: ("所选积分不足一档", "Fewer points than one step"),
    Reason.POINTS_OFFLINE_LIMIT: ("离线可用积分已用完", "The offline points are used up"),
    Reason.POINTS_CAP_BELOW_STEP: (
        "订单金额太小，抵不了一档积分",
        "The order is too small for one step of points",
    ),
}

LEDGER_TEXTS: Final[dict[LedgerReason, tuple[str, str]]] = {
    LedgerReason.EARNED: ("消费得积分", "Earned"),
    LedgerReason.REDEEMED: ("积分抵现", "Paid with points"),
    LedgerReason.GRANTED: ("赠送积分", "Granted"),
    LedgerReason.EXCHANGED: ("积分兑换", "Exchanged for a reward"),
    LedgerReason.REVERSED: ("退款扣回积分", "Taken back by a refund"),
    LedgerReason.RETURNED: ("退还已用积分", "Given back by a refund"),
    LedgerReason.ADJUSTED: ("人工调整", "Adjusted by hand"),
    LedgerReason.FROZEN: ("冻结", "Frozen"),
    LedgerReason.UNFROZEN: ("解冻", "Unfrozen"),
    LedgerReason.EXPIRED: ("已过期", "Expired"),
}
