"""Reading what people at head office write: whole, or refused with the place that is wrong."""

import re
from typing import Final, TypeVar

import msgspec

from domain.errors import ErrorCode, TillfoldError
from domain.strictness import unknown_fields

T = TypeVar("T")

_PLACE: Final = re.compile(r"`\$\.?(?P<path>[^`]*)`$")
_MISSING: Final = re.compile(r"missing required field `(?P<name>\w+)`")


def read_strictly(written: object, kind: type[T]) -> T:
    """A tree of plain values, as JSON and TOML give it, as a record of this kind.

    Raises:
        TillfoldError: `request_malformed`; `where` names the place, never what stood there.
    """
    try:
        read = msgspec.convert(written, kind)
    except (msgspec.ValidationError, RecursionError) as error:
        raise TillfoldError(ErrorCode.REQUEST_MALFORMED, where=_where(str(error))) from error
    unknown = unknown_fields(written, read)
    if unknown:
        raise TillfoldError(ErrorCode.REQUEST_MALFORMED, where=", ".join(unknown)[:200])
    return read


def _where(message: str) -> str:
    """The path in msgspec's message; the rest of it may hold what was written."""
    place, missing = _PLACE.search(message), _MISSING.search(message)
    parts = (place["path"] if place else "", missing["name"] if missing else "")
    return ".".join(part for part in parts if part)[:200] or "body"
