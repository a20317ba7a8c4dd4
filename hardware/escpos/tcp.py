"""One TCP connection to a printer: every call has a deadline, and closing loses nothing.

Unread answers at a plain close make the kernel reset the connection and drop what is still
unsent. So a good end is: say that nothing more comes, read until the printer closes too, close.
"""

import socket

from hardware.escpos.link import RECEIVE_BYTES, Link, LinkError, seconds
from hardware.ports import DeviceReason
from hardware.timing import Deadline


class TcpLink(Link):
    """An open connection."""

    def __init__(self, host: str, port: int, *, deadline: Deadline) -> None:
        """Connect.

        Raises:
            LinkError: refused, unreachable.
        """
        try:
            self._socket = socket.create_connection((host, port), timeout=seconds(deadline))
        except ConnectionRefusedError as fault:
            raise LinkError(DeviceReason.REFUSED) from fault
        except (OSError, UnicodeError) as fault:
            # TimeoutError and unknown names among them, and what can be no name: 192.168..50
            raise LinkError(DeviceReason.UNREACHABLE) from fault
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, data: bytes, *, deadline: Deadline) -> None:
        """Hand all of `data` to the network."""
        rest = memoryview(data)
        while rest:
            try:
                self._socket.settimeout(seconds(deadline))
                rest = rest[self._socket.send(rest) :]
            except OSError as fault:
                raise LinkError(_reason(fault), sent_bytes=len(data) - len(rest)) from fault
            if rest and deadline.over:
                raise LinkError(DeviceReason.TIMED_OUT, sent_bytes=len(data) - len(rest))

    def receive(self, *, deadline: Deadline) -> bytes:
        """What has arrived; a printer that has closed its side is lost too."""
        received = self._read(deadline)
        if received == b"":
            raise LinkError(DeviceReason.CONNECTION_LOST)
        return received or b""

    def finish(self, *, deadline: Deadline) -> None:
        """Say that nothing more comes and wait until the printer closes its side as well."""
        try:
            self._socket.shutdown(socket.SHUT_WR)
        except OSError as fault:
            raise LinkError(DeviceReason.CONNECTION_LOST) from fault
        while self._read(deadline) != b"":
            if deadline.over:
                raise LinkError(DeviceReason.TIMED_OUT)

    def close(self) -> None:
        self._socket.close()

    def _read(self, deadline: Deadline) -> bytes | None:
        """Received bytes, b"" at the end of the stream, None when time is over."""
        self._socket.settimeout(seconds(deadline))
        try:
            return self._socket.recv(RECEIVE_BYTES)
        except TimeoutError:
            return None
        except OSError as fault:
            raise LinkError(DeviceReason.CONNECTION_LOST) from fault


def _reason(fault: OSError) -> DeviceReason:
    timed_out = isinstance(fault, TimeoutError)
    return DeviceReason.TIMED_OUT if timed_out else DeviceReason.CONNECTION_LOST
