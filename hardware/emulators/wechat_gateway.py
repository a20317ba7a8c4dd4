"""WeChat Pay APIv3 as far as code payment goes, with its signatures both ways."""

import base64
import json
import re
import secrets
import time
from typing import Any, Final

from cryptography.exceptions import InvalidSignature

from hardware.emulators.payment_books import ASKS_THE_GUEST, PAID, Fault, Trade
from hardware.emulators.payment_gateway import Answer, Asked, KeyPair, PaymentGateway

PUBLIC_KEY_ID: Final = "PUB_KEY_ID_0000000000000000000000000001"
_AUTHORIZATION: Final = re.compile(r'(\w+)="([^"]*)"')
_TRADE_PATH: Final = re.compile(r"/v3/pay/transactions/out-trade-no/([^/?]+)")
_REFUSALS: Final = {
    Fault.NO_MONEY: (403, "NOT_ENOUGH"),
    Fault.OLD_CODE: (400, "AUTH_CODE_EXPIRED"),
}
_FAILS: Final = frozenset({Fault.FAILED, Fault.FAILED_PAID})


class WeChatGateway(PaymentGateway):
    def __init__(self, *, mchid: str, merchant: KeyPair, provider: KeyPair) -> None:
        self._mchid = mchid
        super().__init__(merchant, provider)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def operation_of(self, asked: Asked) -> str:
        if asked.path.startswith("/v3/refund/"):
            return "refund"
        if asked.path.endswith("/codepay"):
            return "pay"
        return "cancel" if asked.path.endswith("/reverse") else "query"

    def answer(self, operation: str, asked: Asked, fault: Fault) -> Answer:
        if not self._is_signed(asked):
            return self._signed(401, {"code": "SIGN_ERROR", "message": "wrong signature"}, fault)
        body = json.loads(asked.body) if asked.body else {}
        status, said = getattr(self, f"_{operation}")(asked.path, body, fault)
        if fault in _FAILS:
            status, said = 500, {"code": "SYSTEM_ERROR", "message": "again, please"}
        return self._signed(status, said, fault)

    def _pay(self, _path: str, body: dict[str, Any], fault: Fault) -> tuple[int, dict[str, Any]]:
        trade_id = body["out_trade_no"]
        trade = self.books.pay(trade_id, body["amount"]["total"], fault)
        if trade is None:
            status, code = _REFUSALS.get(fault, (500, "SYSTEM_ERROR"))
            return status, {"code": code, "message": "no"}
        if fault is Fault.GUEST_HESITATES:
            # The live service has been seen to answer so, with nothing beside the state.
            return 202, {"trade_state": "USERPAYING"}
        if fault in ASKS_THE_GUEST or fault is Fault.LATE:
            return 400, {"code": "USERPAYING", "message": "the guest is asked for the password"}
        return 200, self._trade(trade_id, trade)

    def _query(self, path: str, _body: object, fault: Fault) -> tuple[int, dict[str, Any]]:
        trade_id = _trade_id(path)
        trade = None if fault is Fault.DROPPED else self.books.look(trade_id)
        if trade is None:
            return 404, {"code": "ORDER_NOT_EXIST", "message": "no such order"}
        return 200, self._trade(trade_id, trade)

    def _cancel(self, path: str, _body: object, fault: Fault) -> tuple[int, dict[str, Any]]:
        trade_id = _trade_id(path)
        if fault in {Fault.DROPPED, Fault.FAILED}:
            return 500, {"code": "SYSTEM_ERROR"}
        if self.books.cancel(trade_id) is None:
            return 404, {"code": "ORDER_NOT_EXIST", "message": "no such order"}
        return 200, {"out_trade_no": trade_id, "mchid": self._mchid}

    def _refund(self, _path: str, body: dict[str, Any], fault: Fault) -> tuple[int, dict[str, Any]]:
        refund_id, trade_id = body["out_refund_no"], body["out_trade_no"]
        if fault in {Fault.DROPPED, Fault.FAILED}:
            return 500, {"code": "SYSTEM_ERROR"}
        if not self.books.refund(trade_id, refund_id, body["amount"]["refund"]):
            return 404, {"code": "RESOURCE_NOT_EXISTS", "message": "nothing to give back"}
        state = "PROCESSING" if fault is Fault.LATE else "SUCCESS"
        said = {"out_refund_no": refund_id, "refund_id": f"50{refund_id[:20]}", "status": state}
        return 200, said

    def _trade(self, trade_id: str, trade: Trade) -> dict[str, Any]:
        state = "USERPAYING"
        if trade.state == PAID:
            state = "REFUND" if trade.refunded_fen else "SUCCESS"
        elif trade.state != "open":
            state = "REVOKED"
        return {
            "out_trade_no": trade_id,
            "transaction_id": trade.reference,
            "trade_type": "MICROPAY",
            "trade_state": state,
            "amount": {"total": trade.amount_fen, "currency": "CNY"},
        }

    def _is_signed(self, asked: Asked) -> bool:
        """As the page on APIv3 signatures says: method, path, time, nonce and body, a line each."""
        said = dict(_AUTHORIZATION.findall(asked.headers.get("authorization", "")))
        parts = (asked.method, asked.path, said.get("timestamp", ""), said.get("nonce_str", ""))
        message = "\n".join((*parts, asked.body.decode(), ""))
        try:
            self.merchant.verify(base64.b64decode(said.get("signature", "")), message.encode())
        except InvalidSignature:
            return False
        return said.get("mchid") == self._mchid

    def _signed(self, status: int, said: dict[str, Any], fault: Fault) -> Answer:
        body = "<html>" if fault is Fault.GARBLED_PAID else json.dumps(said)
        stamp, nonce = str(int(time.time())), secrets.token_hex(16)  # noqa: TID251 - signs the answer
        message = f"{stamp}\n{nonce}\n{body}\n".encode()
        signer = self.merchant if fault is Fault.FORGED_PAID else self.provider
        headers = {
            "Wechatpay-Timestamp": stamp,
            "Wechatpay-Nonce": nonce,
            "Wechatpay-Serial": PUBLIC_KEY_ID,
            "Wechatpay-Signature-Type": "WECHATPAY2-SHA256-RSA2048",
            "Wechatpay-Signature": base64.b64encode(signer.sign(message)).decode(),
        }
        return Answer(status=status, body=body.encode(), headers=headers)


def _trade_id(path: str) -> str:
    found = _TRADE_PATH.match(path)
    return found[1] if found else ""
