"""An ESC/POS network printer made of software, on a real TCP port.

It serves one connection at a time, as such printers do. While paper is out or the cover is open,
received data is kept and printed when the fault is gone.
"""

import itertools
import select
import threading
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from types import TracebackType
from typing import Self

import msgspec

from hardware.emulators.escpos_engine import PrintEngine
from hardware.emulators.escpos_faults import (
    GARBAGE,
    HOLDING,
    Fault,
    Trigger,
    process_answer,
    pushed_report,
    queued_answer,
    real_time_answer,
)
from hardware.emulators.escpos_paper import Receipt
from hardware.emulators.escpos_port import PrinterPort
from hardware.emulators.escpos_queue import CommandQueue
from hardware.emulators.escpos_script import PrinterScript
from hardware.emulators.escpos_stream import Command, CommandStream

STOP_SECONDS = 5
CLIENT_LEFT = Command("client left")
PROCESS_COMMAND = b"H\x06\x00\x30\x30"  # GS ( H pL pH fn m
NO_STATUS = frozenset({"DLE EOT", "GS r", "GS a"})


class EmulatorSettings(msgspec.Struct, frozen=True):
    """How the printer is.

    Attributes:
        port: 0 takes a free one.
        dots: printable width, 576 for 80 mm paper and 384 for 58 mm.
        chinese: whether it powers on in Chinese mode.
        idle_timeout_ms: a client that says nothing for so long is dropped.
        speaks: whether it answers questions at all; cheap clones do not.
        knows_process_id: whether it knows `GS ( H`.
        knows_real_time_status: whether it knows `DLE EOT`.
        name: what it answers to `GS I 67`; empty: nothing.
        drawer_pin_when_open: the level of the drawer's pin then; None: no sensor is wired.
        buffer_bytes: what it takes while it cannot print; then it stops reading.
        receive_bytes: the receive window of its connection; 0 leaves it to the system.
    """

    host: str = "127.0.0.1"
    port: int = 0
    dots: int = 576
    chinese: bool = True
    idle_timeout_ms: int = 60_000
    speaks: bool = True
    knows_process_id: bool = False
    knows_real_time_status: bool = True
    name: str = ""
    drawer_pin_when_open: bool | None = None
    buffer_bytes: int = 4_000_000
    receive_bytes: int = 0


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
        self._held = CommandQueue(self._execute)
        self._garbage = itertools.cycle(GARBAGE)
        self._sockets = PrinterPort(self.settings.host, self.settings.receive_bytes)
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
        self.port = self._sockets.listen(self.port)
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

    def _run(self) -> None:
        try:
            while not self._stopping.is_set():
                self._follow_faults()
                self._print_held()
                self._serve_once()
        finally:
            self._note_followed(None)
            self._sockets.close()

    def _follow_faults(self) -> None:
        faults = self.faults
        if Fault.REFUSE in faults:
            self._hang_up(reset=True)
            self._sockets.close()
        elif not self._sockets.listens:
            self._sockets.listen(self.port)
        if self._pushed_faults is not None and faults != self._pushed_faults:
            self._pushed_faults = faults
            self._reply(pushed_report(faults))
        self._note_followed(faults)

    def _serve_once(self) -> None:
        reads = not self._stuffed and Fault.SILENT not in self.faults
        waiting = [self.wake_up, *self._sockets.to_watch(reads=reads)]
        printing_s = self._held.next_work_s() if self._prints else None
        idle_s = self.settings.idle_timeout_ms / 1000 if self._sockets.client and reads else None
        ready, _, _ = select.select(waiting, [], [], idle_s if printing_s is None else printing_s)
        if self.wake_up in ready:
            self.wake_up.recv(4096)
        if self._sockets.client in ready:
            self._receive()
        elif self._sockets.accept(ready):
            self._stream = CommandStream()
        elif not ready and printing_s is None:
            self._client_left()

    @property
    def _prints(self) -> bool:
        return bool(self._held) and not HOLDING & self.faults

    @property
    def _stuffed(self) -> bool:
        return self._held.byte_count > self.settings.buffer_bytes

    def _receive(self) -> None:
        received = self._sockets.receive(self._bytes_to_take())
        if not received or self._held.overflowed:
            self._client_left()
            return
        due = self._note_taken(len(received))
        for command in self._stream.feed(received):
            self._take(command)
        if Trigger.POWER_CUT in due:
            self._lose_power()
        elif Trigger.RESET in due:
            self._hang_up(reset=True)
            self._client_left()

    def _take(self, command: Command) -> None:
        """Real-time commands work at once, the others in their turn."""
        if command.name in NO_STATUS and not self.settings.speaks:
            return
        match command.name:
            case "DLE EOT" if not self.settings.knows_real_time_status:
                pass
            case "DLE EOT":
                pin = self.drawer_open is self.settings.drawer_pin_when_open
                self._reply(real_time_answer(command.arguments[0], self.faults, pin=pin))
            case "DLE DC4" if command.arguments[0] == 1:
                self._count_pulse()
            case _:
                self._held.add(command)
                self._print_held()

    def _print_held(self) -> None:
        if self._prints:
            self._held.work(slow=Fault.SLOW in self.faults)

    def _execute(self, command: Command) -> None:
        match command.name:
            case "client left":
                self._engine.tear_off()
            case "GS r":
                self._reply(queued_answer(self.faults))
            case "GS (" if command.arguments.startswith(PROCESS_COMMAND):
                if self.settings.knows_process_id:
                    self._reply(process_answer(command.arguments[len(PROCESS_COMMAND) :]))
            case "GS I" if command.arguments == b"\x43" and self.settings.name:
                self._reply(b"_" + self.settings.name.encode("ascii") + b"\x00")
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
        if Fault.GARBLED in self.faults:
            answer = bytes(itertools.islice(self._garbage, len(answer)))
        self._sockets.send(answer)

    def _client_left(self) -> None:
        self._hang_up()
        self._held.add(CLIENT_LEFT)
        self._print_held()

    def _lose_power(self) -> None:
        self._held.clear()
        self._hang_up(reset=True)
        self._sockets.close()
        self._execute(CLIENT_LEFT)
        self._engine.execute(Command("ESC @"))

    def _hang_up(self, *, reset: bool = False) -> None:
        self._sockets.hang_up(reset=reset)
        self._pushed_faults = None
