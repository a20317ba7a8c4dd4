"""Signed requests of tills (RFC 9421 as a model; the nonce is the server's, as in RFC 9449)."""

import msgspec

from domain.errors import ErrorCode, TillfoldError
from domain.protocol import OLDEST_PROTOCOL, PROTOCOL_VERSION, request_text
from domain.signatures import Verifier
from sync_server.authentication.nonces import Nonces

_SIGNATURE_HEX_DIGITS = 128
_LONGEST_VERSION = 6


class SignedRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A request as it arrived; `body` is as it was sent, compressed. Headers may be missing."""

    method: str
    target: str
    body: bytes
    protocol: str
    terminal: str
    nonce: str
    signature: str


def check_protocol(protocol: str) -> None:
    """Refuse a protocol that is not ours, and say which side is to be upgraded.

    Raises:
        TillfoldError: `till_outdated`, `server_outdated`, `protocol_unsupported` for no version.
    """
    # The length comes first: a number of a million digits is not read.
    plain = len(protocol) <= _LONGEST_VERSION and protocol.isascii() and protocol.isdigit()
    version = int(protocol) if plain else 0
    if version < 1:
        raise TillfoldError(ErrorCode.PROTOCOL_UNSUPPORTED)
    if version > PROTOCOL_VERSION:
        raise TillfoldError(ErrorCode.SERVER_OUTDATED)
    if version < OLDEST_PROTOCOL:
        raise TillfoldError(ErrorCode.TILL_OUTDATED)


def check_nonce(request: SignedRequest, nonces: Nonces, now_ms: int) -> None:
    """Refuse a nonce that is not ours or too old.

    Raises:
        TillfoldError: `nonce_stale`.
    """
    if not nonces.accepts(request.nonce, now_ms):
        raise TillfoldError(ErrorCode.NONCE_STALE)


def check_signature(request: SignedRequest, public_key: bytes) -> None:
    """Refuse a request that the holder of the key did not sign as it stands.

    Raises:
        TillfoldError: `signature_wrong`.
    """
    text = request_text(
        request.method,
        request.target,
        body=request.body,
        terminal=request.terminal,
        nonce=request.nonce,
    )
    if not Verifier(public_key).accepts(text, _signature(request.signature)):
        raise TillfoldError(ErrorCode.SIGNATURE_WRONG)


def _signature(text: str) -> bytes:
    try:
        return bytes.fromhex(text) if len(text) == _SIGNATURE_HEX_DIGITS else b""
    except ValueError:
        return b""
