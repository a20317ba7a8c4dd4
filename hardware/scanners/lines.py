"""What a scanner on a serial port sends: bytes in, scanned texts out. No I/O.

Each code ends with CR, LF or ETX, as the scanner is set; STX begins one anew. What was not ended is
dropped: after a loss of the port, and after a second of silence, so that half a code never stands
before the next one.
"""

from typing import Final

from hardware.scanners.classify import MAX_SCANNED_CHARACTERS

SILENCE_MS: Final = 1_000
SAME_CODE_MS: Final = 300
_STX: Final = 0x02
_ENDS: Final = frozenset(b"\r\n\x03\x00")
# A character of a QR code takes up to four bytes; identifiers stand before it.
MOST_BYTES: Final = 4 * MAX_SCANNED_CHARACTERS


class ScannedLines:
    """Times are milliseconds of any clock that does not jump."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._overflown = False
        self._fed_ms = 0

    def feed(self, data: bytes, now_ms: int) -> list[str]:
        """The texts that ended with these bytes."""
        if now_ms - self._fed_ms > SILENCE_MS:
            self.drop()
        if data:
            self._fed_ms = now_ms
        texts = []
        for byte in data:
            if byte in _ENDS:
                if self._held and not self._overflown:
                    texts.append(_text_of(bytes(self._held)))
                self.drop()
            elif byte == _STX:
                self.drop()
            elif len(self._held) < MOST_BYTES:
                self._held.append(byte)
            else:
                self._overflown = True
        return texts

    def drop(self) -> None:
        """The port was lost, or nothing more came: half a code is no code."""
        self._held.clear()
        self._overflown = False


class SameCode:
    """A code that stays before the scanner counts once: equal texts within SAME_CODE_MS."""

    def __init__(self) -> None:
        self._text = ""
        self._seen_ms = 0

    def is_new(self, text: str, now_ms: int) -> bool:
        again = text == self._text and now_ms - self._seen_ms < SAME_CODE_MS
        self._text, self._seen_ms = text, now_ms
        return not again

    def forget_after(self, now_ms: int) -> None:
        """Nothing scanned stays in memory longer than it must: it may be a payment code."""
        if now_ms - self._seen_ms >= SAME_CODE_MS:
            self._text = ""


def _text_of(data: bytes) -> str:
    """UTF-8, else what Chinese scanners are set to."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("gb18030", errors="replace")
