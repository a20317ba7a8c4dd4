"""An ESC/POS network printer made of software, on a real TCP port.

It serves one connection at a time, as such printers do. While paper is out or the cover is open,
received data is kept and printed when the fault is gone.
"""

import select
import socket
import struct
import threading
from collections import deque
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from contextlib import suppress
from types import TracebackType
from typing import Self

import msgspec

from hardware.emulators.escpos_engine import PrintEngine
from hardware.emulators.escpos_faults import (
    HOLDING,
    Fault,
    pushed_report,
    queued_answer,
    real_time_answer,
)
from hardware.emulators.escpos_paper import Receipt
from hardware.emulators.escpos_script import PrinterScript
from hardware.emulators.escpos_stream import Command, CommandStream

MAX_HELD_COMMANDS = 200_000
STOP_SECONDS = 5
RESET_ON_CLOSE = struct.pack("ii", 1, 0)  # SO_LINGER with no time: close sends RST
CLIENT_LEFT = Command("client left")


class EmulatorSettings(msgspec.Struct, frozen=True):
    """How the printer is.

    Attributes:
        port: 0 takes a free one.
        dots: printable width, 576 for 80 mm paper and 384 for 58 mm.
        chinese: whether it powers on in Chinese mode.
        idle_timeout_ms: a client that says nothing for so long is dropped.
    """

    host: str = "127.0.0.1"
    port: int = 0
    dots: int = 576
    chinese: bool = True
    idle_timeout_ms: int = 60_000


class EscposPrinterEmulator(PrinterScript):
    """Start it, print to `port`, look at `receipts`. Runs on a thread of its own."""

    def __init__(
        self,
        settings: EmulatorSettings | None = None,
        *,
        on_receipt: Callable[[Receipt], None] | None = None,
    ) -> None:
        super().__init__(on_receipt)
        self.settings = settings or EmulatorSettings()
        self.port = self.settings.port
        self._engine = PrintEngine(
            dots=self.settings.dots,
            chinese=self.settings.chinese,
            pulse=self._count_pulse,
            beep=self._count_beeps,
        )
        self._held: deque[Command] = deque()
        self._listener: socket.socket | None = None
        self._client: socket.socket | None = None
        self._stream = CommandStream()
        self._pushed_faults: AbstractSet[Fault] | None = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="escpos-emulator", daemon=True)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> int:
        """Listen; answers the port.

        Raises:
            OSError: the port is taken.
        """
        self._listen()
        self._note_followed(self.faults)
        self._thread.start()
        return self.port

    def stop(self) -> None:
        """Close everything and wait for the thread to end."""
        self._stopping.set()
        with self._changed:
            self._announce()
        self._thread.join(STOP_SECONDS)
        self.wake_up.close()
        self._wake_end.close()

    def _listen(self) -> None:
        listener = socket.create_server((self.settings.host, self.port), backlog=8)
        listener.settimeout(0)
        self.port = listener.getsockname()[1]
        self._listener = listener

    def _run(self) -> None:
        try:
            while not self._stopping.is_set():
                self._follow_faults()
                self._print_held()
                self._serve_once()
        finally:
            self._note_followed(None)
            self._close_client()
            self._close_listener()

    def _follow_faults(self) -> None:
        faults = self.faults
        if Fault.REFUSE in faults:
            self._close_listener()
            self._close_client(reset=True)
        elif self._listener is None:
            self._listen()
        if self._pushed_faults is not None and faults != self._pushed_faults:
            self._pushed_faults = faults
            self._reply(pushed_report(faults))
        self._note_followed(faults)

    def _serve_once(self) -> None:
        silent = Fault.SILENT in self.faults
        serving = self._client if not silent else None
        waiting = [self._client or self._listener, self.wake_up]
        if silent and self._client:
            waiting = [self.wake_up]
        timeout = self.settings.idle_timeout_ms / 1000 if serving else None
        ready, _, _ = select.select([each for each in waiting if each], [], [], timeout)
        if self.wake_up in ready:
            self.wake_up.recv(4096)
        if self._client and self._client in ready:
            self._receive(self._client)
        elif self._listener and self._listener in ready:
            self._accept(self._listener)
        elif not ready:
            self._client_left()

    def _accept(self, listener: socket.socket) -> None:
        with suppress(OSError):  # it may have gone again
            self._client, _ = listener.accept()
            self._client.settimeout(0)
            self._stream = CommandStream()

    def _receive(self, client: socket.socket) -> None:
        try:
            received = client.recv(self._bytes_to_take())
        except OSError:
            received = b""
        if not received or len(self._held) > MAX_HELD_COMMANDS:
            self._client_left()
            return
        powered = self._note_taken(len(received))
        for command in self._stream.feed(received):
            self._take(command)
        if not powered:
            self._lose_power()

    def _take(self, command: Command) -> None:
        """Real-time commands work at once, the others in their turn."""
        match command.name:
            case "DLE EOT":
                self._reply(real_time_answer(command.arguments[0], self.faults))
            case "DLE DC4" if command.arguments[0] == 1:
                self._count_pulse()
            case _:
                self._held.append(command)
                self._print_held()

    def _print_held(self) -> None:
        while self._held and not HOLDING & self.faults:
            self._execute(self._held.popleft())

    def _execute(self, command: Command) -> None:
        match command.name:
            case "client left":
                self._engine.tear_off()
            case "GS r":
                self._reply(queued_answer(self.faults))
            case "GS a":
                self._push_status(wanted=command.arguments != b"\x00")
            case _:
                self._engine.execute(command)
        for receipt in self._engine.take_receipts():
            self._publish(receipt)

    def _push_status(self, *, wanted: bool) -> None:
        self._pushed_faults = self.faults if wanted else None
        if wanted:
            self._reply(pushed_report(self.faults))

    def _reply(self, answer: bytes) -> None:
        if self._client:
            with suppress(OSError):  # a client that does not read loses its answers
                self._client.send(answer)

    def _client_left(self) -> None:
        self._close_client()
        self._held.append(CLIENT_LEFT)
        self._print_held()

    def _lose_power(self) -> None:
        self._held.clear()
        self._close_client(reset=True)
        self._close_listener()
        self._execute(CLIENT_LEFT)

    def _close_client(self, *, reset: bool = False) -> None:
        if self._client is None:
            return
        if reset:
            self._client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
        self._client.close()
        self._client = None
        self._pushed_faults = None

    def _close_listener(self) -> None:
        if self._listener:
            self._listener.close()
            self._listener = None
