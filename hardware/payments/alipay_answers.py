"""What Alipay's answers mean. Pure.

Source: opendocs.alipay.com, alipay.trade.pay, .query, .cancel, .refund. 10000 done, 10003 waits for
the guest, 20000 unknown, 40004 refused with a `sub_code`; other codes: the request was not carried
out.
"""

from typing import Final

from hardware.payments.port import (
    Approved,
    Attempt,
    Cancelled,
    DeclineCode,
    Declined,
    Outcome,
    Pending,
    Refund,
    Unknown,
)
from hardware.payments.reading import Answer, fen_of_yuan, text_in
from hardware.payments.wechat_answers import GUEST_PASSWORD

DONE: Final = "10000"
_WAITS: Final = "10003"
_REFUSED: Final = "40004"
_NOT_CARRIED_OUT: Final = frozenset({"40001", "40002", "40003", "40006"})
# Alipay closes a payment that the guest does not confirm.
_GIVES_UP_MS: Final = 180_000
_WAITING: Final = Pending(GUEST_PASSWORD, _GIVES_UP_MS)
_PAID: Final = frozenset({"TRADE_SUCCESS", "TRADE_FINISHED"})
_STATES: Final[dict[str, Outcome]] = {"WAIT_BUYER_PAY": _WAITING, "TRADE_CLOSED": Cancelled()}
_DECLINES: Final = {
    "ACQ.PAYMENT_AUTH_CODE_INVALID": DeclineCode.CODE_INVALID,
    "ACQ.SOUNDWAVE_PARSER_FAIL": DeclineCode.CODE_INVALID,
    "ACQ.BUYER_BALANCE_NOT_ENOUGH": DeclineCode.NOT_ENOUGH,
    "ACQ.BUYER_BANKCARD_BALANCE_NOT_ENOUGH": DeclineCode.NOT_ENOUGH,
    "ACQ.BUYER_PAYMENT_AMOUNT_DAY_LIMIT_ERROR": DeclineCode.LIMIT,
    "ACQ.BUYER_PAYMENT_AMOUNT_MONTH_LIMIT_ERROR": DeclineCode.LIMIT,
    "ACQ.BEYOND_PAY_RESTRICTION": DeclineCode.LIMIT,
    "ACQ.BEYOND_PER_RECEIPT_RESTRICTION": DeclineCode.LIMIT,
    "ACQ.TOTAL_FEE_EXCEED": DeclineCode.LIMIT,
    "ACQ.PRODUCT_AMOUNT_LIMIT_ERROR": DeclineCode.LIMIT,
    "ACQ.PAYMENT_FAIL": DeclineCode.REFUSED,
    "ACQ.PAYMENT_REQUEST_HAS_RISK": DeclineCode.REFUSED,
    "ACQ.NO_PAYMENT_INSTRUMENTS_AVAILABLE": DeclineCode.REFUSED,
    "ACQ.ERROR_BALANCE_PAYMENT_DISABLE": DeclineCode.REFUSED,
    "ACQ.ERROR_BUYER_CERTIFY_LEVEL_LIMIT": DeclineCode.REFUSED,
    "ACQ.BUYER_ENABLE_STATUS_FORBID": DeclineCode.REFUSED,
    "ACQ.BUYER_SELLER_EQUAL": DeclineCode.REFUSED,
    "ACQ.TRADE_BUYER_NOT_MATCH": DeclineCode.REFUSED,
    "ACQ.PULL_MOBILE_CASHIER_FAIL": DeclineCode.REFUSED,
    "ACQ.MOBILE_PAYMENT_SWITCH_OFF": DeclineCode.REFUSED,
    "ACQ.USER_FACE_PAYMENT_SWITCH_OFF": DeclineCode.REFUSED,
    "ACQ.EXIST_FORBIDDEN_WORD": DeclineCode.MISCONFIGURED,
    "ACQ.SELLER_BEEN_BLOCKED": DeclineCode.MISCONFIGURED,
    "ACQ.TRADE_NOT_EXIST": DeclineCode.NOT_FOUND,
    "ACQ.ACCESS_FORBIDDEN": DeclineCode.MISCONFIGURED,
    "ACQ.PARTNER_ERROR": DeclineCode.MISCONFIGURED,
    "ACQ.INVALID_PARAMETER": DeclineCode.MISCONFIGURED,
}
# Refusals that say nothing of the payment.
_OPEN: Final = frozenset({"ACQ.SYSTEM_ERROR", "AOP.SYSTEM_ERROR"})
# A cancellation is asked for again, unless it can never come about.
_FINAL: Final = frozenset({DeclineCode.NOT_FOUND, DeclineCode.REFUSED})


def read_trade(answer: Answer, attempt: Attempt) -> Outcome:
    """The answer to a payment or to a question about one."""
    code = text_in(answer, "code")
    if code == _WAITS:
        return _WAITING
    if code != DONE:
        return _refusal(answer)
    if text_in(answer, "out_trade_no") != attempt.attempt_id:
        return Unknown("other_trade")
    # A payment has no state in its answer: done is paid.
    state = text_in(answer, "trade_status") or "TRADE_SUCCESS"
    return _paid(answer, attempt) if state in _PAID else _STATES.get(state, Unknown(state))


def read_cancel(answer: Answer, attempt: Attempt) -> Outcome:
    """Succeeds also for a payment that never was."""
    if text_in(answer, "code") != DONE:
        return _cannot_cancel(answer)
    if text_in(answer, "out_trade_no") != attempt.attempt_id:
        return Unknown("other_trade")
    if text_in(answer, "retry_flag") == "Y":
        return Unknown("retry_flag")
    return Cancelled(refunded=text_in(answer, "action") == "refund")


def read_refund(answer: Answer, refund: Refund) -> Outcome:
    if text_in(answer, "code") != DONE:
        refusal = _refusal(answer)
        return refusal if isinstance(refusal, Declined) else Unknown("refund")
    if text_in(answer, "out_trade_no") != refund.attempt_id:
        return Unknown("other_trade")
    return Approved(text_in(answer, "trade_no"), refund.amount_fen)


def _paid(answer: Answer, attempt: Attempt) -> Outcome:
    paid_fen = fen_of_yuan(text_in(answer, "total_amount"))
    if paid_fen != attempt.amount_fen:
        return Unknown("amount_differs")
    return Approved(text_in(answer, "trade_no"), paid_fen)


def _refusal(answer: Answer) -> Outcome:
    """A code that is not in the list may say anything: the payment is asked for."""
    code, why = text_in(answer, "code"), text_in(answer, "sub_code")
    if code in _NOT_CARRIED_OUT:
        return Declined(DeclineCode.MISCONFIGURED, why or code)
    declined = _DECLINES.get(why) if code == _REFUSED else None
    return Declined(declined, why) if declined is not None else Unknown(why or code or "garbled")


def _cannot_cancel(answer: Answer) -> Outcome:
    """A refusal is answered by a question for the payment; anything else is asked for again."""
    why = text_in(answer, "sub_code")
    if text_in(answer, "code") != _REFUSED or not why or why in _OPEN:
        return Unknown("cancel")
    code = _DECLINES.get(why, DeclineCode.REFUSED)
    return Declined(code, why) if code in _FINAL else Unknown("cancel")
