"""An emulated printer on a serial cable: a pseudo-terminal in front of its network port.

As on a real cable, switching the printer off is not seen by the other side: bytes go nowhere. Only
pulling the plug of the adapter makes the port go away.
"""

import os
import select
import socket
import threading
import tty
from contextlib import suppress
from types import TracebackType
from typing import Self

COPY_BYTES = 1024
STOP_SECONDS = 5


class SerialCable:
    """From a port with the name `device` to the printer that listens on a TCP port."""

    def __init__(self, printer_port: int, *, host: str = "127.0.0.1") -> None:
        self._printer = (host, printer_port)
        # The port stays open on this side too, else it would vanish between two jobs.
        self._ours, self._theirs = os.openpty()
        tty.setraw(self._theirs)
        self.device = os.ttyname(self._theirs)
        self._socket: socket.socket | None = None
        self._wake, self._wake_end = socket.socketpair()
        self._thread = threading.Thread(target=self._copy, name="serial-cable", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.unplug()

    def unplug(self) -> None:
        """Pull the adapter out; the port is gone for good."""
        self._wake_end.close()
        self._thread.join(STOP_SECONDS)

    def _copy(self) -> None:
        try:
            while True:
                sources: list[socket.socket | int] = [self._wake, self._ours]
                if self._socket is not None:
                    sources.append(self._socket)
                ready, _, _ = select.select(sources, [], [])
                if self._wake in ready:
                    return
                if self._ours in ready:
                    self._to_printer(os.read(self._ours, COPY_BYTES))
                if self._socket in ready:
                    self._from_printer()
        finally:
            self._hang_up()
            self._wake.close()
            os.close(self._theirs)
            os.close(self._ours)

    def _to_printer(self, data: bytes) -> None:
        if self._socket is None:
            with suppress(OSError):  # switched off
                self._socket = socket.create_connection(self._printer, timeout=1)
        if self._socket is not None:
            try:
                self._socket.sendall(data)
            except OSError:
                self._hang_up()

    def _from_printer(self) -> None:
        try:
            answer = self._socket.recv(COPY_BYTES) if self._socket else b""
        except OSError:
            answer = b""
        if answer:
            os.write(self._ours, answer)
        else:
            self._hang_up()

    def _hang_up(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None
