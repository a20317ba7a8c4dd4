"""Where the sync routes are; they stay out of the OpenAPI schema."""

from starlette.routing import Route

from domain.allowances.messages import PATH_AUTHORISE, PATH_RIGHTS
from domain.protocol import (
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
)
from sync_server.routes.sync.exchange import SyncExchange
from sync_server.routes.sync.live import LiveChannels


def sync_routes(exchange: SyncExchange, channels: LiveChannels) -> list[Route]:
    return [
        Route(PATH_ENROL, exchange.enrol, methods=["POST"]),
        Route(PATH_PUSH, exchange.push, methods=["POST"]),
        Route(PATH_FEED, exchange.feed, methods=["GET"]),
        Route(PATH_CODES, exchange.codes, methods=["GET"]),
        Route(PATH_EPOCH, exchange.epoch, methods=["POST"]),
        Route(PATH_JOURNAL, exchange.journal, methods=["GET"]),
        Route(PATH_AUTHORISE, exchange.authorise, methods=["POST"]),
        Route(PATH_RIGHTS, exchange.rights, methods=["POST"]),
        Route(PATH_DIGESTS, exchange.digests, methods=["POST"]),
        Route(PATH_ROWS, exchange.rows, methods=["POST"]),
        Route(PATH_MEMBERS, exchange.member, methods=["POST"]),
        Route(PATH_LIVE, channels.live, methods=["GET"]),
        Route("/sync/{rest:path}", exchange.unknown, methods=["GET", "POST", "PUT", "DELETE"]),
    ]
