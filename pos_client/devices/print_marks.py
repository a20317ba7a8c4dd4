"""What is said on paper about a printing itself: a copy, a possible double, a printer standing in.

The stored document stays as it was made; marks stand above each of its sheets, on paper and in the
preview alike.
"""

from collections.abc import Iterator

import msgspec

from domain.wording import Wording
from hardware.receipt import Align, Block, Cut, Document, Size, TextLine
from pos_client.storage.spool import PrintJob


def as_printed(job: PrintJob, document: Document, wording: Wording) -> Document:
    """The document with the marks of this job."""
    marks = tuple(_marks(job, wording))
    return msgspec.structs.replace(document, blocks=tuple(_on_each_sheet(document, marks)))


def _on_each_sheet(document: Document, marks: tuple[Block, ...]) -> Iterator[Block]:
    begins = True
    for block in document.blocks:
        if begins:
            yield from marks
        yield block
        begins = isinstance(block, Cut)


def _marks(job: PrintJob, wording: Wording) -> Iterator[Block]:
    if job.copy_number > 1:
        yield _large(wording.text("print_mark.copy", count=job.copy_number - 1))
        if job.copied_by:
            yield _small(wording.text("print_mark.copied_by", name=job.copied_by))
    if job.doubts:
        yield _large(wording.text("print_mark.maybe_twice"))
        yield _small(wording.text("print_mark.attempt", number=job.title, attempt=job.doubts + 1))
    if job.station:
        yield _large(wording.text("print_mark.for_station", station=job.station))


def _large(text: str) -> TextLine:
    return TextLine(text, align=Align.CENTRE, size=Size.DOUBLE, bold=True, inverse=True)


def _small(text: str) -> TextLine:
    return TextLine(text, align=Align.CENTRE)
