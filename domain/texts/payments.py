"""What a person reads where a payment at a provider does not go on, in Chinese and English."""

from typing import Final

from domain.errors import ErrorCode

PAYMENT_ERROR_TEXTS: Final[dict[ErrorCode, tuple[str, str]]] = {
    ErrorCode.PAYMENT_OPEN: (
        "这一单还有一笔付款没有结果。请等结果，或先取消那笔付款。",
        "A payment of this bill has no result yet. Wait for it, or cancel that payment first.",
    ),
    ErrorCode.PAYMENT_NOT_SET_UP: (
        "本机没有开通这种扫码付款。请改收现金或刷卡，并联系管理员设置。",
        (
            "This till cannot take this kind of code payment. Take cash or a card, and have an "
            "administrator set it up."
        ),
    ),
    ErrorCode.PAYMENT_NOT_HELD: (
        "这笔扫码付款已入账或已退回，不能再用于本单。请看付款列表。",
        (
            "This code payment is booked or given back already and cannot pay this bill. Look at "
            "the list of payments."
        ),
    ),
    ErrorCode.PAYMENT_DECIDED: (
        "这笔付款已有结果，不需要再处理。请看付款列表。",
        "This payment has a result already; there is nothing to do. Look at the list of payments.",
    ),
    ErrorCode.PAYMENT_REFERENCE_MISSING: (
        "请填写付款凭证上的单号和原因。",
        "Enter the number on the proof of payment, and the reason.",
    ),
}
