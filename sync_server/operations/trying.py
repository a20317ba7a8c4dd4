"""Trying rules on a cart: where the document comes from."""

import sys
from pathlib import Path

from domain.errors import ErrorCode, TillfoldError
from domain.pricing.document import LARGEST_DOCUMENT_BYTES


def read_input(file: str) -> bytes:
    """The document, from a file or, for "-", from standard input.

    Raises:
        TillfoldError: `file_unreadable`. What is too long is cut behind the limit, and refused
            where it is read.
    """
    most = LARGEST_DOCUMENT_BYTES + 1
    try:
        if file == "-":
            return sys.stdin.buffer.read(most)
        with Path(file).open("rb") as opened:
            return opened.read(most)
    except OSError as error:
        raise TillfoldError(ErrorCode.FILE_UNREADABLE) from error
