"""Bytes as a text that any scanner and any QR code carries: capitals and digits (RFC 4648 base 32).

QR codes hold this alphabet in 5.5 bits a letter (ISO/IEC 18004, alphanumeric mode), and a keyboard
wedge types it the same in every layout.
"""

import base64
import binascii
from typing import Final
from uuid import UUID

from domain.errors import ErrorCode, TillfoldError

# A scanner passes on 512 characters; a QR code of version 14-M holds them.
LONGEST_CODE_TEXT: Final = 500
_BLOCK: Final = 8
_IS_UUID: Final = b"\0"


def write_code(prefix: str, content: bytes) -> str | None:
    """The text with its prefix; None where it would be too long for a scanner."""
    text = prefix + base64.b32encode(content).decode().rstrip("=")
    return text if len(text) <= LONGEST_CODE_TEXT else None


def read_code(prefix: str, text: str) -> bytes:
    """The bytes of a code, however its letters were cased.

    Raises:
        TillfoldError: `code_unreadable`.
    """
    letters = text.strip().upper()
    if not letters.startswith(prefix) or len(letters) > LONGEST_CODE_TEXT:
        raise TillfoldError(ErrorCode.CODE_UNREADABLE)
    letters = letters.removeprefix(prefix)
    try:
        return base64.b32decode(letters + "=" * (-len(letters) % _BLOCK))
    except binascii.Error as error:
        raise TillfoldError(ErrorCode.CODE_UNREADABLE) from error


def short_id(identifier: str) -> bytes:
    """A usual UUID as a zero byte and 16 more; any other id, which has no NUL, as UTF-8."""
    try:
        value = UUID(identifier)
    except ValueError:
        return identifier.encode()
    return _IS_UUID + value.bytes if str(value) == identifier else identifier.encode()


def long_id(packed: bytes) -> str:
    """The id that `short_id` shortened.

    Raises:
        ValueError: bytes that it never makes.
    """
    if packed.startswith(_IS_UUID):
        return str(UUID(bytes=packed.removeprefix(_IS_UUID)))
    return packed.decode()
