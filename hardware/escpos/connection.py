"""One TCP connection to a printer: every call has a deadline, and closing loses nothing.

Unread answers at a plain close make the kernel reset the connection and drop what is still
unsent. So a good end is: say that nothing more comes, read until the printer closes too, close.
"""

import socket
from types import TracebackType
from typing import Self

from hardware.ports import DeviceReason
from hardware.timing import Deadline

RECEIVE_BYTES = 4096


class LinkError(Exception):
    """The connection failed; `reason` says how, `sent_bytes` how much of a `send` had left."""

    def __init__(self, reason: DeviceReason, *, sent_bytes: int = 0) -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.sent_bytes = sent_bytes


class Connection:
    """An open connection; leaving its `with` block closes it at once."""

    def __init__(self, host: str, port: int, *, deadline: Deadline) -> None:
        """Connect.

        Raises:
            LinkError: refused, unreachable.
        """
        try:
            self._socket = socket.create_connection((host, port), timeout=_seconds(deadline))
        except ConnectionRefusedError as fault:
            raise LinkError(DeviceReason.REFUSED) from fault
        except OSError as fault:  # TimeoutError and unknown names among them
            raise LinkError(DeviceReason.UNREACHABLE) from fault
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._socket.close()

    def send(self, data: bytes, *, deadline: Deadline) -> None:
        """Hand all of `data` to the network.

        Raises:
            LinkError: timed_out, connection_lost.
        """
        rest = memoryview(data)
        while rest:
            try:
                self._socket.settimeout(_seconds(deadline))
                rest = rest[self._socket.send(rest) :]
            except OSError as fault:
                raise LinkError(_reason(fault), sent_bytes=len(data) - len(rest)) from fault
            if rest and deadline.over:
                raise LinkError(DeviceReason.TIMED_OUT, sent_bytes=len(data) - len(rest))

    def receive(self, *, deadline: Deadline) -> bytes:
        """What has arrived; empty when nothing does before the deadline.

        Raises:
            LinkError: connection_lost, also when the printer has closed its side.
        """
        received = self._read(deadline)
        if received == b"":
            raise LinkError(DeviceReason.CONNECTION_LOST)
        return received or b""

    def finish(self, *, deadline: Deadline) -> None:
        """End the talk and wait until the printer has taken everything and closes its side.

        Raises:
            LinkError: timed_out, connection_lost.
        """
        try:
            self._socket.shutdown(socket.SHUT_WR)
        except OSError as fault:
            raise LinkError(DeviceReason.CONNECTION_LOST) from fault
        while self._read(deadline) != b"":
            if deadline.over:
                raise LinkError(DeviceReason.TIMED_OUT)

    def _read(self, deadline: Deadline) -> bytes | None:
        """Received bytes, b"" at the end of the stream, None when time is over."""
        self._socket.settimeout(_seconds(deadline))
        try:
            return self._socket.recv(RECEIVE_BYTES)
        except TimeoutError:
            return None
        except OSError as fault:
            raise LinkError(DeviceReason.CONNECTION_LOST) from fault


def _seconds(deadline: Deadline) -> float:
    return max(deadline.left_ms, 1) / 1000  # 0 would mean: do not wait, another error


def _reason(fault: OSError) -> DeviceReason:
    timed_out = isinstance(fault, TimeoutError)
    return DeviceReason.TIMED_OUT if timed_out else DeviceReason.CONNECTION_LOST
