"""Alipay's open gateway as far as code payment goes, with its signatures both ways."""

import base64
import json
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from cryptography.exceptions import InvalidSignature

from hardware.emulators.payment_books import ASKS_THE_GUEST, OPEN, PAID, Fault, Trade
from hardware.emulators.payment_gateway import Answer, Asked, KeyPair, PaymentGateway

_OPERATIONS: Final = {
    "alipay.trade.pay": "pay",
    "alipay.trade.query": "query",
    "alipay.trade.cancel": "cancel",
    "alipay.trade.refund": "refund",
}
_DONE: Final = {"code": "10000", "msg": "Success"}
_UNKNOWN: Final = {"code": "20000", "msg": "Unknow Error", "sub_code": "isp.unknow-error"}
_REFUSALS: Final = {
    Fault.NO_MONEY: "ACQ.BUYER_BALANCE_NOT_ENOUGH",
    Fault.OLD_CODE: "ACQ.PAYMENT_AUTH_CODE_INVALID",
}
_FAILS: Final = frozenset({Fault.FAILED, Fault.FAILED_PAID})


class AlipayGateway(PaymentGateway):
    def __init__(self, *, app_id: str, merchant: KeyPair, provider: KeyPair) -> None:
        self._app_id = app_id
        super().__init__(merchant, provider)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/gateway.do"

    def operation_of(self, asked: Asked) -> str:
        return _OPERATIONS.get(_values(asked).get("method", ""), "query")

    def answer(self, operation: str, asked: Asked, fault: Fault) -> Answer:
        values = _values(asked)
        name = values.get("method", "").replace(".", "_") + "_response"
        if not self._is_signed(values):
            refused = {
                "code": "40002",
                "msg": "Invalid Arguments",
                "sub_code": "isv.invalid-signature",
            }
            return Answer(status=200, body=json.dumps({"error_response": refused}).encode())
        wanted = json.loads(values["biz_content"])
        said = getattr(self, f"_{operation}")(wanted, fault)
        return self._signed(name, _UNKNOWN if fault in _FAILS else said, fault)

    def _pay(self, wanted: dict[str, Any], fault: Fault) -> dict[str, Any]:
        trade_id = wanted["out_trade_no"]
        trade = self.books.pay(trade_id, _fen(wanted["total_amount"]), fault)
        if trade is None:
            code = _REFUSALS.get(fault, "ACQ.SYSTEM_ERROR")
            return {"code": "40004", "msg": "Business Failed", "sub_code": code}
        if fault in ASKS_THE_GUEST or fault is Fault.LATE:
            return {"code": "10003", "msg": "order success pay inprocess", "out_trade_no": trade_id}
        return {**_DONE, **_trade(trade_id, trade)}

    def _query(self, wanted: dict[str, Any], fault: Fault) -> dict[str, Any]:
        trade_id = wanted["out_trade_no"]
        trade = None if fault is Fault.DROPPED else self.books.look(trade_id)
        if trade is None:
            return {"code": "40004", "msg": "Business Failed", "sub_code": "ACQ.TRADE_NOT_EXIST"}
        state = "TRADE_CLOSED"
        if trade.state == OPEN:
            state = "WAIT_BUYER_PAY"
        elif trade.state == PAID and not trade.refunded_fen:
            state = "TRADE_SUCCESS"
        return {**_DONE, **_trade(trade_id, trade), "trade_status": state}

    def _cancel(self, wanted: dict[str, Any], fault: Fault) -> dict[str, Any]:
        trade_id = wanted["out_trade_no"]
        if fault in {Fault.DROPPED, Fault.FAILED}:
            return _UNKNOWN
        self.books.close_unknown(trade_id)
        trade = self.books.cancel(trade_id)
        action = "refund" if trade is not None and trade.refunded_fen else "close"
        retry = "Y" if fault is Fault.LATE else "N"
        return {**_DONE, "out_trade_no": trade_id, "retry_flag": retry, "action": action}

    def _refund(self, wanted: dict[str, Any], fault: Fault) -> dict[str, Any]:
        trade_id = wanted["out_trade_no"]
        if fault in {Fault.DROPPED, Fault.FAILED}:
            return _UNKNOWN
        amount_fen = _fen(wanted["refund_amount"])
        if not self.books.refund(trade_id, wanted["out_request_no"], amount_fen):
            return {"code": "40004", "msg": "Business Failed", "sub_code": "ACQ.TRADE_NOT_EXIST"}
        return {**_DONE, "out_trade_no": trade_id, "trade_no": f"2026{trade_id[:24]}"}

    def _is_signed(self, values: dict[str, str]) -> bool:
        """All parameters but the signature, by name, as name=value joined by &."""
        unsigned = sorted((name, value) for name, value in values.items() if name != "sign")
        message = "&".join(f"{name}={value}" for name, value in unsigned)
        try:
            self.merchant.verify(base64.b64decode(values.get("sign", "")), message.encode())
        except InvalidSignature:
            return False
        return values.get("app_id") == self._app_id

    def _signed(self, name: str, said: dict[str, Any], fault: Fault) -> Answer:
        if fault is Fault.GARBLED_PAID:
            return Answer(status=200, body=b"<html>")
        text = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
        signer = self.merchant if fault is Fault.FORGED_PAID else self.provider
        sign = base64.b64encode(signer.sign(text.encode())).decode()
        return Answer(status=200, body=f'{{"{name}":{text},"sign":"{sign}"}}'.encode())


def _values(asked: Asked) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(asked.path).query, keep_blank_values=True))


def _trade(trade_id: str, trade: Trade) -> dict[str, str]:
    return {
        "out_trade_no": trade_id,
        "trade_no": trade.reference,
        "total_amount": f"{trade.amount_fen // 100}.{trade.amount_fen % 100:02d}",
    }


def _fen(yuan: str) -> int:
    whole, _, part = yuan.partition(".")
    return int(whole) * 100 + int(part.ljust(2, "0")[:2])
