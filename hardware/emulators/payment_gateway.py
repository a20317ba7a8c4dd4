"""An HTTP server that answers as a payment provider does; what it signs and says is the subclass's.

It shares no code with the drivers: keys, signatures and messages are written a second time here.
"""

import threading
from abc import ABC, abstractmethod
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

import msgspec
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from hardware.emulators.payment_books import Fault, PaymentBooks

# What no provider has: its books, for whoever started the emulator in another process.
BOOKS_PATH: Final = "/emulator/books"
_BREAKS: Final = frozenset({Fault.DROPPED, Fault.DROPPED_PAID})
_KEY_BITS: Final = 2048
_PUBLIC_EXPONENT: Final = 65537
_LARGEST_REQUEST: Final = 1 << 20


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    status: int
    body: bytes
    headers: dict[str, str] = {}


class KeyPair:
    """An RSA key of one side."""

    def __init__(self) -> None:
        self._key = rsa.generate_private_key(_PUBLIC_EXPONENT, _KEY_BITS)

    def private_pem(self) -> str:
        return self._key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ).decode()

    def public_pem(self) -> str:
        return (
            self._key.public_key()
            .public_bytes(
                serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
            )
            .decode()
        )

    def sign(self, message: bytes) -> bytes:
        return self._key.sign(message, padding.PKCS1v15(), hashes.SHA256())

    def verify(self, signature: bytes, message: bytes) -> None:
        """Raises InvalidSignature."""
        self._key.public_key().verify(signature, message, padding.PKCS1v15(), hashes.SHA256())


class PaymentGateway(ABC):
    """Serves on a free port of this machine until `close`."""

    def __init__(self, merchant: KeyPair, provider: KeyPair) -> None:
        self.merchant, self.provider = merchant, provider
        self.books = PaymentBooks()
        self._let_go = threading.Event()
        self._server = _Server(self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def close(self) -> None:
        self._let_go.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def let_slow_answers_go(self) -> None:
        """What was held back is carried out and answered now."""
        self._let_go.set()

    def serve(self, asked: Asked) -> list[Answer] | None:
        """The answers to send; None: break the connection."""
        if asked.path == BOOKS_PATH:
            return [Answer(status=200, body=msgspec.json.encode(self.books.net_by_trade()))]
        operation = self.operation_of(asked)
        fault = self.books.next_fault(operation)
        if fault is Fault.SLOW:
            self._let_go.wait()
        answer = self.answer(operation, asked, fault)
        if fault is Fault.SLOW_PAID:
            self._let_go.wait()
        if fault in _BREAKS:
            return None
        return [answer, answer] if fault is Fault.TWICE else [answer]

    @abstractmethod
    def operation_of(self, asked: Asked) -> str:
        """`pay`, `query`, `cancel` or `refund`."""

    @abstractmethod
    def answer(self, operation: str, asked: Asked, fault: Fault) -> Answer:
        """Check the signature, carry the request out as the fault says, and sign the answer."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, gateway: PaymentGateway) -> None:
        self.gateway = gateway
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # An answer leaves as one write.
    wbufsize = -1

    def log_message(self, *_: object) -> None:
        """Nothing: a request quotes a payment code."""

    def do_GET(self) -> None:
        self._serve(b"")

    def do_POST(self) -> None:
        length = min(int(self.headers.get("Content-Length", "0")), _LARGEST_REQUEST)
        self._serve(self.rfile.read(length))

    def _serve(self, body: bytes) -> None:
        asked = Asked(
            method=self.command,
            path=self.path,
            headers={name.lower(): value for name, value in self.headers.items()},
            body=body,
        )
        self.close_connection = True
        assert isinstance(self.server, _Server)
        for answer in self.server.gateway.serve(asked) or ():
            self._send(answer)

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(answer.body)))
        self.send_header("Connection", "close")
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.body)

    def finish(self) -> None:
        """Whoever asked may have gone meanwhile; that is no fault of this side."""
        with suppress(OSError):
            super().finish()
