"""Texts of the steps and kinds of refunds, Chinese and English, for `domain.wording` to take in.

`{subject}` is a dish, a rule, a coupon or a tender in words, `{amount}` an amount without its sign,
`{count}` units, uses or points.
"""

from typing import Final

from domain.refunds.refund import RefundKind
from domain.refunds.steps import RefundStepCode

REFUND_KIND_TEXTS: Final[dict[RefundKind, tuple[str, str]]] = {
    RefundKind.REFUND: ("退款", "Refund"),
    RefundKind.VOID: ("整单作废", "Void of a closed bill"),
}

REFUND_STEP_TEXTS: Final[dict[RefundStepCode, tuple[str, str]]] = {
    RefundStepCode.LINE: ("{subject} × {count}", "{subject} × {count}"),
    RefundStepCode.FEES: ("附加费", "Fees"),
    RefundStepCode.TIP: ("小费", "Tip"),
    RefundStepCode.THRESHOLD_LOST: (
        "未达“{subject}”门槛，留下的菜品补回优惠",
        "Below the threshold of “{subject}”: its saving on what is kept",
    ),
    RefundStepCode.GIFT_KEPT: (
        "“{subject}”的赠品留下，按价收取",
        "The gift of “{subject}” is kept, at its price",
    ),
    RefundStepCode.CHARGE_RETURNED: (
        "退回此前补收的“{subject}”",
        "Charged before for “{subject}”, given back",
    ),
    RefundStepCode.ALREADY_PAID: ("此前已多退", "Paid back too much before"),
    RefundStepCode.POINTS_IN_MONEY: (
        "积分不足，{count} 积分折现扣下",
        "Kept back for {count} points that are spent already",
    ),
    RefundStepCode.TOTAL: ("退回合计", "Total given back"),
    RefundStepCode.TO_TENDER: ("退回{subject}", "To {subject}"),
    RefundStepCode.IN_CASH: ("{subject}改退现金", "In cash, was paid by {subject}"),
    RefundStepCode.TO_BONUS: ("退回赠送金", "To the bonus money"),
    RefundStepCode.TO_PASS: ("次卡退回 {count} 次", "{count} uses back to the pass"),
    RefundStepCode.CHARGE_OPEN: (
        "“{subject}”还有 ¥{amount} 未能补收",
        "¥{amount} of “{subject}” could not be charged",
    ),
    RefundStepCode.POINTS_TAKEN: ("扣回 {count} 积分", "{count} points taken back"),
    RefundStepCode.POINTS_OPEN: (
        "{count} 积分未扣回，待审核",
        "{count} points not taken back, for review",
    ),
    RefundStepCode.POINTS_GIVEN: ("退还 {count} 积分", "{count} points given back"),
    RefundStepCode.GROWTH_TAKEN: ("扣回 {count} 成长值", "{count} growth value taken back"),
    RefundStepCode.COUPON_RETURNED: ("券已退回，可再次使用", "The coupon may be used again"),
    RefundStepCode.COUPON_KEPT: ("券不退回", "The coupon does not come back"),
    RefundStepCode.FEES_KEPT: ("附加费不退", "Fees are not refunded"),
    RefundStepCode.TIP_KEPT: ("小费不退", "The tip is not refunded"),
}
