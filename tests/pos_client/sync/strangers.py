"""Servers that are not ours, or are not well: real sockets, answers made by hand."""

import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import msgspec
import zstandard

from domain.errors import ErrorCode
from domain.protocol import CONTENT_TYPE, PATH_LIVE, ErrorAnswer, FeedPage

Answer = Callable[[socket.socket, bytes], None]
OURS = {"Tillfold-Protocol": "1", "Content-Type": CONTENT_TYPE}


class Stranger:
    """Answers the requests that come with the answers in turn, each on a thread of its own."""

    def __init__(self, answers: list[Answer]) -> None:
        self._answers = answers
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._stopping = threading.Event()
        self._open: list[socket.socket] = []
        self._talks: list[threading.Thread] = []
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._serve, name="stranger", daemon=True)
        self.requests: list[bytes] = []
        self.asked = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for client in self._open:
            with suppress(OSError):
                client.shutdown(socket.SHUT_RDWR)
        for thread in (self._thread, *self._talks):
            thread.join(10)
            assert not thread.is_alive()

    def _serve(self) -> None:
        while not self._stopping.is_set():
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self._open.append(client)
            talk = threading.Thread(target=self._answer, args=(client,), daemon=True)
            self._talks.append(talk)
            talk.start()

    def _answer(self, client: socket.socket) -> None:
        with client, suppress(OSError):
            self._talk(client)

    def _talk(self, client: socket.socket) -> None:
        request = b""
        while b"\r\n\r\n" not in request and (part := client.recv(65_536)):
            request += part
        if not request:
            return
        with self._lock:
            self.requests.append(request)
            turn = min(len(self.requests), len(self._answers)) - 1
        self.asked.set()
        self._answers[turn](client, request)


@contextmanager
def stranger(*answers: Answer) -> Iterator[Stranger]:
    """The last answer is given again and again."""
    made = Stranger(list(answers))
    made.start()
    try:
        yield made
    finally:
        made.stop()


def http(
    status: str = "200 OK", headers: dict[str, str] | None = None, body: bytes = b""
) -> Answer:
    lines = {"Content-Length": str(len(body)), "Connection": "close", **(headers or {})}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return raw(f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + body)


def raw(content: bytes) -> Answer:
    def answer(client: socket.socket, _request: bytes) -> None:
        client.sendall(content)

    return answer


def never(client: socket.socket, _request: bytes) -> None:
    """Takes the request and says nothing until the other side goes."""
    while client.recv(65_536):
        pass


def packed(message: object) -> bytes:
    return zstandard.compress(msgspec.msgpack.encode(message))


def ours(message: object, status: str = "200 OK", nonce: str = "n1") -> Answer:
    return http(status, {**OURS, "Tillfold-Nonce": nonce}, packed(message))


def refuses(
    code: ErrorCode, status: str, *, nonce: str = "n1", expected: int | None = None
) -> Answer:
    return ours(ErrorAnswer(code=code, expected=expected), status, nonce)


def page(**changes: object) -> FeedPage:
    empty = FeedPage(
        history="h1",
        rows=(),
        next_cursor=0,
        head=0,
        more=False,
        acknowledged_epoch=1,
        acknowledged=0,
        server_time_ms=1_795_300_000_000,
    )
    return msgspec.structs.replace(empty, **changes)


PORTAL = b"<!DOCTYPE html><html><body>Welcome to free Wi-Fi. Please accept the terms.</body></html>"


def whole_request(client: socket.socket, request: bytes) -> tuple[bytes, bytes]:
    """Head and body, the rest of which may still be on its way."""
    head, _, body = request.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").lower().split("\r\n")
    lengths = [line.split(":")[1] for line in lines if line.startswith("content-length")]
    wanted = int(lengths[0]) if lengths else 0
    while len(body) < wanted and (part := client.recv(65_536)):
        body += part
    return head, body


def _request_to_pass_on(client: socket.socket, request: bytes) -> tuple[bytes, bytes]:
    """Head and body, for a connection that ends with the answer."""
    head, body = whole_request(client, request)
    return re.sub(rb"(?i)connection: keep-alive", b"Connection: close", head), body


def through(port: int, *, deaf: bool = False) -> Answer:
    """Passes a request on to a server; `deaf` loses the answer after the server gave it."""

    def answer(client: socket.socket, request: bytes) -> None:
        head, body = _request_to_pass_on(client, request)
        with socket.create_connection(("127.0.0.1", port), timeout=10) as server:
            server.sendall(head + b"\r\n\r\n" + body)
            while part := server.recv(65_536):
                if not deaf:
                    client.sendall(part)

    return answer


Change = Callable[[str, bytes], bytes | None]


def altering(port: int, change: Change) -> Answer:
    """Passes requests on, and answers what `change` makes of the path and the answer's message.

    None ends the connection without an answer. Live channels pass as they are.
    """

    def answer(client: socket.socket, request: bytes) -> None:
        path = request.split(b" ", 2)[1].decode()
        if path.startswith(PATH_LIVE):
            through(port)(client, request)
            return
        head, message = _asked(port, client, request)
        told = change(path, message)
        if told is None:
            return
        body = zstandard.compress(told)
        lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"content-le")]
        lines.append(f"content-length: {len(body)}".encode())
        client.sendall(b"\r\n".join(lines) + b"\r\n\r\n" + body)

    return answer


def _asked(port: int, client: socket.socket, request: bytes) -> tuple[bytes, bytes]:
    """The server's answer: its head, and its message unpacked."""
    head, body = _request_to_pass_on(client, request)
    whole = bytearray()
    with socket.create_connection(("127.0.0.1", port), timeout=10) as server:
        server.sendall(head + b"\r\n\r\n" + body)
        while part := server.recv(65_536):
            whole += part
    told, _, packed_message = bytes(whole).partition(b"\r\n\r\n")
    return told, zstandard.ZstdDecompressor().decompressobj().decompress(packed_message)
