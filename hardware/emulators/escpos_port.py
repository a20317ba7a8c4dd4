"""The network side of an emulated printer: one listening socket, one client at a time."""

import socket
import struct
from collections.abc import Sequence
from contextlib import suppress

RESET_ON_CLOSE = struct.pack("ii", 1, 0)  # SO_LINGER with no time: close sends RST


class PrinterPort:
    """Sockets that never block; `receive_bytes` sets the receive window, 0 leaves it."""

    def __init__(self, host: str, receive_bytes: int) -> None:
        self._host = host
        self._receive_bytes = receive_bytes
        self._listener: socket.socket | None = None
        self.client: socket.socket | None = None

    @property
    def listens(self) -> bool:
        return self._listener is not None

    def listen(self, port: int) -> int:
        """Answers the port, which is a free one for 0.

        Raises:
            OSError: the port is taken.
        """
        listener = socket.create_server((self._host, port), backlog=8)
        if self._receive_bytes:  # inherited by what it accepts
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, self._receive_bytes)
        listener.settimeout(0)
        self._listener = listener
        return int(listener.getsockname()[1])

    def to_watch(self, *, reads: bool) -> list[socket.socket]:
        """What may become readable: the client while the printer reads, else the next client."""
        if self.client is not None:
            return [self.client] if reads else []
        return [self._listener] if self._listener is not None else []

    def accept(self, ready: Sequence[object]) -> bool:
        """Whether a client has come."""
        if self._listener is None or self._listener not in ready:
            return False
        with suppress(OSError):  # it may have gone again
            self.client, _ = self._listener.accept()
            self.client.settimeout(0)
        return self.client is not None

    def receive(self, at_most: int) -> bytes:
        """Empty when the client has gone."""
        try:
            return self.client.recv(at_most) if self.client else b""
        except OSError:
            return b""

    def send(self, answer: bytes) -> None:
        """A client that does not read loses its answers."""
        if self.client:
            with suppress(OSError):
                self.client.send(answer)

    def hang_up(self, *, reset: bool = False) -> None:
        if self.client is None:
            return
        if reset:
            self.client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
        self.client.close()
        self.client = None

    def close(self) -> None:
        """Nobody can connect any more."""
        self.hang_up()
        if self._listener is not None:
            self._listener.close()
            self._listener = None
