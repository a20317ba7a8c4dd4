"""Texts of the codes about stored value, Chinese and English, for `domain.wording` to take in.

`{limit}` is an amount as people write it, or a number of months or days; `{subject}` a plan or face
value.
"""

from typing import Final

from domain.stored_value.account import AccountKind, Movement
from domain.stored_value.facts import AdjustmentReason
from domain.stored_value.flaws import StoredValueFlaw
from domain.stored_value.refunds import BalanceRefundStepCode
from domain.stored_value.refusals import StoredValueRefusal

REFUSAL_TEXTS: Final[dict[StoredValueRefusal, tuple[str, str]]] = {
    StoredValueRefusal.ACCOUNT_FROZEN: (
        "账户已冻结，请先解冻。",
        "The account is frozen; release it first.",
    ),
    StoredValueRefusal.ACCOUNT_EXPIRED: (
        "卡已过有效期，余额仍在：请充值激活或退余额。",
        "The card has expired. The balance is still there: top it up again, or pay it out.",
    ),
    StoredValueRefusal.BALANCE_NOT_ENOUGH: (
        "余额不足，可用 ¥{limit}。",
        "The balance is too small; ¥{limit} can be used.",
    ),
    StoredValueRefusal.GIFT_CARD_NOT_TOPPED_UP: (
        "礼品卡不能充值，请另购一张。",
        "A gift card cannot be topped up. Sell another one.",
    ),
    StoredValueRefusal.PLAN_UNKNOWN: (
        "没有这个充值方案，请重新选择。",
        "There is no such top-up plan. Choose another one.",
    ),
    StoredValueRefusal.PLAN_FOR_MEMBERS: (
        "此方案仅限会员，请先识别会员。",
        "This plan is for members. Find the member first.",
    ),
    StoredValueRefusal.PLAN_LIMIT_REACHED: (
        "此方案的可用次数已用完。",
        "This plan was used as often as it may be.",
    ),
    StoredValueRefusal.FREE_TOP_UP_OFF: (
        "不能自定金额，请选择充值方案。",
        "Any amount is not possible. Choose a top-up plan.",
    ),
    StoredValueRefusal.AMOUNT_BELOW_LEAST: (
        "充值至少 ¥{limit}。",
        "Top up at least ¥{limit}.",
    ),
    StoredValueRefusal.AMOUNT_ABOVE_MOST: (
        "一次最多充值 ¥{limit}。",
        "Top up at most ¥{limit} at once.",
    ),
    StoredValueRefusal.AMOUNT_OFF_STEP: (
        "充值金额须为 ¥{limit} 的整数倍。",
        "The amount has to be a multiple of ¥{limit}.",
    ),
    StoredValueRefusal.CARD_LIMIT_EXCEEDED: (
        "充值后余额超过上限 ¥{limit}。",
        "The balance would be above the limit of ¥{limit}.",
    ),
    StoredValueRefusal.PURCHASER_RECORD_NEEDED: (
        "满 ¥{limit} 须先登记购卡人信息。",
        "From ¥{limit} on the purchaser has to be recorded first.",
    ),
    StoredValueRefusal.GIFT_CARDS_OFF: (
        "本店不售礼品卡。",
        "Gift cards are not sold here.",
    ),
    StoredValueRefusal.FACE_NOT_OFFERED: (
        "没有这个面值的礼品卡。",
        "There is no gift card of this face value.",
    ),
    StoredValueRefusal.NOTHING_TO_REFUND: (
        "没有可退的余额。",
        "There is no balance to pay out.",
    ),
    StoredValueRefusal.GIFT_AS_PRINCIPAL: (
        "补偿和返现只能记为赠送金。",
        "Goodwill and cash back can only be booked as bonus.",
    ),
}

FLAW_TEXTS: Final[dict[StoredValueFlaw, tuple[str, str]]] = {
    StoredValueFlaw.PLAN_TWICE: (
        "充值方案“{subject}”重复。",
        "The top-up plan “{subject}” is there twice.",
    ),
    StoredValueFlaw.PLAN_ABOVE_CARD_LIMIT: (
        "充值方案“{subject}”超过单卡上限 ¥{limit}。",
        "The top-up plan “{subject}” is above the card limit of ¥{limit}.",
    ),
    StoredValueFlaw.FREE_RANGE_EMPTY: (
        "自定金额的最小、最大与步长没有可用的金额。",
        "No free amount fits least, most and step.",
    ),
    StoredValueFlaw.FREE_ABOVE_CARD_LIMIT: (
        "自定金额的最大值超过单卡上限 ¥{limit}。",
        "The largest free amount is above the card limit of ¥{limit}.",
    ),
    StoredValueFlaw.NAMED_EXPIRES: (
        "记名账户不得设有效期。",
        "A named account must not expire.",
    ),
    StoredValueFlaw.UNNAMED_EXPIRES_EARLY: (
        "不记名卡的有效期至少 {limit} 个月。",
        "An unnamed card has to be valid for at least {limit} months.",
    ),
    StoredValueFlaw.GIFT_CARD_EXPIRES_EARLY: (
        "礼品卡的有效期至少 {limit} 个月。",
        "A gift card has to be valid for at least {limit} months.",
    ),
    StoredValueFlaw.COOLING_OFF_TOO_SHORT: (
        "未使用可全额退款的期限至少 {limit} 天。",
        "An unused top-up has to be refundable in full for at least {limit} days.",
    ),
    StoredValueFlaw.GIFT_PREFIX_LIKE_BARCODE: (
        "礼品卡前缀“{subject}”会与商品条码混淆，请用 2 到 6 个大写字母。",
        "The gift card prefix “{subject}” could be a barcode; use two to six capital letters.",
    ),
    StoredValueFlaw.GIFT_FACE_TWICE: (
        "礼品卡面值“{subject}”重复。",
        "The gift card value “{subject}” is there twice.",
    ),
    StoredValueFlaw.GIFT_FACE_ABOVE_CARD_LIMIT: (
        "礼品卡面值“{subject}”超过单卡上限 ¥{limit}。",
        "The gift card value “{subject}” is above the card limit of ¥{limit}.",
    ),
    StoredValueFlaw.GIFT_PRICE_ABOVE_FACE: (
        "礼品卡“{subject}”的售价高于面值。",
        "The gift card “{subject}” costs more than its face value.",
    ),
}

REFUND_STEP_TEXTS: Final[dict[BalanceRefundStepCode, tuple[str, str]]] = {
    BalanceRefundStepCode.PAID_IN: ("实付本金", "Paid in"),
    BalanceRefundStepCode.USED_PRINCIPAL: ("已用本金", "Principal used"),
    BalanceRefundStepCode.BONUS_OVERDRAWN: ("赠送金超用", "Bonus overdrawn"),
    BalanceRefundStepCode.USED_AT_DISCOUNT: (
        "已消费 ¥{of}，按实付比例计",
        "Used ¥{of}, counted at the discount had",
    ),
    BalanceRefundStepCode.USED_AT_FULL_PRICE: ("已消费，按原价计", "Used, counted at full price"),
    BalanceRefundStepCode.NOT_BELOW_ZERO: ("不足部分不追收", "What is short is not asked for"),
    BalanceRefundStepCode.SOLD_BELOW_FACE: (
        "¥{of} 按售卡折扣折算",
        "¥{of} at the price the card was sold for",
    ),
    BalanceRefundStepCode.AT_MOST_PAID_IN: (
        "以尚未退还的实付 ¥{of} 为限",
        "At most what was paid and not yet returned, ¥{of}",
    ),
    BalanceRefundStepCode.PAID_OUT: ("应退金额", "Paid out"),
    BalanceRefundStepCode.IN_COOLING_OFF: (
        "未使用且在期限内，全额退还",
        "Nothing used and within the time: all is returned",
    ),
    BalanceRefundStepCode.BONUS_TAKEN_OFF: ("扣回赠送金", "Bonus taken off"),
}

MOVEMENT_TEXTS: Final[dict[Movement, tuple[str, str]]] = {
    Movement.TOPPED_UP: ("充值", "Topped up"),
    Movement.SPENT: ("消费", "Spent"),
    Movement.GIVEN_BACK: ("退款退回", "Given back"),
    Movement.WITHDRAWN: ("退余额", "Paid out"),
    Movement.ADJUSTED: ("调整", "Adjusted"),
    Movement.EXPIRED: ("过期", "Expired"),
}

ADJUSTMENT_TEXTS: Final[dict[AdjustmentReason, tuple[str, str]]] = {
    AdjustmentReason.CORRECTION: ("更正", "Correction"),
    AdjustmentReason.REPLACEMENT: ("补卡转入转出", "Card replaced"),
    AdjustmentReason.GOODWILL: ("补偿", "Goodwill"),
    AdjustmentReason.CASH_BACK: ("储值返现", "Cash back"),
    AdjustmentReason.EXPIRED: ("过期核销", "Written off as expired"),
}

KIND_TEXTS: Final[dict[AccountKind, tuple[str, str]]] = {
    AccountKind.NAMED: ("记名账户", "Named account"),
    AccountKind.UNNAMED: ("不记名卡", "Unnamed card"),
    AccountKind.GIFT_CARD: ("礼品卡", "Gift card"),
}
