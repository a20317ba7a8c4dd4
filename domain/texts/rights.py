"""What rights and the flaws of roles are called, in Chinese and English."""

from typing import Final

from domain.rights import Right, RoleFlawKind

RIGHT_TEXTS: Final[dict[Right, tuple[str, str]]] = {
    Right.SELL: ("收银", "Sell"),
    Right.GIVE_DISCOUNT: ("手动打折", "Give a discount"),
    Right.COMP: ("免单、赠菜", "Comp a dish or an order"),
    Right.WAIVE_FEE: ("免收附加费", "Waive a fee"),
    Right.PRICE_BY_HAND: ("手动改价", "Set a price by hand"),
    Right.VOID_SENT_LINE: ("退已下单的菜", "Void a line after it was sent"),
    Right.REFUND: ("退款", "Refund"),
    Right.REPRINT: ("补打小票", "Reprint a receipt"),
    Right.ENROL_MEMBER: ("登记会员", "Enrol a member"),
    Right.EDIT_MEMBER: ("修改会员资料", "Edit a member"),
    Right.SEE_FULL_PHONE: ("查看完整手机号", "See whole phone numbers"),
    Right.FREEZE_ACCOUNT: ("冻结、解冻账户", "Freeze and unfreeze an account"),
    Right.MERGE_MEMBERS: ("合并会员", "Merge members"),
    Right.CLOSE_MEMBER: ("注销会员", "Close a member's account"),
    Right.SET_TIER: ("手动定等级", "Set a tier by hand"),
    Right.ADJUST_POINTS: ("调整积分", "Adjust points"),
    Right.TOP_UP: ("储值充值", "Top up"),
    Right.SELL_GIFT_CARD: ("售卖礼品卡", "Sell a gift card"),
    Right.REFUND_BALANCE: ("退储值余额", "Refund a balance"),
    Right.ADJUST_STORED_VALUE: ("调整储值", "Adjust stored value"),
    Right.ISSUE_COUPON: ("发放优惠券", "Issue a coupon"),
    Right.OPEN_DRAWER: ("无销售开钱箱", "Open the drawer without a sale"),
    Right.OPEN_SHIFT: ("开班", "Open a shift"),
    Right.CLOSE_SHIFT: ("交班", "Close a shift"),
    Right.PAID_IN: ("钱箱存入", "Pay into the drawer"),
    Right.PAID_OUT: ("钱箱支出", "Pay out of the drawer"),
    Right.X_REPORT: ("中间报表（X）", "X report"),
    Right.Z_REPORT: ("日结报表（Z）", "Z report"),
    Right.SEE_REPORTS: ("查看经营报表", "See reports"),
    Right.DECIDE_CASES: ("处理待审核事项", "Decide cases"),
    Right.IMPORT_DATA: ("导入数据", "Import data"),
    Right.EXPORT_DATA: ("导出数据", "Export data"),
    Right.MANAGE_STAFF: ("管理员工", "Manage staff"),
    Right.CHANGE_SETTINGS: ("修改设置", "Change settings"),
}

ROLE_FLAW_TEXTS: Final[dict[RoleFlawKind, tuple[str, str]]] = {
    RoleFlawKind.DUPLICATE_ID: ("两个角色用了同一编号", "Two roles have the same id"),
    RoleFlawKind.ID_MISSING: ("角色缺少编号", "A role has no id"),
    RoleFlawKind.NAME_MISSING: ("角色缺少名称", "A role has no name"),
    RoleFlawKind.RIGHT_UNKNOWN: ("角色含有未知的权限", "A role holds a right that is not known"),
    RoleFlawKind.LIMIT_OUT_OF_RANGE: (
        "角色的限额为负数或过大",
        "A role has a limit below zero, or one that is too large",
    ),
    RoleFlawKind.TOO_MANY: ("角色太多", "There are too many roles"),
    RoleFlawKind.NOBODY_MANAGES_STAFF: (
        "没有一个角色可以管理员工",
        "No role may manage staff",
    ),
}
