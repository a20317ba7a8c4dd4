"""The live channel: tells tills that their brand's feed has moved, as server-sent events.

It says "there is more", never what: a till then pulls. One slow or dead reader holds nobody up.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from domain.errors import ErrorCode, TillfoldError
from domain.identifiers import BrandId
from sync_server.database.terminals import Terminal
from sync_server.routes.metrics import Metrics
from sync_server.routes.sync.exchange import SyncExchange
from sync_server.routes.sync.messages import headers
from sync_server.use_cases.context import Context
from sync_server.use_cases.feed import read_head

_HEARTBEAT: Final = b": still here\n\n"


class Channel:
    """One till's wait for news. All of it runs on the event loop but `hear`."""

    def __init__(self, brand_id: BrandId) -> None:
        self._brand_id = brand_id
        self._loop = asyncio.get_running_loop()
        self._news = asyncio.Event()
        self.head = 0

    def hear(self, brand_id: BrandId, head: int) -> None:
        """Called on the thread that committed."""
        if brand_id != self._brand_id:
            return
        # A loop that has just closed wants no news; the commit must not fail for it.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self.move, head)

    def move(self, head: int) -> None:
        self.head = max(self.head, head)
        self._news.set()

    async def wait(self, within_seconds: float) -> bool:
        """Whether something was heard in time."""
        try:
            await asyncio.wait_for(self._news.wait(), within_seconds)
        except TimeoutError:
            return False
        self._news.clear()
        return True


class LiveChannels:
    """All channels of a process; never more than `limit` of them."""

    def __init__(
        self,
        context: Context,
        exchange: SyncExchange,
        metrics: Metrics,
        *,
        limit: int,
        heartbeat_seconds: float,
    ) -> None:
        self._context = context
        self._exchange = exchange
        self._metrics = metrics
        self._limit = limit
        self._heartbeat_seconds = heartbeat_seconds
        self._open: set[Channel] = set()
        self._closing = False

    def close(self) -> None:
        """End all channels. Called on the event loop, before the server waits for its clients."""
        self._closing = True
        for channel in self._open:
            channel.move(0)

    async def live(self, request: Request) -> Response:
        async def admit() -> Response:
            till = await run_in_threadpool(self._exchange.authenticate, request, b"")
            if len(self._open) >= self._limit or self._closing:
                raise TillfoldError(ErrorCode.TOO_MANY_REQUESTS)
            return StreamingResponse(
                self._events(till),
                headers=headers(self._exchange.fresh_nonce()) | {"X-Accel-Buffering": "no"},
                media_type="text/event-stream",
            )

        return await self._exchange.coded(request, admit)

    async def _events(self, till: Terminal) -> AsyncIterator[bytes]:
        if len(self._open) >= self._limit:
            return
        channel = Channel(till.brand_id)
        self._open.add(channel)
        self._context.heads.listen(channel.hear)
        self._metrics.live_channels.set(len(self._open))
        told = -1
        try:
            channel.move(await run_in_threadpool(read_head, self._context, till))
            while not self._closing:
                if channel.head > told:
                    told = channel.head
                    yield b"data: %d\n\n" % told
                elif not await channel.wait(self._heartbeat_seconds):
                    # Other processes' commits are not heard here; they are seen at a heartbeat.
                    channel.move(await run_in_threadpool(read_head, self._context, till))
                    yield _HEARTBEAT
        finally:
            self._context.heads.leave(channel.hear)
            self._open.discard(channel)
            self._metrics.live_channels.set(len(self._open))
