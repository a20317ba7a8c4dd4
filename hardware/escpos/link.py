"""The wire to a printer: every call has a deadline, and a failure says how much may have left.

A link is open from its making to its `close`. It is used by one thread at a time; only `send` may
come from a second one, between two sends of the first.
"""

import errno
from abc import ABC, abstractmethod
from types import TracebackType
from typing import Self

from hardware.ports import DeviceReason
from hardware.timing import Deadline

RECEIVE_BYTES = 4096


class LinkError(Exception):
    """The link failed; `reason` says how, `sent_bytes` how much of a `send` may have left.

    Where a system does not tell the exact count it is rounded up, never down: 0 means that
    nothing of it can have reached the printer.
    """

    def __init__(self, reason: DeviceReason, *, sent_bytes: int = 0) -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.sent_bytes = sent_bytes


class Link(ABC):
    """An open way to one printer; leaving its `with` block closes it at once.

    `answers` says whether the printer can be heard; without it `receive` is never called.
    """

    answers: bool = True

    @abstractmethod
    def send(self, data: bytes, *, deadline: Deadline) -> None:
        """Hand all of `data` over.

        Raises:
            LinkError: timed_out, connection_lost.
        """

    @abstractmethod
    def receive(self, *, deadline: Deadline) -> bytes:
        """What has arrived; empty when nothing does before the deadline.

        Raises:
            LinkError: connection_lost.
        """

    @abstractmethod
    def finish(self, *, deadline: Deadline) -> None:
        """End the talk and wait until everything that was sent has left this machine.

        Raises:
            LinkError: timed_out, connection_lost.
        """

    @abstractmethod
    def close(self) -> None:
        """Give the printer free for others; what has not left yet may be lost."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def seconds(deadline: Deadline) -> float:
    """What is left, for calls to which 0 would mean: do not wait, another error."""
    return max(deadline.left_ms, 1) / 1000


_OPENING_REASONS = {
    errno.EBUSY: DeviceReason.BUSY,
    errno.EAGAIN: DeviceReason.BUSY,  # somebody holds the lock of a serial port
    errno.EACCES: DeviceReason.NOT_ALLOWED,
    errno.EPERM: DeviceReason.NOT_ALLOWED,
    errno.EROFS: DeviceReason.NOT_ALLOWED,
}


def opening_reason(number: int | None) -> DeviceReason:
    """Why a device that is plugged in, or should be, cannot be opened; `number` as in `errno`."""
    return _OPENING_REASONS.get(number or 0, DeviceReason.NOT_FOUND)
