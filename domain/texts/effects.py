"""What a price rule gives, in both languages; `domain.effect_wording` puts the parts together.

Amounts come as plain yuan, "15" or "12.50". "{rate}" is one of the `rate_` texts.
"""

from typing import Final

EFFECT_TEXTS: Final[dict[str, tuple[str, str]]] = {
    "rate": ("{tenths}折", "{percent}% off"),
    "rate_half": ("半价", "half price"),
    "rate_free": ("免费", "free"),
    "new_price": ("特价", "special price"),
    "new_price_one": ("特价 ¥{price}", "special price ¥{price}"),
    "buy_get_free": ("买{buy}送{get}", "buy {buy}, get {get} free"),
    "next_unit": ("第{ordinal}份{rate}", "unit {ordinal}: {rate}"),
    "second_unit": ("第二份{rate}", "the second: {rate}"),
    "next_units": ("买{buy}份，再{get}份{rate}", "buy {buy}, {get} more: {rate}"),
    "buy_get_others": ("买{buy}份，指定菜品{get}份{rate}", "buy {buy}, {get} of others: {rate}"),
    "bundle": ("{count}份组合价 ¥{price}", "{count} together for ¥{price}"),
    "exchange_free": ("兑换{quantity}份", "{quantity} for free"),
    "exchange": ("¥{price} 换购{quantity}份", "{quantity} for ¥{price} each"),
    "amount_off": ("立减{saving}", "¥{saving} off"),
    "amount_off_from": ("满{threshold}减{saving}", "¥{saving} off from ¥{threshold}"),
    "amount_off_every": ("每满{threshold}减{saving}", "¥{saving} off every ¥{threshold}"),
    "percent_off_from": ("满{threshold}享{rate}", "{rate} from ¥{threshold}"),
    "cap": ("{effect}（封顶{cap}）", "{effect} (at most ¥{cap})"),
    "gift": ("赠{quantity}份", "{quantity} as a gift"),
    "gift_from": ("满{threshold}赠{quantity}份", "{quantity} as a gift from ¥{threshold}"),
    "no_fee": ("免{fees}", "no {fees}"),
    "fee_off": ("{fees}{rate}", "{fees}: {rate}"),
    "fee_service": ("服务费", "service charge"),
    "fee_packing": ("打包费", "packing fee"),
    "fee_cover": ("茶位费", "cover charge"),
    "fee_delivery": ("配送费", "delivery fee"),
    "minimum": ("{effect}，满{threshold}可用", "{effect}, from ¥{threshold}"),
    "minimum_units": ("{effect}，满{quantity}份可用", "{effect}, from {quantity} units"),
    "joint": ("，", ", "),
    "fee_joint": ("、", " or "),
}
