"""What a person reads where something may not be spent now, in Chinese and English."""

from typing import Final

from domain.errors import ErrorCode

SPENDING_ERROR_TEXTS: Final[dict[ErrorCode, tuple[str, str]]] = {
    ErrorCode.POINTS_HELD_BACK: (
        "积分未能扣用，现在最多可用 {available} 分。请改用较少积分，或等联网后再试。",
        (
            "The points cannot be taken; at most {available} now. Use fewer, or try again when "
            "online."
        ),
    ),
    ErrorCode.STORED_VALUE_HELD_BACK: (
        "储值未能扣款，现在最多可用 ¥{available}。请换用其他付款方式，或等联网后再试。",
        (
            "The stored value cannot be charged; at most ¥{available} now. Take another payment, "
            "or try again when online."
        ),
    ),
    ErrorCode.PASS_HELD_BACK: (
        "次卡未能核销，现在最多可用 {available} 次。请换用其他付款方式，或等联网后再试。",
        (
            "The pass cannot be used; at most {available} uses now. Take another payment, or try "
            "again when online."
        ),
    ),
    ErrorCode.COUPON_HELD_BACK: (
        "这张券现在不能核销：别处可能正在使用，或本机离线且没有它的额度。请取下此券，或等联网后再试。",
        (
            "This coupon cannot be used now: it may be in use elsewhere, or the till is offline "
            "and has no right to it. Take it off, or try again when online."
        ),
    ),
}
