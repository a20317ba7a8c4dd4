"""`python -m tests.benchmarks.crowd URL CHANNELS PULLS CODE…`: many tills on live channels.

As lean as can be, so that it is the server that is measured: one event loop, plain sockets. Each
code enrols one till; the channels are shared out among them. With `PULLS` 1 each channel pulls
when it is told that there is more, and tells when a row arrived: a line of JSON per change asked
for, `{"marker": …, "seen": [monotonic seconds of each till]}`. Lines on standard input are the
markers to look for in the rows; the end of the input ends it.
"""

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from functools import partial

import msgspec
import zstandard

from domain.protocol import (
    CONTENT_TYPE,
    HEADER_NONCE,
    HEADER_PROTOCOL,
    HEADER_SIGNATURE,
    HEADER_TERMINAL,
    PATH_FEED,
    PATH_LIVE,
    FeedPage,
    request_text,
)
from tests.builders.sync_client import SyncClient
from tests.builders.terminal import TestTerminal

_page_decoder = msgspec.msgpack.Decoder(FeedPage)
DEADLINE_S = 60
LOOK_S = 0.005
OPENED_AT_ONCE = 50
OK = 200


class Answer(msgspec.Struct):
    status: int
    headers: dict[str, str]
    body: bytes


class Wire:
    """One connection of a till; requests are signed with the nonce of the answer before."""

    def __init__(self, terminal: TestTerminal, host: str, port: int) -> None:
        self._terminal = terminal
        self._host, self._port = host, port
        self._nonce = ""

    async def open(self) -> None:
        self._reader, self._writer = await asyncio.open_connection(self._host, self._port)

    async def ask(self, target: str) -> Answer:
        """Ask, and once more with a fresh nonce where the server wants one."""
        answer = await self._ask_once(target)
        return answer if answer.status == OK else await self._ask_once(target)

    async def begin(self, target: str) -> Answer:
        """The head of an answer; what follows is for `lines`."""
        await self._send(target)
        answer = await self._head()
        if answer.status == OK:
            return answer
        await self._body(answer)
        await self._send(target)
        return await self._head()

    async def lines(self) -> AsyncIterator[bytes]:
        while line := await self._reader.readline():
            yield line

    async def _ask_once(self, target: str) -> Answer:
        await self._send(target)
        answer = await self._head()
        await self._body(answer)
        return answer

    async def _send(self, target: str) -> None:
        text = request_text(
            "GET", target, body=b"", terminal=self._terminal.terminal, nonce=self._nonce
        )
        head = (
            f"GET {target} HTTP/1.1\r\nHost: {self._host}\r\n{HEADER_PROTOCOL}: 1\r\n"
            f"{HEADER_TERMINAL}: {self._terminal.terminal}\r\n{HEADER_NONCE}: {self._nonce}\r\n"
            f"{HEADER_SIGNATURE}: {self._terminal.signer.sign(text).hex()}\r\n"
            f"Content-Type: {CONTENT_TYPE}\r\n\r\n"
        )
        self._writer.write(head.encode())
        await self._writer.drain()

    async def _head(self) -> Answer:
        text = (await self._reader.readuntil(b"\r\n\r\n")).decode()
        first, *rest = text.strip().split("\r\n")
        headers = {
            name.lower(): value.strip() for name, _, value in (line.partition(":") for line in rest)
        }
        self._nonce = headers.get(HEADER_NONCE.lower(), self._nonce)
        return Answer(int(first.split()[1]), headers, b"")

    async def _body(self, answer: Answer) -> None:
        answer.body = await self._reader.readexactly(int(answer.headers["content-length"]))


class Crowd:
    def __init__(self) -> None:
        self.seen: list[float] = []
        self.marker = ""
        self.channels = 0

    def has_more_than(self, channels: int) -> bool:
        return self.channels > channels

    def note(self, page: FeedPage) -> None:
        if self.marker and any(row.id == self.marker for row in page.rows):
            self.seen.append(time.monotonic())


async def follow(
    crowd: Crowd, terminal: TestTerminal, address: tuple[str, int], *, pulls: bool, cursor: int
) -> None:
    live, wire = Wire(terminal, *address), Wire(terminal, *address)
    await live.open()
    if pulls:
        await wire.open()
    answer = await live.begin(PATH_LIVE)
    assert answer.status == OK, answer
    crowd.channels += 1
    async for line in live.lines():
        if not line.startswith(b"data:") or not pulls or int(line[5:]) <= cursor:
            continue
        answer = await wire.ask(f"{PATH_FEED}?cursor={cursor}&limit=2500&began={cursor}")
        content = zstandard.ZstdDecompressor().decompressobj().decompress(answer.body)
        page = _page_decoder.decode(content)
        cursor = page.next_cursor
        crowd.note(page)


async def main() -> None:
    url, channels, pulls, *codes = sys.argv[1:]
    host, _, port = url.removeprefix("http://").rpartition(":")
    terminals, cursor = _enrolled(url, codes)
    crowd, tasks = Crowd(), set()
    for number in range(int(channels)):
        terminal = terminals[number % len(terminals)]
        task = follow(crowd, terminal, (host, int(port)), pulls=pulls == "1", cursor=cursor)
        tasks.add(asyncio.create_task(task))
        # Not more at once than a listening socket lets wait.
        await until(partial(crowd.has_more_than, number - OPENED_AT_ONCE))
    await until(partial(crowd.has_more_than, int(channels) - 1))
    print("ready", flush=True)
    loop = asyncio.get_running_loop()
    while marker := (await loop.run_in_executor(None, sys.stdin.readline)).strip():
        crowd.marker, crowd.seen = marker, []
        print("looking", flush=True)
        await until(lambda: len(crowd.seen) == crowd.channels)
        print(json.dumps({"marker": marker, "seen": crowd.seen}), flush=True)


def _enrolled(url: str, codes: Sequence[str]) -> tuple[list[TestTerminal], int]:
    """A till for each code, and where the feed stands."""
    terminals = []
    head = 0
    for code in codes:
        terminal = TestTerminal(code)
        with SyncClient(url, terminal) as client:
            client.enrol(code)
            head = head or client.feed(limit=1).head
        terminals.append(terminal)
    return terminals, head


async def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < deadline
        await asyncio.sleep(LOOK_S)


if __name__ == "__main__":
    asyncio.run(main())
