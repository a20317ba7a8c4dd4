"""For load balancers and operators: lives, ready, metrics."""

import structlog
from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from sync_server.routes.metrics import Metrics
from sync_server.use_cases.context import Context
from sync_server.use_cases.oversight import is_ready

_log = structlog.get_logger("health")
_UNAVAILABLE = 503


def health_routes(context: Context, metrics: Metrics) -> list[Route]:
    async def lives(_request: Request) -> Response:
        return JSONResponse({"status": "lives"})

    async def ready(_request: Request) -> Response:
        try:
            is_so = await run_in_threadpool(is_ready, context)
        except SQLAlchemyError:
            _log.exception("database does not answer")
            is_so = False
        if is_so:
            return JSONResponse({"status": "ready"})
        return JSONResponse({"status": "not ready"}, _UNAVAILABLE)

    async def measured(_request: Request) -> Response:
        text = await run_in_threadpool(metrics.text)
        return PlainTextResponse(text, media_type=CONTENT_TYPE_LATEST)

    return [
        Route("/healthz", lives),
        Route("/readyz", ready),
        Route("/metrics", measured),
    ]
