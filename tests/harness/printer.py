"""The emulated receipt printer as a process: TCP in, pictures and texts of receipts out."""

import time
from pathlib import Path

from tests.harness.process import Program

PATIENCE_S = 30.0
LOOK_AGAIN_S = 0.05


class PrinterProcess:
    def __init__(self, directory: Path) -> None:
        self.directory = directory
        directory.mkdir(parents=True, exist_ok=True)
        self.port = 0
        self.start()

    def start(self) -> None:
        """Switch it on; after `stop` at the same address."""
        self._program = Program(
            "hardware.emulators.escpos_printer",
            ["--port", str(self.port), "--out", str(self.directory)],
            log=self.directory / "printer.log",
        )
        self.port = int(self._program.line_with("listening on").rpartition(":")[2])

    def receipts(self) -> list[Path]:
        """The pictures of what came out, oldest first."""
        return sorted(self.directory.glob("receipt-*.png"))

    def texts(self) -> list[str]:
        return [path.read_text(encoding="utf-8") for path in sorted(self.directory.glob("*.txt"))]

    def wait_for_receipts(self, count: int) -> None:
        """Until exactly so many came out.

        Raises:
            AssertionError: they did not come in time.
        """
        give_up = time.monotonic() + PATIENCE_S
        while len(self.receipts()) < count:
            assert time.monotonic() < give_up, f"{len(self.receipts())} receipts, not {count}"
            time.sleep(LOOK_AGAIN_S)

    def stop(self) -> None:
        self._program.stop()
