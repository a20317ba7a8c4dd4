"""A printer behind the Windows spooler, fed with raw bytes.

Not run on Windows yet. The spooler tells nothing about the paper: what it calls printed has been
handed to a driver. So this link cannot be heard, and its jobs end unconfirmed. Its calls have no
deadlines of their own; they only copy into the spooler's file.
"""

import sys
from typing import Any, Protocol

import msgspec

from hardware.escpos.link import Link, LinkError
from hardware.ports import DeviceReason
from hardware.timing import Deadline

DOCUMENT_NAME = "receipt"
RAW = "RAW"
NO_SUCH_PRINTER = 1801  # ERROR_INVALID_PRINTER_NAME
LOCAL_AND_CONNECTED = 0x2 | 0x4  # PRINTER_ENUM_LOCAL, PRINTER_ENUM_CONNECTIONS


class Spooler(Protocol):
    """The part of `win32print` that is used; its calls raise `error`, which begins with a code."""

    @property
    def error(self) -> type[Exception]: ...

    def OpenPrinter(self, name: str) -> Any: ...  # noqa: N802, ANN401
    def ClosePrinter(self, handle: Any) -> None: ...  # noqa: N802, ANN401
    def StartDocPrinter(self, handle: Any, level: int, about: tuple[str, None, str]) -> int: ...  # noqa: N802, ANN401
    def StartPagePrinter(self, handle: Any) -> None: ...  # noqa: N802, ANN401
    def WritePrinter(self, handle: Any, data: bytes) -> int: ...  # noqa: N802, ANN401
    def EndPagePrinter(self, handle: Any) -> None: ...  # noqa: N802, ANN401
    def EndDocPrinter(self, handle: Any) -> None: ...  # noqa: N802, ANN401
    def AbortPrinter(self, handle: Any) -> None: ...  # noqa: N802, ANN401
    def EnumPrinters(self, flags: int, name: None, level: int) -> tuple[Any, ...]: ...  # noqa: N802


class WindowsQueue(msgspec.Struct, frozen=True):
    name: str


def windows_queues(spooler: Spooler | None = None) -> tuple[WindowsQueue, ...]:
    """The printer queues of this machine; none outside Windows."""
    library = spooler or _library()
    if library is None:
        return ()
    found = library.EnumPrinters(LOCAL_AND_CONNECTED, None, 4)
    return tuple(WindowsQueue(entry["pPrinterName"]) for entry in found)


class WindowsLink(Link):
    """One document of a queue: it goes to the printer when it is finished, or not at all."""

    answers = False

    def __init__(self, queue: str, *, spooler: Spooler | None = None) -> None:
        """Open the queue.

        Raises:
            LinkError: not_found (also outside Windows), not_allowed.
        """
        library = spooler or _library()
        if library is None:
            raise LinkError(DeviceReason.NOT_FOUND)
        self._spooler = library
        self._open_document = False
        try:
            self._handle = library.OpenPrinter(queue)
        except library.error as fault:
            absent = fault.args[:1] == (NO_SUCH_PRINTER,)
            reason = DeviceReason.NOT_FOUND if absent else DeviceReason.NOT_ALLOWED
            raise LinkError(reason) from fault

    def send(self, data: bytes, *, deadline: Deadline) -> None:
        """Add to the document, which begins with the first bytes."""
        sent = 0
        try:
            if not self._open_document:
                self._spooler.StartDocPrinter(self._handle, 1, (DOCUMENT_NAME, None, RAW))
                self._open_document = True
                self._spooler.StartPagePrinter(self._handle)
            while sent < len(data):
                sent += self._spooler.WritePrinter(self._handle, data[sent:])
                if sent < len(data) and deadline.over:
                    raise LinkError(DeviceReason.TIMED_OUT, sent_bytes=sent)
        except self._spooler.error as fault:
            raise LinkError(DeviceReason.CONNECTION_LOST, sent_bytes=sent) from fault

    def receive(self, *, deadline: Deadline) -> bytes:  # noqa: ARG002 - as the port asks for
        """Nothing ever arrives."""
        raise LinkError(DeviceReason.CONNECTION_LOST)

    def finish(self, *, deadline: Deadline) -> None:  # noqa: ARG002 - as above
        """End the document; from here on the spooler prints it."""
        if not self._open_document:
            return
        try:
            self._spooler.EndPagePrinter(self._handle)
            self._spooler.EndDocPrinter(self._handle)
        except self._spooler.error as fault:
            raise LinkError(DeviceReason.CONNECTION_LOST) from fault
        self._open_document = False

    def close(self) -> None:
        try:
            if self._open_document:
                self._spooler.AbortPrinter(self._handle)
            self._spooler.ClosePrinter(self._handle)
        except self._spooler.error:
            return  # the spooler has gone, and with it what this process held


def _library() -> Spooler | None:
    if sys.platform == "win32":
        # Only Windows has it.
        import win32print

        library: Spooler = win32print
        return library
    return None
