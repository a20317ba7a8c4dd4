"""The live channel: tells tills that their brand's feed has moved, as server-sent events.

It says "there is more", never what: a till then pulls. One slow or dead reader holds nobody up.
Commits of this process are told at once. On PostgreSQL those of other processes are heard at once
too; and everywhere they are seen by a look at the brands' counters about once a second.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Final

import psycopg
import structlog
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from domain.errors import ErrorCode, TillfoldError
from domain.identifiers import BrandId
from sync_server.database.news import listen
from sync_server.database.terminals import Terminal
from sync_server.routes.metrics import Metrics
from sync_server.routes.sync.exchange import SyncExchange
from sync_server.routes.sync.messages import headers
from sync_server.use_cases.context import Context
from sync_server.use_cases.feed import read_heads

_log = structlog.get_logger("live")
LOOK_SECONDS: Final = 1.0
_LISTEN_AGAIN_SECONDS: Final = 5.0
# Keeps proxies from holding events back or packing them: nginx by name, others by RFC 9111.
_UNBUFFERED: Final = {"X-Accel-Buffering": "no", "Cache-Control": "no-store, no-transform"}
_HEARTBEAT: Final = b": still here\n\n"


class Channel:
    """One till's wait for news. All of it runs on the event loop but `hear`."""

    def __init__(self, brand_id: BrandId) -> None:
        self.brand_id = brand_id
        self._loop = asyncio.get_running_loop()
        self._news = asyncio.Event()
        self.head = 0

    def hear(self, brand_id: BrandId, head: int) -> None:
        """Called on the thread that committed."""
        if brand_id != self.brand_id:
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
        self._looking: asyncio.Task[None] | None = None
        self._listening: asyncio.Task[None] | None = None
        self._closing = False

    async def close(self) -> None:
        """End all channels, before the server waits for its clients."""
        self._closing = True
        for channel in self._open:
            channel.move(0)
        tasks = [task for task in (self._looking, self._listening) if task is not None]
        for task in tasks:
            task.cancel()
        # Whoever is cancelled a second time, by the loop that ends, leaves its connection open.
        await asyncio.gather(*tasks, return_exceptions=True)

    async def live(self, request: Request) -> Response:
        async def admit() -> Response:
            till = await run_in_threadpool(self._exchange.authenticate, request, b"")
            if len(self._open) >= self._limit or self._closing:
                raise TillfoldError(ErrorCode.TOO_MANY_REQUESTS)
            return StreamingResponse(
                self._events(till),
                headers=headers(self._exchange.fresh_nonce()) | _UNBUFFERED,
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
            await self._look_at(channel)
            self._keep_looking()
            while not self._closing:
                if channel.head > told:
                    told = channel.head
                    yield b"data: %d\n\n" % told
                elif not await channel.wait(self._heartbeat_seconds):
                    yield _HEARTBEAT
        finally:
            self._context.heads.leave(channel.hear)
            self._open.discard(channel)
            self._metrics.live_channels.set(len(self._open))

    def _keep_looking(self) -> None:
        """One look serves all channels; it ends with the last of them."""
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look_again_and_again())
        if self._context.database.on_postgresql and (
            self._listening is None or self._listening.done()
        ):
            self._listening = asyncio.create_task(self._listen_again_and_again())

    async def _look_again_and_again(self) -> None:
        while self._open:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                await self._look_at(*self._open)
            except (SQLAlchemyError, TillfoldError):
                # The channels stay: this process still tells its own commits.
                _log.exception("heads cannot be read")

    async def _listen_again_and_again(self) -> None:
        """Hear other processes as long as there are channels; without it they still look."""
        while self._open:
            try:
                await self._listen()
            except (psycopg.Error, OSError):
                _log.warning("other processes cannot be heard", exc_info=True)
                await asyncio.sleep(_LISTEN_AGAIN_SECONDS)

    async def _listen(self) -> None:
        news = listen(self._context.database.engine)
        async with contextlib.aclosing(news):
            async for heard in news:
                if heard is None:
                    # Something may have happened before this connection listened.
                    await self._look_at(*self._open)
                else:
                    self._tell(*heard)
                if not self._open:
                    return

    def _tell(self, brand_id: BrandId, head: int) -> None:
        for channel in self._open:
            if channel.brand_id == brand_id and head > channel.head:
                channel.move(head)

    async def _look_at(self, *channels: Channel) -> None:
        brand_ids = {channel.brand_id for channel in channels}
        heads = await run_in_threadpool(read_heads, self._context, brand_ids)
        for channel in channels:
            head = heads.get(channel.brand_id, 0)
            if head > channel.head:
                channel.move(head)
