"""Nonces that the server makes and need not remember: a minute's number and its code."""

import hmac
from typing import Final

_MINUTE_MS: Final = 60_000
# The minute of issue and four more: a nonce lives four to five minutes.
_MINUTES_VALID: Final = 5
_LONGEST: Final = 100


class Nonces:
    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def issue(self, now_ms: int) -> str:
        return self._at(now_ms // _MINUTE_MS)

    def accepts(self, nonce: str, now_ms: int) -> bool:
        """Whether this server, or another with the same secret, issued it lately."""
        minute, _, _ = nonce.partition(".")
        if len(nonce) > _LONGEST or not (minute.isascii() and minute.isdigit()):
            return False
        age = now_ms // _MINUTE_MS - int(minute)
        known = hmac.compare_digest(nonce.encode(), self._at(int(minute)).encode())
        return known and 0 <= age < _MINUTES_VALID

    def _at(self, minute: int) -> str:
        return f"{minute}.{hmac.digest(self._secret, str(minute).encode(), 'sha256').hex()}"
