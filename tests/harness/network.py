"""The cable between a till and its server, which can be cut and joined again."""

import socket
import struct
import threading
from types import TracebackType
from typing import Self

_CHUNK = 65536
_JOIN_S = 5.0
# Closing with this sends a reset, as a router that lost its state does.
_RESET = struct.pack("ii", 1, 0)


class Cable:
    """Forwards TCP from `port` on this machine to `target_port`; one thread a direction."""

    def __init__(self, target_port: int) -> None:
        self._target_port = target_port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._cut = False
        self._refused = threading.Semaphore(0)
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def cut(self) -> None:
        """End every connection; new ones are reset until `join`."""
        with self._lock:
            self._cut = True
            for end in self._open:
                _reset(end)
            self._open.clear()

    def wait_for_refused(self, count: int, within_s: float) -> None:
        """Until so many more connections have been tried in vain."""
        for _ in range(count):
            assert self._refused.acquire(timeout=within_s), "nobody tries any more"

    def lead_to(self, target_port: int) -> None:
        """New connections go to another server, as behind a balancer."""
        self._target_port = target_port

    def join(self) -> None:
        with self._lock:
            self._cut = False

    def close(self) -> None:
        self.cut()
        # Closing alone does not wake a thread that waits in accept.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(_JOIN_S)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                if self._cut:
                    _reset(near)
                    self._refused.release()
                    continue
            try:
                far = socket.create_connection(("127.0.0.1", self._target_port), timeout=5)
                far.settimeout(None)
                for end in (near, far):
                    # A cable holds nothing back to fill a packet.
                    end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            except OSError:
                _reset(near)
                continue
            with self._lock:
                self._open |= {near, far}
            threading.Thread(target=self._carry, args=(near, far), daemon=True).start()

    def _carry(self, near: socket.socket, far: socket.socket) -> None:
        """Both directions of one connection, until both have ended."""
        back = threading.Thread(target=_forward, args=(far, near), daemon=True)
        back.start()
        _forward(near, far)
        back.join()
        with self._lock:
            self._open -= {near, far}
        near.close()
        far.close()


def _forward(source: socket.socket, sink: socket.socket) -> None:
    try:
        while data := source.recv(_CHUNK):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        # One side is gone: so is the connection.
        _reset(source)
        _reset(sink)


def _reset(end: socket.socket) -> None:
    try:
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        end.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass  # the other side was first
    end.close()
