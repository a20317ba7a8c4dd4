"""The outermost layer: times each request, logs it without its query, and keeps faults inside.

A body that does not come to its end in time is given up.
"""

import time
from typing import Final

import structlog
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from domain.errors import ErrorCode
from sync_server.routes.metrics import Metrics
from sync_server.routes.patience import with_deadline

_log = structlog.get_logger("requests")
_FAILED: Final = 500


class Guard:
    def __init__(self, app: ASGIApp, metrics: Metrics, *, body_seconds: float) -> None:
        self._app = app
        self._metrics = metrics
        self._body_seconds = body_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        status = 0

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                self._note(scope, status, seconds=time.perf_counter() - began)
            await send(message)

        try:
            await self._app(scope, with_deadline(receive, self._body_seconds), watched)
        except Exception:  # noqa: BLE001 - the last layer: coded answer, logged
            # The message of an error may quote personal data: it is neither logged nor sent.
            _log.exception("failed", method=scope["method"], route=_route(scope))
            if not status:
                body = {"code": ErrorCode.SERVER_FAILED.value, "text": "", "values": {}}
                await JSONResponse(body, _FAILED)(scope, receive, watched)

    def _note(self, scope: Scope, status: int, *, seconds: float) -> None:
        method, route = scope["method"], _route(scope)
        self._metrics.observe(method, route, status, seconds=seconds)
        _log.debug("request", method=method, route=route, status=status, seconds=round(seconds, 4))


def _route(scope: Scope) -> str:
    """The pattern of the path, such as /members/{member_id}; never a path with ids in it."""
    return getattr(scope.get("route"), "path", "") or "other"
