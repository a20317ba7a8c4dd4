"""What facts are called where people read about them; others show their wire name."""

from typing import Final

FACT_TEXTS: Final[dict[str, tuple[str, str]]] = {
    "member_enrolled": ("登记会员", "Member enrolled"),
    "member_closed": ("注销会员", "Account closed"),
    "members_merged": ("合并会员", "Members merged"),
    "members_parted": ("拆分会员", "Members parted"),
    "members_kept_apart": ("确认不是同一会员", "Members kept apart"),
    "member_frozen": ("冻结会员账户", "Account frozen"),
    "member_unfrozen": ("解冻会员账户", "Account unfrozen"),
    "points_adjusted": ("调整积分", "Points adjusted"),
    "reward_exchanged": ("积分兑换", "Reward exchanged"),
    "topped_up": ("储值充值", "Topped up"),
    "balance_refunded": ("储值退款", "Balance refunded"),
    "balance_adjusted": ("调整储值", "Balance adjusted"),
    "account_frozen": ("冻结或解冻储值账户", "Stored-value account frozen or unfrozen"),
    "pass_sold": ("售出次卡", "Pass sold"),
    "pass_refunded": ("次卡退款", "Pass refunded"),
    "sale_closed": ("收款结单", "Sale closed"),
    "refund_made": ("退款", "Refund made"),
    "coupon_issued": ("发券", "Coupon issued"),
    "coupon_revoked": ("作废券", "Coupon revoked"),
    "coupon_transferred": ("转赠券", "Coupon transferred"),
    "menu_published": ("发布菜单", "Menu published"),
    "rules_published": ("发布规则", "Rules published"),
    "sale_repriced": ("总部复核价格", "Priced again by head office"),
    "case_decided": ("裁定事项", "Case decided"),
    "drawer_opened": ("无销售开钱箱", "Drawer opened without a sale"),
    "journal_forked": ("日志分叉", "Journal forked"),
    "epoch_begun": ("日志新一期开始", "Epoch of the journal begun"),
    "journal_taken_back": ("取回丢失的日志", "Lost end of the journal taken back"),
}
