"""A server that keeps to the protocol but can be made to lose, repeat, restore and lie."""

import socket
from collections.abc import Callable

import msgspec
import zstandard

from domain.entries import SignedEntry, decode_entry, hash_entry
from domain.errors import ErrorCode
from domain.identifiers import BrandId
from domain.protocol import (
    CodesAnswer,
    ErrorAnswer,
    FeedPage,
    Outcome,
    PushAnswer,
    PushRequest,
    Receipt,
    SignedContent,
    SignedReceipt,
    Verdict,
    receipt_text,
)
from domain.signatures import Signer
from domain.signed_codes.keys import CodeKeys, code_keys_text
from domain.signed_codes.status import build_list, status_text
from tests.builders.terminal import START_MS
from tests.pos_client.sync.strangers import ours, page, whole_request

SERVER_KEY = Signer(b"\x07" * 32)


class ScriptedServer:
    """Its `answer` goes to a stranger. The hooks change what an honest server would say."""

    def __init__(self) -> None:
        self.history = "h1"
        self.held: list[SignedEntry] = []
        self.pushes: list[list[int]] = []
        self.sizes: list[int] = []
        self.pulls = 0
        self.change_receipt: Callable[[Receipt], Receipt] = lambda receipt: receipt
        self.change_page: Callable[[FeedPage], FeedPage] = lambda asked: asked
        self.signer = SERVER_KEY
        self.always_gap: int | None = None

    def answer(self, client: socket.socket, request: bytes) -> None:
        head, body = whole_request(client, request)
        if b"/push" in head.split(b"\r\n")[0]:
            content = zstandard.decompress(body, max_output_size=1 << 26)
            self.sizes.append(len(content))
            self._push(msgspec.msgpack.decode(content, type=PushRequest))(client, request)
        elif b"/codes" in head.split(b"\r\n")[0]:
            ours(self._codes())(client, request)
        else:
            self.pulls += 1
            ours(self.change_page(self._page()))(client, request)

    def _codes(self) -> CodesAnswer:
        brand = BrandId("brand")
        keys = msgspec.msgpack.encode(CodeKeys(brand=brand, issued_ms=START_MS, keys=()))
        listed = build_list(brand, {}, length=0, now_ms=START_MS)
        status = msgspec.msgpack.encode(listed)
        return CodesAnswer(
            keys=SignedContent(keys, SERVER_KEY.sign(code_keys_text(keys))),
            status=SignedContent(status, SERVER_KEY.sign(status_text(status))),
        )

    def restore(self, entries: int) -> None:
        """Yesterday's backup, under a new history."""
        self.history += "+"
        del self.held[entries:]

    def _push(self, request: PushRequest) -> Callable[[socket.socket, bytes], None]:
        numbers = [decode_entry(entry.content).number for entry in request.entries]
        self.pushes.append(numbers)
        expected = self.always_gap or len(self.held) + 1
        if numbers[0] > expected or self.always_gap:
            gap = ErrorAnswer(code=ErrorCode.JOURNAL_GAP, expected=expected)
            return ours(gap, "409 Conflict")
        had = expected - numbers[0]
        self.held += request.entries[had:]
        verdicts = tuple(
            Verdict(number=number, outcome=Outcome.ALREADY_HAD if place < had else Outcome.APPLIED)
            for place, number in enumerate(numbers)
        )
        return ours(PushAnswer(verdicts=verdicts, receipt=self._receipt()))

    def _receipt(self) -> SignedReceipt:
        last = self.held[-1].content
        entry = decode_entry(last)
        receipt = self.change_receipt(
            Receipt(
                brand=entry.brand,
                terminal=entry.terminal,
                epoch=entry.epoch,
                number=entry.number,
                hash=hash_entry(last),
                history=self.history,
                server_time_ms=START_MS,
            )
        )
        content = msgspec.msgpack.encode(receipt)
        return SignedReceipt(content, self.signer.sign(receipt_text(content)))

    def _page(self) -> FeedPage:
        return page(history=self.history, acknowledged=len(self.held), server_time_ms=START_MS)
