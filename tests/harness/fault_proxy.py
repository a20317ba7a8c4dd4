"""A network between till and server that misbehaves as told: real sockets, one event loop."""

import asyncio
import contextlib
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random  # noqa: TID251 - seeded: the same losses in every run
from typing import Final

import msgspec

_CHUNK: Final = 16 * 1024
_START_S: Final = 10.0
# Closing with this sends a reset, as a router that lost its state does.
_RESET: Final = struct.pack("ii", 1, 0)
_PORTAL: Final = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 38\r\n\r\n"
    b"<html><body>Please log in</body></html>"
)
_REQUEST: Final = b" /sync/v1/"


class Weather(msgspec.Struct, frozen=True, kw_only=True):
    """What the network does to each connection; by itself nothing.

    `break_chance` is that of each chunk to be lost: what TCP cannot deliver ends the connection.
    """

    resets: bool = False
    swallows: bool = False
    loses_answers: bool = False
    is_portal: bool = False
    break_chance: float = 0.0
    delay_s: float = 0.0
    bytes_per_s: int = 0


FAIR: Final = Weather()


class FaultProxy:
    """Between a port of its own and `target_port`. Methods may be called from any thread."""

    def __init__(self, target_port: int, *, seed: int = 0) -> None:
        self._target_port = target_port
        self._random = Random(seed)
        self._weather = FAIR
        self._loop = asyncio.new_event_loop()
        self._writers: set[asyncio.StreamWriter] = set()
        self.port = 0
        self.requests = 0
        self.connections = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def turn(self, weather: Weather) -> None:
        """From now on; connections that are open feel it too, except that no portal joins them."""
        self._weather = weather
        if weather.resets or weather.is_portal or weather == FAIR:
            self._loop.call_soon_threadsafe(self._reset_all)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._writers.add(writer)
        try:
            if self._weather.is_portal:
                await reader.readuntil(b"\r\n\r\n")
                self.requests += 1
                writer.write(_PORTAL)
                await writer.drain()
                writer.close()
                await writer.wait_closed()
            elif not self._weather.resets:
                await self._join(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass  # one of the two ends is gone: so is the connection
        finally:
            _reset(writer)
            self._writers.discard(writer)

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._target_port)
        self._writers.add(far_writer)
        both = [
            asyncio.ensure_future(self._carry(reader, far_writer, is_request=True)),
            asyncio.ensure_future(self._carry(far_reader, writer, is_request=False)),
        ]
        try:
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in both:
                one.cancel()
            await asyncio.gather(*both, return_exceptions=True)
            for end in (writer, far_writer):
                _reset(end)
            self._writers.discard(far_writer)

    async def _carry(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, *, is_request: bool
    ) -> None:
        while data := await source.read(_CHUNK):
            self.requests += is_request * data.count(_REQUEST)
            weather = self._weather
            if self._random.random() < weather.break_chance:
                return
            if weather.loses_answers and not is_request:
                return
            if weather.swallows:
                continue
            await asyncio.sleep(
                weather.delay_s + (len(data) / weather.bytes_per_s if weather.bytes_per_s else 0)
            )
            sink.write(data)
            await sink.drain()

    def _reset_all(self) -> None:
        for writer in list(self._writers):
            _reset(writer)

    def _serve(self, listening: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._accept, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        listening.set()
        self._loop.run_forever()
        server.close()
        self._reset_all()
        waiting = asyncio.all_tasks(self._loop)
        for task in waiting:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*waiting, return_exceptions=True))
        self._reset_all()
        # A transport that was aborted is closed in the loop's next turn.
        self._loop.run_until_complete(asyncio.sleep(0.01))
        self._loop.close()

    @contextmanager
    def running(self) -> Iterator["FaultProxy"]:
        listening = threading.Event()
        thread = threading.Thread(target=self._serve, args=(listening,), daemon=True)
        thread.start()
        try:
            assert listening.wait(_START_S)
            yield self
        finally:
            self._loop.call_soon_threadsafe(self._loop.stop)
            thread.join(_START_S)


def _reset(writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        raw = writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    writer.transport.abort()
