"""Texts of the codes about passes, Chinese and English, for `domain.wording` to take in."""

from typing import Final

from domain.passes.flaws import PassFlaw
from domain.passes.refunds import PassRefundStepCode
from domain.passes.refusals import PassRefusal

REFUSAL_TEXTS: Final[dict[PassRefusal, tuple[str, str]]] = {
    PassRefusal.UNKNOWN: (
        "没有找到这张次卡，请联网后再试。",
        "This pass is not known here. Try again when online.",
    ),
    PassRefusal.ALREADY_REFUNDED: ("此卡已退，不能再用。", "This pass was paid out."),
    PassRefusal.NO_USES_LEFT: ("次数已用完。", "No uses are left."),
    PassRefusal.CARD_LIMIT_EXCEEDED: (
        "售价超过单卡上限 ¥{limit}。",
        "The price is above the card limit of ¥{limit}.",
    ),
    PassRefusal.PURCHASER_RECORD_NEEDED: (
        "满 ¥{limit} 须先登记购卡人信息。",
        "From ¥{limit} on the purchaser has to be recorded first.",
    ),
    PassRefusal.NOTHING_TO_REFUND: (
        "没有可退的金额。",
        "There is nothing to pay out.",
    ),
}

FLAW_TEXTS: Final[dict[PassFlaw, tuple[str, str]]] = {
    PassFlaw.TEMPLATE_TWICE: (
        "次卡“{subject}”重复。",
        "The pass “{subject}” is there twice.",
    ),
    PassFlaw.NEVER_ENDS: (
        "“{subject}”不限次数，须有到期日。",
        "“{subject}” has no limit of uses, so it needs an end.",
    ),
    PassFlaw.COVERS_NOTHING: (
        "“{subject}”的菜品全被排除。",
        "“{subject}” excludes every dish that it names.",
    ),
    PassFlaw.PRICE_ABOVE_CARD_LIMIT: (
        "“{subject}”的售价超过单卡上限 ¥{limit}。",
        "The price of “{subject}” is above the card limit of ¥{limit}.",
    ),
    PassFlaw.LIST_PRICE_MISSING: (
        "“{subject}”退卡按原价计，须填写单次原价。",
        "“{subject}” counts uses at list price when refunded, so it needs one.",
    ),
    PassFlaw.COOLING_OFF_TOO_SHORT: (
        "“{subject}”未使用可全额退款的期限至少 {limit} 天。",
        "“{subject}” has to be refundable in full, unused, for at least {limit} days.",
    ),
}

REFUND_STEP_TEXTS: Final[dict[PassRefundStepCode, tuple[str, str]]] = {
    PassRefundStepCode.PAID: ("购卡实付", "Paid for the pass"),
    PassRefundStepCode.ALREADY_PAID_OUT: ("此前已退", "Paid out before"),
    PassRefundStepCode.USED_AT_LIST: (
        "已用 {count} 次，按原价计",
        "{count} used, counted at list price",
    ),
    PassRefundStepCode.USED_AT_AVERAGE: (
        "已用 {count} 次，按均价计",
        "{count} used, counted at the pass's own price",
    ),
    PassRefundStepCode.DAYS_GONE: ("已过 {count} 天", "{count} days gone"),
    PassRefundStepCode.PAID_OUT: ("应退金额", "Paid out"),
    PassRefundStepCode.IN_COOLING_OFF: (
        "未使用且在期限内，全额退还",
        "Nothing used and within the time: all is returned",
    ),
}
