"""One open link for the job under way and for the drawer, which cannot wait for it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from hardware.escpos.link import Link, LinkError, seconds
from hardware.ports import DeviceReason
from hardware.timing import Deadline


class SharedLink(Link):
    """A link whose sends never mix: a pulse in the middle of a picture would be part of it."""

    def __init__(self, link: Link) -> None:
        self.answers = link.answers
        self._link = link
        self._sending = threading.RLock()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Nobody else sends inside."""
        with self._sending:
            yield

    def send(self, data: bytes, *, deadline: Deadline) -> None:
        """As `Link.send`, once nobody else is sending."""
        if not self._sending.acquire(timeout=seconds(deadline)):
            raise LinkError(DeviceReason.TIMED_OUT)
        try:
            self._link.send(data, deadline=deadline)
        finally:
            self._sending.release()

    def receive(self, *, deadline: Deadline) -> bytes:
        return self._link.receive(deadline=deadline)

    def finish(self, *, deadline: Deadline) -> None:
        self._link.finish(deadline=deadline)

    def close(self) -> None:
        with self._sending:
            self._link.close()
