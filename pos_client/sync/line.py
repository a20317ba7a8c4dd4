"""Breaking off a request from another thread.

A read that waits on a socket is not woken by closing the client: only by shutting the socket down.
"""

import socket
import threading
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

# httpcore tells the end of each step of a request under such names, with what came of it.
_NEW_STREAM: Final = (".connect_tcp.complete", ".start_tls.complete")


class Line:
    """The connection that a client last opened."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._is_cut = False

    def follow(self, event: str, details: Mapping[str, Any]) -> None:
        """The `trace` extension of a request."""
        if not event.endswith(_NEW_STREAM):
            return
        with self._lock:
            self._socket = details["return_value"].get_extra_info("socket")
            if self._is_cut:
                self._shut_down()

    def cut(self) -> None:
        with self._lock:
            self._is_cut = True
            self._shut_down()

    def _shut_down(self) -> None:
        if self._socket is not None:
            # It may have gone already.
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)
