"""What WeChat Pay's answers mean. Pure.

Source: pay.weixin.qq.com, code payment v3 (code-pay, reverse, query) and refunds, 2025. Error codes
are compared without their underscores: v3 and the older v2 pages spell them differently, and the
live service has been seen to use both.
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
from hardware.payments.reading import Answer, fen_in, read_json, text_in

GUEST_PASSWORD: Final = "guest_password"  # noqa: S105 - what is waited for, not a password
_DECLINES: Final = {
    "AUTHCODEERROR": DeclineCode.CODE_INVALID,
    "AUTHCODEEXPIRE": DeclineCode.CODE_INVALID,
    "AUTHCODEEXPIRED": DeclineCode.CODE_INVALID,
    "AUTHCODEINVALID": DeclineCode.CODE_INVALID,
    "NOTENOUGH": DeclineCode.NOT_ENOUGH,
    "BUYERMISMATCH": DeclineCode.REFUSED,
    "NOTSUPPORTCARD": DeclineCode.REFUSED,
    "NOTSUPORTCARD": DeclineCode.REFUSED,
    "RULELIMIT": DeclineCode.LIMIT,
    "TRADEERROR": DeclineCode.REFUSED,
    "ORDERNOTEXIST": DeclineCode.NOT_FOUND,
    "RESOURCENOTEXISTS": DeclineCode.NOT_FOUND,
    "NOAUTH": DeclineCode.MISCONFIGURED,
    "SIGNERROR": DeclineCode.MISCONFIGURED,
    "APPIDMCHIDNOTMATCH": DeclineCode.MISCONFIGURED,
    "MCHNOTEXISTS": DeclineCode.MISCONFIGURED,
    "PARAMERROR": DeclineCode.MISCONFIGURED,
}
_NOT_PAID: Final[dict[str, Outcome]] = {
    "PAYERROR": Declined(DeclineCode.REFUSED, "PAYERROR"),
    "CLOSED": Cancelled(refunded=False),
    "REFUND": Cancelled(refunded=True),
    "REVOKED": Cancelled(),
}
_CANNOT_REVERSE: Final = frozenset({"REVERSEEXPIRE", "TRADESTATEERROR", "INVALIDREQUEST"})
_PAYING: Final = frozenset({"USERPAYING", "ACCEPT"})
_OK: Final = range(200, 300)


def read_trade(status: int, body: str | bytes, attempt: Attempt) -> Outcome:
    """The answer to a payment or to a question about one."""
    answer = read_json(body)
    state = text_in(answer, "trade_state") or _code(answer)
    if state in _PAYING:
        return Pending(GUEST_PASSWORD)
    if status not in _OK:
        return _refusal(answer)
    if text_in(answer, "out_trade_no") != attempt.attempt_id:
        return Unknown("other_trade")
    if state == "SUCCESS":
        return _paid(answer, attempt)
    return _NOT_PAID.get(state, Unknown(state or "garbled"))


def read_reverse(status: int, body: str | bytes, attempt: Attempt) -> Outcome:
    """The answer to a reversal. WeChat does not say whether money had moved."""
    answer = read_json(body)
    if status in _OK:
        same = text_in(answer, "out_trade_no") == attempt.attempt_id
        return Cancelled() if same else Unknown("other_trade")
    code = _code(answer)
    if code in _CANNOT_REVERSE:
        return Declined(DeclineCode.REFUSED, code)
    refusal = _refusal(answer)
    not_found = isinstance(refusal, Declined) and refusal.code is DeclineCode.NOT_FOUND
    return refusal if not_found else Unknown(code or "garbled")


def read_refund(status: int, body: str | bytes, refund: Refund) -> Outcome:
    answer = read_json(body)
    if status not in _OK:
        refusal = _refusal(answer)
        never = {DeclineCode.MISCONFIGURED, DeclineCode.NOT_FOUND, DeclineCode.NOT_ENOUGH}
        settled = isinstance(refusal, Declined) and refusal.code in never
        return refusal if settled else Unknown(_code(answer) or "garbled")
    if text_in(answer, "out_refund_no") != refund.refund_id:
        return Unknown("other_refund")
    state = text_in(answer, "status")
    if state == "SUCCESS":
        return Approved(text_in(answer, "refund_id"), refund.amount_fen)
    if state == "PROCESSING":
        return Pending("refund")
    return Declined(DeclineCode.REFUSED, state) if state else Unknown("garbled")


def _paid(answer: Answer, attempt: Attempt) -> Outcome:
    """Only what was asked for counts as paid: another amount is for a person to look at."""
    amount = answer.get("amount")
    paid_fen = fen_in(amount, "total") if isinstance(amount, dict) else None
    if paid_fen != attempt.amount_fen:
        return Unknown("amount_differs")
    return Approved(text_in(answer, "transaction_id"), paid_fen)


def _refusal(answer: Answer) -> Outcome:
    code = _code(answer)
    declined = _DECLINES.get(code)
    return Declined(declined, code) if declined is not None else Unknown(code or "garbled")


def _code(answer: Answer) -> str:
    return text_in(answer, "code").replace("_", "").upper()
