"""The emulated receipt printer as a process: TCP in, pictures and texts of receipts out."""

from pathlib import Path

from tests.harness.process import Program


class PrinterProcess:
    def __init__(self, directory: Path) -> None:
        self.directory = directory
        directory.mkdir(parents=True, exist_ok=True)
        self._program = Program(
            "hardware.emulators.escpos_printer",
            ["--port", "0", "--out", str(directory)],
            log=directory / "printer.log",
        )
        self.port = int(self._program.line_with("listening on").rpartition(":")[2])

    def receipts(self) -> list[Path]:
        """The pictures of what came out, oldest first."""
        return sorted(self.directory.glob("receipt-*.png"))

    def texts(self) -> list[str]:
        return [path.read_text(encoding="utf-8") for path in sorted(self.directory.glob("*.txt"))]

    def stop(self) -> None:
        self._program.stop()
