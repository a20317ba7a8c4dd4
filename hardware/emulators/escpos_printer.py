"""The emulated printer as a program: each receipt is written as a picture and as text.

    python -m hardware.emulators.escpos_printer --port 9100 --out receipts

It prints one line, `listening on HOST:PORT`, and runs until it is terminated. With `--serial` a
second line names a serial port that leads to the same printer (not on Windows).
"""

import argparse
import signal
import sys
import threading
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from hardware.emulators.escpos_drawing import ReceiptPainter, png_bytes, write_whole
from hardware.emulators.escpos_paper import Receipt
from hardware.emulators.escpos_server import EmulatorSettings, EscposPrinterEmulator
from hardware.fonts import FontWeight, find_cjk_font


class ReceiptFolder:
    """Writes `receipt-0001.png` and `.txt` for each receipt; the picture comes last."""

    def __init__(self, folder: Path, painter: ReceiptPainter) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        # Switched off and on again, a printer keeps what has come out.
        self._kept = len(list(folder.glob("receipt-*.png")))
        self._painter = painter

    def add(self, receipt: Receipt) -> None:
        stem = f"receipt-{self._kept + receipt.number:04}"
        write_whole(self._folder / f"{stem}.txt", f"{receipt.text}\n".encode())
        write_whole(self._folder / f"{stem}.png", png_bytes(self._painter.paint(receipt)))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run until SIGTERM or SIGINT; the exit code."""
    options = _parser().parse_args(arguments)
    regular = options.font or find_cjk_font()
    bold = options.bold_font or (None if options.font else find_cjk_font(FontWeight.BOLD))
    if regular is None:
        sys.stderr.write("No Chinese font found; install fonts-noto-cjk or give --font FILE.\n")
        return 2
    folder = ReceiptFolder(options.out, ReceiptPainter(regular, bold))
    settings = EmulatorSettings(host=options.host, port=options.port, dots=options.dots)
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: ended.set())
    with EscposPrinterEmulator(settings, on_receipt=folder.add) as emulator:
        sys.stdout.write(f"listening on {settings.host}:{emulator.port}\n")
        with ExitStack() as stack:
            if options.serial:
                sys.stdout.write(f"serial port {_offer_serial(emulator.port, stack)}\n")
            sys.stdout.flush()
            ended.wait()
    return 0


def _offer_serial(printer_port: int, stack: ExitStack) -> str:
    # It needs pseudo-terminals, which Windows has not; the rest of the program runs there.
    from hardware.emulators.escpos_serial import SerialCable

    return stack.enter_context(SerialCable(printer_port)).device


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="escpos_printer", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=9100, help="TCP port; 0 takes a free one")
    parser.add_argument("--serial", action="store_true", help="offer a serial port as well")
    parser.add_argument("--out", type=Path, required=True, help="folder for the receipts")
    parser.add_argument("--dots", type=int, choices=(384, 576), default=576, help="paper width")
    parser.add_argument("--font", type=Path, help="font file with Chinese characters")
    parser.add_argument("--bold-font", type=Path, help="its bold companion")
    return parser


if __name__ == "__main__":
    sys.exit(main())
