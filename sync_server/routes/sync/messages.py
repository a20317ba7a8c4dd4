"""Bodies of sync requests and answers: size limits, compression, encoding, headers."""

import io
from typing import Any, Final, TypeVar

import msgspec
import zstandard
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from domain.errors import ErrorCode, TillfoldError
from domain.protocol import (
    CONTENT_TYPE,
    HEADER_NONCE,
    HEADER_PROTOCOL,
    LARGEST_PUSH_BYTES,
    PROTOCOL_VERSION,
    ErrorAnswer,
)

T = TypeVar("T")

_LARGEST_WINDOW_BYTES: Final = 8 * 1024 * 1024
_COMPRESSION_LEVEL: Final = 3
_STATUS: Final = {
    ErrorCode.NONCE_STALE: 401,
    ErrorCode.SIGNATURE_WRONG: 401,
    ErrorCode.TERMINAL_UNKNOWN: 401,
    ErrorCode.TERMINAL_REVOKED: 403,
    ErrorCode.ENROLMENT_CODE_WRONG: 403,
    ErrorCode.NOT_FOUND: 404,
    ErrorCode.JOURNAL_GAP: 409,
    ErrorCode.MUST_REFETCH: 410,
    ErrorCode.JOURNAL_FORKED: 409,
    ErrorCode.REQUEST_TOO_LARGE: 413,
    ErrorCode.PROTOCOL_UNSUPPORTED: 426,
    ErrorCode.TILL_OUTDATED: 426,
    ErrorCode.SERVER_OUTDATED: 426,
    ErrorCode.TOO_MANY_REQUESTS: 429,
    ErrorCode.SERVER_FAILED: 500,
}
_BAD_REQUEST: Final = 400

_encoder = msgspec.msgpack.Encoder()


async def read_body(request: Request) -> bytes:
    """The body as it was sent, compressed.

    Raises:
        TillfoldError: `request_too_large`, as soon as that is known; `request_malformed` where
            the sender went away in the middle.
    """
    parts = bytearray()
    try:
        async for part in request.stream():
            parts += part
            if len(parts) > LARGEST_PUSH_BYTES:
                raise TillfoldError(ErrorCode.REQUEST_TOO_LARGE)
    except ClientDisconnect as error:
        raise TillfoldError(ErrorCode.REQUEST_MALFORMED, where="body") from error
    return bytes(parts)


def decode_body(body: bytes, kind: type[T]) -> T:
    """The message in a body.

    Raises:
        TillfoldError: `request_too_large`, `request_malformed`.
    """
    try:
        return msgspec.msgpack.decode(_decompress(body), type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, zstandard.ZstdError) as error:
        raise TillfoldError(ErrorCode.REQUEST_MALFORMED, where="body") from error


def _decompress(body: bytes) -> bytes:
    """Never takes more memory than the limit, whatever the frame's header promises."""
    decompressor = zstandard.ZstdDecompressor(max_window_size=_LARGEST_WINDOW_BYTES)
    with decompressor.stream_reader(io.BytesIO(body)) as reader:
        content = reader.read(LARGEST_PUSH_BYTES + 1)
    if len(content) > LARGEST_PUSH_BYTES:
        raise TillfoldError(ErrorCode.REQUEST_TOO_LARGE)
    return content


def answer(message: msgspec.Struct, *, nonce: str, status: int = 200) -> Response:
    body = zstandard.compress(_encoder.encode(message), level=_COMPRESSION_LEVEL)
    return Response(body, status, headers=headers(nonce), media_type=CONTENT_TYPE)


def headers(nonce: str) -> dict[str, str]:
    return {
        HEADER_PROTOCOL: str(PROTOCOL_VERSION),
        HEADER_NONCE: nonce,
        "Cache-Control": "no-store",
    }


def refusal(error: TillfoldError, *, nonce: str) -> Response:
    """The coded answer to an error."""
    values: dict[str, Any] = dict(error.values)
    expected = values.pop("expected", None)
    message = ErrorAnswer(code=error.code, values=values, expected=expected)
    return answer(message, nonce=nonce, status=_STATUS.get(error.code, _BAD_REQUEST))
