"""HTTP between till and server: signed requests out, checked answers in.

Whatever comes back that is not ours (a captive portal's page with status 200, a proxy's error)
ends as a coded error, never as data.
"""

import io
import platform
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from types import TracebackType
from typing import Annotated, Final, Self, TypeVar

import httpx
import msgspec
import zstandard

from domain.allowances.messages import (
    PATH_AUTHORISE,
    PATH_RIGHTS,
    AuthoriseAnswer,
    AuthoriseRequest,
    RightsAnswer,
    RightsRequest,
)
from domain.errors import ErrorCode, TillfoldError
from domain.protocol import (
    CONTENT_TYPE,
    HEADER_NONCE,
    HEADER_PROTOCOL,
    HEADER_SIGNATURE,
    HEADER_TERMINAL,
    LARGEST_ANSWER_BYTES,
    PATH_CODES,
    PATH_DIGESTS,
    PATH_ENROL,
    PATH_EPOCH,
    PATH_FEED,
    PATH_JOURNAL,
    PATH_LIVE,
    PATH_MEMBERS,
    PATH_PUSH,
    PATH_ROWS,
    PROTOCOL_VERSION,
    CodesAnswer,
    DigestsAnswer,
    DigestsRequest,
    EnrolAnswer,
    EnrolRequest,
    EpochRequest,
    ErrorAnswer,
    FeedPage,
    JournalPage,
    MemberQuestion,
    PushAnswer,
    PushRequest,
    RowsRequest,
    SignedGrant,
    enrolment_proof,
    request_text,
)
from domain.signatures import Signer
from pos_client.sync.line import Line

T = TypeVar("T")

# The version in pyproject.toml; a test holds the two equal.
PROGRAM_VERSION: Final = "tillfold 0.1.0"
_ATTEMPTS_WITH_NONCE: Final = 2
_LARGEST_WINDOW_BYTES: Final = 8 * 1024 * 1024


class Timeouts(msgspec.Struct, frozen=True, kw_only=True):
    """How long a server may be silent.

    It sends a heartbeat every 15 s; two missed ones are enough to call a live channel dead.
    """

    connect_s: float = 3.0
    answer_s: float = 20.0
    live_silence_s: float = 40.0


_OWN_CODES: Final = frozenset(code.value for code in ErrorCode)
USUAL_TIMEOUTS: Final = Timeouts()


class _LaterRefusal(msgspec.Struct, frozen=True):
    code: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9_]{1,60}\Z")]


class RefusedByServerError(TillfoldError):
    """A coded refusal; `expected` is the entry number that the server wants next, if it said."""

    def __init__(self, answer: ErrorAnswer) -> None:
        super().__init__(answer.code, **answer.values)
        self.expected = answer.expected


class Transport:
    """Talks to one server as one terminal. Not for two threads at once: each makes its own."""

    def __init__(
        self,
        server_url: str,
        *,
        terminal: str,
        signer: Signer,
        timeouts: Timeouts = USUAL_TIMEOUTS,
    ) -> None:
        self._terminal = terminal
        self._signer = signer
        self._timeouts = timeouts
        self._nonce = ""
        self._line = Line()
        self._client = _client(server_url, timeouts)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        self._client.close()

    def interrupt(self) -> None:
        """Break off what is under way, and whatever is begun later. From any thread."""
        self._line.cut()

    def push(self, request: PushRequest) -> PushAnswer:
        body = _packed(request)
        return self._ask("POST", PATH_PUSH, PushAnswer, body=body)

    def feed(self, *, cursor: int, limit: int, began: int = 0, epoch: int = 0) -> FeedPage:
        target = f"{PATH_FEED}?cursor={cursor}&limit={limit}&began={began}&epoch={epoch}"
        return self._ask("GET", target, FeedPage)

    def epoch(self, request: EpochRequest) -> SignedGrant:
        return self._ask("POST", PATH_EPOCH, SignedGrant, body=_packed(request))

    def journal(self, *, epoch: int, after: int) -> JournalPage:
        return self._ask("GET", f"{PATH_JOURNAL}?epoch={epoch}&after={after}", JournalPage)

    def digests(self, request: DigestsRequest) -> DigestsAnswer:
        return self._ask("POST", PATH_DIGESTS, DigestsAnswer, body=_packed(request))

    def rows(self, request: RowsRequest) -> FeedPage:
        return self._ask("POST", PATH_ROWS, FeedPage, body=_packed(request))

    def member(self, question: MemberQuestion) -> FeedPage:
        return self._ask("POST", PATH_MEMBERS, FeedPage, body=_packed(question))

    def codes(self) -> CodesAnswer:
        return self._ask("GET", PATH_CODES, CodesAnswer)

    def authorise(self, request: AuthoriseRequest) -> AuthoriseAnswer:
        return self._ask("POST", PATH_AUTHORISE, AuthoriseAnswer, body=_packed(request))

    def rights(self, request: RightsRequest) -> RightsAnswer:
        return self._ask("POST", PATH_RIGHTS, RightsAnswer, body=_packed(request))

    def live(self) -> Iterator[int]:
        """The head of the feed, each time it moves; ends or raises when the channel breaks.

        Raises:
            TillfoldError: as for every request.
        """
        for _ in range(_ATTEMPTS_WITH_NONCE):
            with self._sent("GET", PATH_LIVE, live=True) as response:
                if response.headers.get("Content-Type", "").startswith("text/event-stream"):
                    yield from _events(response)
                    return
                self._take_refusal(response, _checked_content(response))
        raise TillfoldError(ErrorCode.NONCE_STALE)

    def _ask(self, method: str, target: str, kind: type[T], *, body: bytes = b"") -> T:
        for _ in range(_ATTEMPTS_WITH_NONCE):
            with self._sent(method, target, body) as response:
                content = _checked_content(response)
            if response.status_code == httpx.codes.OK:
                self._nonce = response.headers.get(HEADER_NONCE, self._nonce)
                return _decoded(content, kind)
            self._take_refusal(response, content)
        raise TillfoldError(ErrorCode.NONCE_STALE)

    @contextmanager
    def _sent(
        self, method: str, target: str, body: bytes = b"", *, live: bool = False
    ) -> Iterator[httpx.Response]:
        """An answer whose head is here and is ours; its body is still to be read."""
        with _network_errors():
            request = self._signed(method, target, body)
            if live:
                silence_s, connect_s = self._timeouts.live_silence_s, self._timeouts.connect_s
                timeout = httpx.Timeout(silence_s, connect=connect_s)
                request.extensions["timeout"] = timeout.as_dict()
            request.extensions["trace"] = self._line.follow
            response = self._client.send(request, stream=True)
            try:
                _refuse_strangers(response)
                yield response
            finally:
                response.close()

    def _take_refusal(self, response: httpx.Response, content: bytes) -> None:
        """Take a fresh nonce for the next attempt, or raise what the server refused with."""
        answer = _refusal(content)
        self._nonce = response.headers.get(HEADER_NONCE, "")
        if answer.code is not ErrorCode.NONCE_STALE or not self._nonce:
            raise RefusedByServerError(answer)

    def _signed(self, method: str, target: str, body: bytes) -> httpx.Request:
        text = request_text(method, target, body=body, terminal=self._terminal, nonce=self._nonce)
        headers = {
            HEADER_PROTOCOL: str(PROTOCOL_VERSION),
            HEADER_TERMINAL: self._terminal,
            HEADER_NONCE: self._nonce,
            HEADER_SIGNATURE: self._signer.sign(text).hex(),
            "Content-Type": CONTENT_TYPE,
        }
        return self._client.build_request(method, target, content=body, headers=headers)


def enrol(server_url: str, code: str, signer: Signer) -> EnrolAnswer:
    """Exchange a one-time code for a place in a brand.

    Raises:
        TillfoldError: `enrolment_code_wrong`, `server_unreachable`, `server_not_ours` …
    """
    request = EnrolRequest(
        code=code.strip(),
        public_key=signer.public_key,
        proof=signer.sign(enrolment_proof(code.strip(), signer.public_key)),
        program_version=f"{PROGRAM_VERSION} {platform.system()}",
    )
    headers = {HEADER_PROTOCOL: str(PROTOCOL_VERSION), "Content-Type": CONTENT_TYPE}
    body = _packed(request)
    with (
        _network_errors(),
        _client(server_url, USUAL_TIMEOUTS) as client,
        client.stream("POST", PATH_ENROL, content=body, headers=headers) as response,
    ):
        _refuse_strangers(response)
        content = _checked_content(response)
    if response.status_code != httpx.codes.OK:
        raise RefusedByServerError(_refusal(content))
    return _decoded(content, EnrolAnswer)


def _refusal(content: bytes) -> ErrorAnswer:
    """Raises TillfoldError `server_code_unknown` for a code of a later release."""
    try:
        return msgspec.msgpack.decode(content, type=ErrorAnswer)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        code = _decoded(content, _LaterRefusal).code
        if code in _OWN_CODES:
            raise TillfoldError(ErrorCode.SERVER_GARBLED) from None
        raise TillfoldError(ErrorCode.SERVER_CODE_UNKNOWN, answer=code) from None


def _client(server_url: str, timeouts: Timeouts) -> httpx.Client:
    try:
        return httpx.Client(
            base_url=server_url.rstrip("/"),
            timeout=httpx.Timeout(timeouts.answer_s, connect=timeouts.connect_s),
            follow_redirects=False,
            verify=_trusted_certificates(),
        )
    except (httpx.InvalidURL, ValueError) as error:
        raise TillfoldError(ErrorCode.SERVER_UNREACHABLE) from error


@cache
def _trusted_certificates() -> ssl.SSLContext:
    """Once a program: to read all of them takes 30 ms, and each attempt needs a client."""
    return httpx.create_ssl_context()


def _refuse_strangers(response: httpx.Response) -> None:
    """Look at the head alone: what a captive portal says further is not even read.

    Raises:
        TillfoldError: `server_not_ours`, `server_failed`.
    """
    if HEADER_PROTOCOL not in response.headers:
        failed = response.status_code >= httpx.codes.INTERNAL_SERVER_ERROR
        raise TillfoldError(ErrorCode.SERVER_FAILED if failed else ErrorCode.SERVER_NOT_OURS)


def _checked_content(response: httpx.Response) -> bytes:
    """The decompressed body of an answer of ours; never more than the largest answer in memory.

    Raises:
        TillfoldError: `server_garbled`.
    """
    if response.headers.get("Content-Type", "").partition(";")[0] != CONTENT_TYPE:
        raise TillfoldError(ErrorCode.SERVER_GARBLED)
    packed = bytearray()
    for part in response.iter_bytes():
        packed += part
        if len(packed) > LARGEST_ANSWER_BYTES:
            raise TillfoldError(ErrorCode.SERVER_GARBLED)
    decompressor = zstandard.ZstdDecompressor(max_window_size=_LARGEST_WINDOW_BYTES)
    try:
        with decompressor.stream_reader(io.BytesIO(packed)) as reader:
            content = reader.read(LARGEST_ANSWER_BYTES + 1)
    except zstandard.ZstdError as error:
        raise TillfoldError(ErrorCode.SERVER_GARBLED) from error
    if len(content) > LARGEST_ANSWER_BYTES:
        raise TillfoldError(ErrorCode.SERVER_GARBLED)
    return content


def _packed(message: msgspec.Struct) -> bytes:
    return zstandard.compress(msgspec.msgpack.encode(message))


def _decoded(content: bytes, kind: type[T]) -> T:
    try:
        return msgspec.msgpack.decode(content, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise TillfoldError(ErrorCode.SERVER_GARBLED) from error


def _events(response: httpx.Response) -> Iterator[int]:
    """The numbers in the `data:` lines; a comment is a heartbeat and only keeps the wait alive."""
    for line in response.iter_lines():
        name, _, text = line.partition(":")
        if name == "data" and text.strip().isdigit():
            yield int(text)


@contextmanager
def _network_errors() -> Iterator[None]:
    """Turn httpx's errors into ours."""
    try:
        yield
    except httpx.DecodingError as error:
        raise TillfoldError(ErrorCode.SERVER_GARBLED) from error
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
        raise TillfoldError(ErrorCode.SERVER_UNREACHABLE) from error
