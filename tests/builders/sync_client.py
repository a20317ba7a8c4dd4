"""The sync protocol from a till's side, as plain as can be, over real HTTP."""

from typing import Self, TypeVar

import httpx
import msgspec
import zstandard

from domain.entries import hash_entry
from domain.errors import ErrorCode
from domain.protocol import (
    CONTENT_TYPE,
    HEADER_NONCE,
    HEADER_PROTOCOL,
    HEADER_SIGNATURE,
    HEADER_TERMINAL,
    PATH_ENROL,
    PATH_EPOCH,
    PATH_FEED,
    PATH_JOURNAL,
    PATH_MEMBERS,
    PATH_PUSH,
    EnrolAnswer,
    EpochGrant,
    EpochRequest,
    ErrorAnswer,
    FeedPage,
    JournalPage,
    MemberQuestion,
    PushAnswer,
    PushRequest,
    SignedGrant,
    request_text,
)
from tests.builders.terminal import TestTerminal

T = TypeVar("T")


class Refused(Exception):  # noqa: N818 - reads as what happened
    def __init__(self, status: int, answer: ErrorAnswer) -> None:
        super().__init__(answer.code)
        self.status = status
        self.code = answer.code
        self.answer = answer


def packed(message: object) -> bytes:
    return zstandard.compress(msgspec.msgpack.encode(message))


def unpacked(response: httpx.Response, kind: type[T]) -> T:
    """The message in an answer, whose headers must be those of our server."""
    assert response.headers[HEADER_PROTOCOL] == "1"
    assert response.headers["Content-Type"] == CONTENT_TYPE
    content = zstandard.ZstdDecompressor().decompressobj().decompress(response.content)
    if response.status_code != httpx.codes.OK:
        answer = msgspec.msgpack.decode(content, type=ErrorAnswer)
        raise Refused(response.status_code, answer)
    return msgspec.msgpack.decode(content, type=kind)


class SyncClient:
    """One terminal's requests to one server. It keeps the nonce and asks again for a fresh one."""

    def __init__(self, url: str, terminal: TestTerminal) -> None:
        self.terminal = terminal
        self.nonce = ""
        self.http = httpx.Client(base_url=url, timeout=60, trust_env=False)

    def enrol(self, code: str) -> EnrolAnswer:
        response = self.http.post(
            PATH_ENROL,
            content=packed(self.terminal.enrol_request(code)),
            headers={HEADER_PROTOCOL: "1"},
        )
        answer = unpacked(response, EnrolAnswer)
        self.terminal.become(answer)
        return answer

    def push(self, request: PushRequest | None = None) -> PushAnswer:
        message = request or self.terminal.push_request()
        return self.ask("POST", PATH_PUSH, PushAnswer, body=packed(message))

    def feed(
        self, cursor: int = 0, *, limit: int = 1_000, epoch: int = 0, began: int = 0
    ) -> FeedPage:
        target = f"{PATH_FEED}?cursor={cursor}&limit={limit}&epoch={epoch}&began={began}"
        return self.ask("GET", target, FeedPage)

    def grant(self, first: int = 1) -> EpochGrant:
        """Where this till and the server part; it tells its entries from number `first` on."""
        hashes = b"".join(hash_entry(each.content) for each in self.terminal.entries[first - 1 :])
        request = EpochRequest(epoch=self.terminal.epoch, first=first, hashes=hashes)
        signed = self.ask("POST", PATH_EPOCH, SignedGrant, body=packed(request))
        return msgspec.msgpack.decode(signed.content, type=EpochGrant)

    def journal(self, epoch: int = 1, after: int = 0) -> JournalPage:
        return self.ask("GET", f"{PATH_JOURNAL}?epoch={epoch}&after={after}", JournalPage)

    def member(self, *, phone: str = "", member_id: str = "") -> FeedPage:
        question = MemberQuestion(phone=phone, member_id=member_id)
        return self.ask("POST", PATH_MEMBERS, FeedPage, body=packed(question))

    def ask(self, method: str, target: str, kind: type[T], *, body: bytes = b"") -> T:
        """Ask, and once more with a fresh nonce where the server wants one."""
        try:
            return unpacked(self.send(method, target, body=body), kind)
        except Refused as refused:
            if refused.code is not ErrorCode.NONCE_STALE:
                raise
        return unpacked(self.send(method, target, body=body), kind)

    def send(self, method: str, target: str, *, body: bytes = b"") -> httpx.Response:
        request = self.http.build_request(
            method, target, content=body, headers=self.headers(method, target, body)
        )
        response = self.http.send(request)
        self.nonce = response.headers.get(HEADER_NONCE, "")
        return response

    def headers(self, method: str, target: str, body: bytes = b"") -> dict[str, str]:
        text = request_text(
            method, target, body=body, terminal=self.terminal.terminal, nonce=self.nonce
        )
        return {
            HEADER_PROTOCOL: "1",
            HEADER_TERMINAL: self.terminal.terminal,
            HEADER_NONCE: self.nonce,
            HEADER_SIGNATURE: self.terminal.signer.sign(text).hex(),
            "Content-Type": CONTENT_TYPE,
        }

    def close(self) -> None:
        self.http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
