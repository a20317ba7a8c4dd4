"""What a case for review tells, in Chinese and English."""

from typing import Final

from domain.cases.kinds import CaseKind, Decision

CASE_TEXTS: Final[dict[CaseKind, tuple[str, str]]] = {
    CaseKind.STORED_VALUE_OVERSPENT: (
        "储值透支，由后续充值抵扣",
        "More stored value was spent than the account held; top-ups pay it off",
    ),
    CaseKind.ACCOUNT_SPENT_WHILE_FROZEN: (
        "挂失或冻结后仍有消费",
        "The account was spent from after it was frozen",
    ),
    CaseKind.JOURNAL_FORKED: (
        "同一台收银机有两份日志（旧备份或复制的机器），两份都已入账，请查明",
        "One till has two journals (an old backup, or a copied machine); both count; look into it",
    ),
    CaseKind.JOURNAL_CUT: (
        "收银机丢过最后一段日志，已从服务器取回，未上传的可能已丢失",
        "A till lost the end of its journal; what it had handed in is back, the rest may be lost",
    ),
    CaseKind.PASS_OVERUSED: (
        "次卡用超次数",
        "The pass was used more often than it was bought for",
    ),
    CaseKind.SALE_PRICED_DIFFERENTLY: (
        "订单价格与当时发布的菜单和规则不符，请核对",
        "An order costs something else than the menu and rules that it names",
    ),
    CaseKind.OVER_REFUNDED: (
        "同一订单退多了，多退的记为损失",
        "More was refunded than was sold; the excess is booked as a loss",
    ),
    CaseKind.POINTS_NOT_TAKEN_BACK: (
        "退款应扣的积分已被花掉，未扣回部分待处理",
        "Points that a refund should take back are spent; the rest waits for a decision",
    ),
    CaseKind.SPENT_WHILE_FROZEN: (
        "账户冻结后仍有消费，请核对",
        "Something was spent from an account after it was frozen",
    ),
    CaseKind.MERGED_AND_CLOSED: (
        "已注销的会员仍与另一会员合并，请拆分或一并注销",
        "A closed account is still merged with another one; part them, or close both",
    ),
    CaseKind.COUPON_REDEEMED_TWICE: (
        "一张券在两处被使用，后一笔优惠记为损失",
        "One coupon was used twice; the later saving is booked as a loss",
    ),
    CaseKind.COUPON_USED_AFTER_REVOCATION: (
        "券作废后仍被使用，请核对",
        "A coupon was used after it was revoked",
    ),
    CaseKind.COUPON_USED_AFTER_TRANSFER: (
        "券已转给他人，原持有人又使用了",
        "A coupon was used by somebody else after it was transferred",
    ),
    CaseKind.COUPON_USED_AFTER_EXPIRY: (
        "券过期后仍被使用，请核对",
        "A coupon was used after it had expired",
    ),
    CaseKind.POINTS_OVERSPENT: (
        "积分用超了，以后所得积分先抵回",
        "More points were used than there were; later earning works it off",
    ),
    CaseKind.MEMBER_ENROLLED_TWICE: (
        "同一手机号登记了两次，已并为一位会员",
        "One phone number was enrolled twice; it is one member now",
    ),
    CaseKind.MENU_NOT_APPLIED: (
        "门店导入的菜单未生效，以总部菜单为准",
        "A store's menu was not applied; head office's menu holds",
    ),
}

DECISION_TEXTS: Final[dict[Decision, tuple[str, str]]] = {
    Decision.STORE_LOSS: ("记为门店损失", "The store bears it"),
    Decision.CAMPAIGN_LOSS: ("记为活动成本", "The campaign bears it"),
    Decision.CHARGED: ("已收回", "It was paid"),
    Decision.NOTED: ("已知悉，无需承担", "Noted; nobody has to bear it"),
}
