"""Enrol, push and feed: read the request, know the till, do the work off the event loop."""

from collections.abc import Awaitable, Callable
from enum import Enum
from typing import Final

import msgspec
import structlog
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from domain.allowances.messages import AuthoriseRequest, RightsRequest
from domain.errors import ErrorCode, TillfoldError
from domain.protocol import (
    HEADER_NONCE,
    HEADER_PROTOCOL,
    HEADER_SIGNATURE,
    HEADER_TERMINAL,
    LARGEST_PAGE_ROWS,
    DigestsRequest,
    EnrolRequest,
    EpochRequest,
    MemberQuestion,
    PushRequest,
    RowsRequest,
)
from sync_server.authentication.nonces import Nonces
from sync_server.authentication.rate_limits import RateLimit
from sync_server.authentication.requests import (
    SignedRequest,
    check_nonce,
    check_protocol,
    check_signature,
)
from sync_server.database.terminals import Terminal
from sync_server.routes.metrics import Metrics
from sync_server.routes.sync.messages import answer, decode_body, read_body, refusal
from sync_server.use_cases.authorising import authorise
from sync_server.use_cases.context import Context
from sync_server.use_cases.enrolment import enrol
from sync_server.use_cases.epochs import grant_epoch
from sync_server.use_cases.feed import read_digests, read_feed, read_rows
from sync_server.use_cases.looking_up import look_up
from sync_server.use_cases.own_journal import read_own_journal
from sync_server.use_cases.push import push
from sync_server.use_cases.rights import exchange_rights
from sync_server.use_cases.signed_codes import read_codes
from sync_server.use_cases.tills import known_till, refuse_revoked

_log = structlog.get_logger("sync")
Endpoint = Callable[[Request], Awaitable[Response]]

_LONGEST_NUMBER: Final = 16
# A comparison walks through all rows of a till; healing one takes nine at most.
COMPARISONS_PER_MINUTE: Final = 60


class HandingIn(Enum):
    """Whether a request serves to hand in what a till holds."""

    YES = "yes"
    NO = "no"


class SyncExchange:
    """The request handlers. One for a server process."""

    def __init__(
        self, context: Context, metrics: Metrics, *, enrolments: RateLimit, look_ups: RateLimit
    ) -> None:
        self._context = context
        self._metrics = metrics
        self._enrolments = enrolments
        self._look_ups = look_ups
        self._comparisons = RateLimit(COMPARISONS_PER_MINUTE)
        self._nonces = Nonces(context.keys.nonces)

    async def enrol(self, request: Request) -> Response:
        caller = request.client.host if request.client else ""

        def work(body: bytes) -> msgspec.Struct:
            if not self._enrolments.allows(caller, self._context.now_ms()):
                raise TillfoldError(ErrorCode.TOO_MANY_REQUESTS)
            return enrol(self._context, decode_body(body, EnrolRequest))

        return await self._answered(request, work)

    async def push(self, request: Request) -> Response:
        def work(body: bytes) -> msgspec.Struct:
            till = self.authenticate(request, body, handing_in=HandingIn.YES)
            pushed = push(self._context, till, decode_body(body, PushRequest))
            self._metrics.count_verdicts(pushed.verdicts)
            return pushed

        return await self._answered(request, work)

    async def feed(self, request: Request) -> Response:
        def work(body: bytes) -> msgspec.Struct:
            till = self.authenticate(request, body)
            return read_feed(
                self._context,
                till,
                cursor=_number(request, "cursor", 0),
                limit=_number(request, "limit", LARGEST_PAGE_ROWS),
                epoch=_number(request, "epoch", 0),
                began=_number(request, "began", 0),
            )

        return await self._answered(request, work)

    async def epoch(self, request: Request) -> Response:
        def work(body: bytes) -> msgspec.Struct:
            till = self.authenticate(request, body, handing_in=HandingIn.YES)
            return grant_epoch(self._context, till, decode_body(body, EpochRequest))

        return await self._answered(request, work)

    async def journal(self, request: Request) -> Response:
        def work(body: bytes) -> msgspec.Struct:
            till = self.authenticate(request, body)
            return read_own_journal(
                self._context,
                till,
                epoch=_number(request, "epoch", till.epoch),
                after=_number(request, "after", 0),
            )

        return await self._answered(request, work)

    async def codes(self, request: Request) -> Response:
        def work(body: bytes) -> msgspec.Struct:
            return read_codes(self._context, self.authenticate(request, body))

        return await self._answered(request, work)

    async def authorise(self, request: Request) -> Response:
        def work(body: bytes) -> msgspec.Struct:
            till = self.authenticate(request, body)
            return authorise(self._context, till, decode_body(body, AuthoriseRequest))

        return await self._answered(request, work)

    async def rights(self, request: Request) -> Response:
        def work(body: bytes) -> msgspec.Struct:
            till = self.authenticate(request, body)
            return exchange_rights(self._context, till, decode_body(body, RightsRequest))

        return await self._answered(request, work)

    async def digests(self, request: Request) -> Response:
        def work(body: bytes) -> msgspec.Struct:
            till = self._admit(request, body, self._comparisons)
            return read_digests(self._context, till, decode_body(body, DigestsRequest))

        return await self._answered(request, work)

    async def rows(self, request: Request) -> Response:
        def work(body: bytes) -> msgspec.Struct:
            till = self.authenticate(request, body)
            return read_rows(self._context, till, decode_body(body, RowsRequest))

        return await self._answered(request, work)

    async def member(self, request: Request) -> Response:
        def work(body: bytes) -> msgspec.Struct:
            till = self._admit(request, body, self._look_ups)
            return look_up(self._context, till, decode_body(body, MemberQuestion))

        return await self._answered(request, work)

    def _admit(self, request: Request, body: bytes, limit: RateLimit) -> Terminal:
        till = self.authenticate(request, body)
        if not limit.allows(till.terminal_id, self._context.now_ms()):
            raise TillfoldError(ErrorCode.TOO_MANY_REQUESTS)
        return till

    async def unknown(self, request: Request) -> Response:
        def work(_body: bytes) -> msgspec.Struct:
            raise TillfoldError(ErrorCode.NOT_FOUND)

        return await self._answered(request, work)

    def authenticate(
        self, request: Request, body: bytes, *, handing_in: HandingIn = HandingIn.NO
    ) -> Terminal:
        """The till that signed this request. Reads the database: not for the event loop.

        A till that is switched off may only hand in what it holds, where head office wants that.

        Raises:
            TillfoldError: `nonce_stale`, `terminal_unknown`, `signature_wrong`,
                `terminal_revoked`.
        """
        now_ms = self._context.now_ms()
        signed = _signed(request, body)
        check_nonce(signed, self._nonces, now_ms)
        till = known_till(self._context, signed.terminal)
        check_signature(signed, till.public_key)
        refuse_revoked(till, handing_in_at_ms=now_ms if handing_in is HandingIn.YES else None)
        return till

    def fresh_nonce(self) -> str:
        return self._nonces.issue(self._context.now_ms())

    def _refuse(self, request: Request, error: TillfoldError) -> Response:
        self._metrics.count_refusal(error.code)
        _log.info("refused", path=request.url.path, code=error.code.value)
        return refusal(error, nonce=self.fresh_nonce())

    async def coded(self, request: Request, work: Callable[[], Awaitable[Response]]) -> Response:
        """The answer of `work`; whatever happens, it is one that a till can read."""
        try:
            check_protocol(request.headers.get(HEADER_PROTOCOL, ""))
            return await work()
        except TillfoldError as error:
            return self._refuse(request, error)
        except Exception:  # noqa: BLE001 - coded answer, logged
            _log.exception("failed", path=request.url.path)
            return self._refuse(request, TillfoldError(ErrorCode.SERVER_FAILED))

    async def _answered(
        self, request: Request, work: Callable[[bytes], msgspec.Struct]
    ) -> Response:
        """Do the work on a thread, so that the event loop never waits for the database."""

        def work_and_answer(body: bytes) -> Response:
            return answer(work(body), nonce=self.fresh_nonce())

        async def read_work_and_answer() -> Response:
            body = await read_body(request)
            return await run_in_threadpool(work_and_answer, body)

        return await self.coded(request, read_work_and_answer)


def _signed(request: Request, body: bytes) -> SignedRequest:
    target = request.scope["raw_path"].decode("latin-1")
    if query := request.scope["query_string"].decode("latin-1"):
        target = f"{target}?{query}"
    return SignedRequest(
        method=request.method,
        target=target,
        body=body,
        protocol=request.headers.get(HEADER_PROTOCOL, ""),
        terminal=request.headers.get(HEADER_TERMINAL, ""),
        nonce=request.headers.get(HEADER_NONCE, ""),
        signature=request.headers.get(HEADER_SIGNATURE, ""),
    )


def _number(request: Request, name: str, default: int) -> int:
    text = request.query_params.get(name, str(default))
    if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER):
        raise TillfoldError(ErrorCode.REQUEST_MALFORMED, where=name)
    return int(text)
