"""What a person reads for each flaw of rules, in Chinese and English: what is wrong, what to do."""

from typing import Final

from domain.rule_flaws import RuleFlaw

RULE_FLAW_TEXTS: Final[dict[RuleFlaw, tuple[str, str]]] = {
    RuleFlaw.FIELD_UNKNOWN: (
        "没有这个字段，请核对拼写。",
        "There is no such field. Check its spelling.",
    ),
    RuleFlaw.FIELD_MISSING: ("缺少这个字段，请补上。", "This field is missing. Add it."),
    RuleFlaw.VALUE_MALFORMED: (
        "这个值无法识别，请按格式填写。",
        "This value cannot be read. Write it as the schema says.",
    ),
    RuleFlaw.VALUE_OUT_OF_RANGE: (
        "这个值或其长度超出范围，须 {bound}。",
        "This value, or its length, is out of range. It has to be {bound}.",
    ),
    RuleFlaw.RATE_ABOVE_WHOLE: (
        "比率超过 100%（10000 基点），请改小。",
        "The rate is above 100% (10000 basis points). Lower it.",
    ),
    RuleFlaw.ID_MISSING: ("编号为空，请填写。", "The id is empty. Enter one."),
    RuleFlaw.ID_RESERVED: (
        "编号不能以“{prefix}”开头，请改名。",
        "An id must not begin with “{prefix}”. Choose another one.",
    ),
    RuleFlaw.ID_TWICE: (
        "编号“{id}”与 {first} 重复，请改名。",
        "The id “{id}” is that of {first} too. Choose another one.",
    ),
    RuleFlaw.ITEM_UNKNOWN: (
        "菜单里没有菜品“{item}”。请先发布菜单，或改正编号。",
        "No dish “{item}” is on the menu. Publish the menu first, or correct the id.",
    ),
    RuleFlaw.CATEGORY_UNKNOWN: (
        "菜单里没有分类“{category}”。请先发布菜单，或改正名称。",
        "No dish is of the category “{category}”. Publish the menu first, or correct the name.",
    ),
    RuleFlaw.TIER_UNKNOWN: (
        "没有会员等级“{tier}”。请先设置等级，或改正编号。",
        "There is no tier “{tier}”. Add the tier first, or correct the id.",
    ),
    RuleFlaw.STORE_UNKNOWN: (
        "没有门店“{store}”。请先新增门店，或改正编号。",
        "There is no store “{store}”. Add the store first, or correct the id.",
    ),
    RuleFlaw.DAYS_CROSSED: (
        "结束日早于开始日，请改正日期。",
        "The last day is before the first. Correct the dates.",
    ),
    RuleFlaw.WINDOW_EMPTY: (
        "时段没有一分钟，请改正开始或结束。",
        "The window holds no minute. Correct its start or its end.",
    ),
    RuleFlaw.NEVER_HOLDS: (
        "日期范围内没有所列的星期，规则永远不会生效。请改正日期或星期。",
        "No day between the dates is one of the weekdays. Correct the dates or the weekdays.",
    ),
    RuleFlaw.SCOPE_CONTRADICTS: (
        "“{name}”既包含又排除，请去掉一处。",
        "“{name}” is both in and out. Remove one of the two.",
    ),
    RuleFlaw.SCOPE_EMPTY: (
        "菜单里没有菜品在此范围内，请改正范围。",
        "No dish of the menu is in this scope. Correct the scope.",
    ),
    RuleFlaw.STAGE_WITHOUT_EFFECT: (
        "阶段 {stage} 没有“{effect}”这种优惠，请换阶段或优惠方式。",
        "Stage {stage} knows no effect “{effect}”. Choose another stage or another effect.",
    ),
    RuleFlaw.STAGE_FOR_COUPONS: (
        "S5 只用于券。自动优惠请用 S4，或发行优惠券。",
        "S5 is for coupons. Use S4 for what applies by itself, or issue coupons.",
    ),
    RuleFlaw.STEPS_NOT_RISING: (
        "各档门槛须从低到高且不重复，请重排。",
        "The thresholds of the steps have to rise, none of them twice. Sort them.",
    ),
    RuleFlaw.SAVING_NOT_RISING: (
        "门槛更高的一档优惠没有更大，请改正。",
        "A higher step does not save more than the one before. Correct it.",
    ),
    RuleFlaw.SAVING_ABOVE_THRESHOLD: (
        "满 ¥{threshold} 却减 ¥{saving}，优惠大于门槛，请改正。",
        "From ¥{threshold} it takes ¥{saving} off: more than the threshold. Correct it.",
    ),
    RuleFlaw.SAVES_NOTHING: (
        "优惠为零，规则永远不会生效。请填写优惠，或删除规则。",
        "It saves nothing and can never be used. Enter a saving, or remove the rule.",
    ),
    RuleFlaw.EVERY_WITH_STEPS: (
        "“每满”只能有一档，请删去其余各档。",
        "A saving for every amount has one step. Remove the others.",
    ),
    RuleFlaw.EVERY_TOO_SMALL: (
        "“每满”的门槛至少 ¥{least}，请调高。",
        "The threshold of a saving for every amount is at least ¥{least}. Raise it.",
    ),
    RuleFlaw.PRICE_NOT_BELOW_LIST: (
        "优惠价 ¥{price} 不低于原价 ¥{list}，请调低，或删除。",
        "The price ¥{price} is not below the list price ¥{list}. Lower it, or remove it.",
    ),
    RuleFlaw.PRICE_OUTSIDE_SCOPE: (
        "菜品“{item}”有特价，却不在规则范围内。请改正范围，或删去特价。",
        "“{item}” has a price and is outside the rule's scope. Correct the scope or the prices.",
    ),
    RuleFlaw.GROUP_TOO_LARGE: (
        "一次用到 {units} 份，最多 {largest} 份，请减少。",
        "One use takes {units} units, and at most {largest} can be taken. Use fewer.",
    ),
    RuleFlaw.GIFT_OPEN: (
        "没有指定赠品，任何菜都会免费。请指定菜品或分类。",
        "No gift is named, so any dish would be free. Name dishes or categories.",
    ),
    RuleFlaw.GIFT_FOR_ITSELF: (
        "赠品就是自己的条件，点了就免费。请填写门槛，或改正范围。",
        "The gift is its own condition: it is always free. Enter a threshold, or another scope.",
    ),
    RuleFlaw.FEE_MISSING: (
        "规则集里没有这种费用可免。请先添加费用。",
        "The book has no fee of these kinds to take off. Add the fee first.",
    ),
    RuleFlaw.RETEST_WITHOUT_THRESHOLD: (
        "没有门槛的优惠，退款时无从重新核对。请关闭此项，或填写门槛。",
        "Without a threshold a refund has nothing to test again. Turn this off, or add one.",
    ),
    RuleFlaw.MINIMUM_NOT_MEASURED: (
        "减免费用的规则不看菜品，范围和起点金额不起作用。请改用费用自身的免收门槛。",
        "A rule for fees looks at no dish. Use the fee's own free_from_fen instead.",
    ),
    RuleFlaw.MINIMUM_UNREACHABLE: (
        "一单最多 {largest} 份，起点份数永远达不到。请调低。",
        "An order holds at most {largest} units, so this is never reached. Lower it.",
    ),
    RuleFlaw.LIMITS_CONTRADICT: (
        "限额 {narrow} 大于 {wide}，永远用不到。请改正。",
        "The limit {narrow} is above {wide} and is never reached. Correct one of them.",
    ),
    RuleFlaw.LIMITS_OF_COUPON: (
        "券只能用一次，除每单次数外的限额不起作用，请删去。",
        "A coupon is used once: limits beyond one order mean nothing. Remove them.",
    ),
    RuleFlaw.BUDGET_TOO_SMALL: (
        "预算 ¥{budget} 不够用一次（¥{saving}），请调高。",
        "The budget of ¥{budget} is below one use (¥{saving}). Raise it.",
    ),
    RuleFlaw.TOO_MANY_ALONE: (
        "“不与其他同享”的规则最多 {most} 条，请减少。",
        "At most {most} rules can stand alone in the order. Use fewer.",
    ),
    RuleFlaw.CHARGES_NOTHING: (
        "费用永远为零。请填写金额或比率，或删除。",
        "The fee is always nothing. Enter an amount or a rate, or remove it.",
    ),
    RuleFlaw.AMOUNT_OVERFLOW: (
        "金额过大，一单会超出上限。最多 ¥{largest}。",
        "The amount is so large that an order could overflow. At most ¥{largest}.",
    ),
    RuleFlaw.POINTS_STEP_TOO_LARGE: (
        "一档积分值 ¥{step}，任何订单最多抵 ¥{cap}。请调小步长或单价。",
        "One step is worth ¥{step}, and no order takes more than ¥{cap}. Lower step or value.",
    ),
    RuleFlaw.OPTION_TWICE: (
        "选项“{option}”在同名的组里重复，请删去一个。",
        "The option “{option}” stands twice in groups of one name. Remove one of them.",
    ),
    RuleFlaw.CHOICE_CONTRADICTS: (
        "至少选 {least} 份却最多 {most} 份，请改正。",
        "At least {least} and at most {most} cannot both hold. Correct one of them.",
    ),
    RuleFlaw.CHOICE_UNFILLABLE: (
        "最多 0 份，什么都不能选。请改正，或删除这一组。",
        "At most 0: nothing can be chosen. Correct it, or remove the group.",
    ),
    RuleFlaw.TOO_MANY_OPTIONS: (
        "一行可能有 {options} 个选项，最多 {largest} 个，请减少。",
        "A line could hold {options} options, and at most {largest} are kept. Use fewer.",
    ),
    RuleFlaw.PRICE_BELOW_ZERO: (
        "选项减价后一份为 ¥{price}，低于零。请改正选项价格。",
        "With its options a unit could cost ¥{price}. Correct the options' prices.",
    ),
    RuleFlaw.SET_CYCLIC: (
        "套餐里包含它自己，请去掉。",
        "The set meal is inside itself. Take it out.",
    ),
    RuleFlaw.SET_IN_SET: (
        "套餐里不能再放套餐“{item}”，请换成单品。",
        "A set meal cannot hold the set meal “{item}”. Use single dishes.",
    ),
    RuleFlaw.SET_BY_WEIGHT: (
        "套餐不能称重，也不能含称重菜品，请改正。",
        "A set meal is not weighed and holds nothing that is. Correct it.",
    ),
}
