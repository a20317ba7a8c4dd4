"""A printer behind a device file such as `/dev/usb/lp0`, or anything else that takes bytes.

Nothing is ever created: a name that does not exist is a printer that is not there. Unix only.
"""

import os
import select
import stat

from hardware.escpos.link import RECEIVE_BYTES, Link, LinkError, opening_reason
from hardware.ports import DeviceReason
from hardware.timing import Deadline


class FileLink(Link):
    """An open device file; `answers` only where it can be read as well."""

    def __init__(self, path: str, *, deadline: Deadline) -> None:
        """Open it.

        Raises:
            LinkError: not_found, busy (another program has it), not_allowed.
        """
        self._file, self.answers = _opened(path)
        while self.answers and not deadline.over and self._read():
            continue  # answers to somebody before

    def send(self, data: bytes, *, deadline: Deadline) -> None:
        """Write all of it, as fast as it is taken."""
        rest = memoryview(data)
        while rest:
            try:
                rest = rest[os.write(self._file, rest) :]
            except BlockingIOError:
                self._wait(select.POLLOUT, deadline)
            except OSError as fault:
                sent = len(data) - len(rest)
                raise LinkError(DeviceReason.CONNECTION_LOST, sent_bytes=sent) from fault
            if rest and deadline.over:
                raise LinkError(DeviceReason.TIMED_OUT, sent_bytes=len(data) - len(rest))

    def receive(self, *, deadline: Deadline) -> bytes:
        """What has arrived."""
        self._wait(select.POLLIN, deadline)
        return self._read()

    def finish(self, *, deadline: Deadline) -> None:
        """Wait until the driver could take more, which it can when the last write has gone."""
        if not self._wait(select.POLLOUT, deadline):
            raise LinkError(DeviceReason.TIMED_OUT)

    def close(self) -> None:
        os.close(self._file)

    def _wait(self, event: int, deadline: Deadline) -> bool:
        poll = select.poll()
        poll.register(self._file, event)
        return bool(poll.poll(max(deadline.left_ms, 1)))

    def _read(self) -> bytes:
        """What is there now.

        Raises:
            LinkError: connection_lost; so is a device at its end, which is how one looks that
                was unplugged.
        """
        try:
            received = os.read(self._file, RECEIVE_BYTES)
        except BlockingIOError:
            return b""
        except OSError as fault:
            raise LinkError(DeviceReason.CONNECTION_LOST) from fault
        if not received:
            raise LinkError(DeviceReason.CONNECTION_LOST)
        return received


def _opened(path: str) -> tuple[int, bool]:
    """An open descriptor, and whether it can be read."""
    if os.name != "posix":
        raise LinkError(DeviceReason.NOT_FOUND)
    flags = os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
    try:
        is_device = stat.S_ISCHR(os.stat(path).st_mode)  # noqa: PTH116 - beside the calls below
        if is_device:
            try:
                return os.open(path, os.O_RDWR | flags), True
            except PermissionError:
                pass  # it may still be written
        return os.open(path, os.O_WRONLY | os.O_APPEND | flags), False
    except OSError as fault:
        raise LinkError(opening_reason(fault.errno)) from fault
