"""What a document looks like on the paper of the emulator, without a connection between."""

from hardware.emulators.escpos_engine import PrintEngine
from hardware.emulators.escpos_paper import Receipt
from hardware.emulators.escpos_stream import CommandStream
from hardware.escpos.commands import encode_job
from hardware.escpos.model import PrinterModel
from hardware.escpos.raster import LineArtist
from hardware.receipt import Document


def printed(document: Document, model: PrinterModel, artist: LineArtist | None = None) -> Receipt:
    """The one receipt of the job, torn off at its end when it was not cut."""
    engine = PrintEngine(dots=model.dots, chinese=True, pulse=lambda: None)
    for command in CommandStream().feed(encode_job(document, model, artist=artist)):
        assert command.name != "unknown"
        engine.execute(command)
    engine.tear_off()
    (receipt,) = engine.take_receipts()
    return receipt
