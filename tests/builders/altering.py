"""A message with one of its fields altered, for each field in it, those of signed parts too."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec

Text = Callable[[bytes], bytes]
Signed = Mapping[str, tuple[type[msgspec.Struct], Text]]


def alterations(
    message: msgspec.Struct, signed: Signed, sign: Callable[[bytes], bytes]
) -> Iterator[tuple[str, Any]]:
    """The names of all leaves, as `Struct.field`, with the message in which that one is altered.

    `signed` says what is signed inside, by the struct and field that hold it, and which text `sign`
    is to sign: there each field of what is inside is altered, and it is signed again.
    """
    yield from _in_value(message, "", signed, sign)


def _in_value(
    value: Any,  # noqa: ANN401
    name: str,
    signed: Signed,
    sign: Callable[[bytes], bytes],
) -> Iterator[tuple[str, Any]]:
    if isinstance(value, msgspec.Struct):
        for field in value.__struct_fields__:
            place, held = f"{type(value).__name__}.{field}", getattr(value, field)
            walk = _in_signed if place in signed else _in_value
            for leaf, altered in walk(held, place, signed, sign):
                yield leaf, msgspec.structs.replace(value, **{field: altered})
    elif isinstance(value, tuple) and value:
        for leaf, altered in _in_value(value[0], name, signed, sign):
            yield leaf, (altered, *value[1:])
        yield f"{name}[]", value[1:]
    elif value != ():
        yield name, other_than(value)


def _in_signed(
    held: Any,  # noqa: ANN401
    place: str,
    signed: Signed,
    sign: Callable[[bytes], bytes],
) -> Iterator[tuple[str, Any]]:
    """Each field of the message inside, signed anew; and its bare bytes."""
    if held == ():
        return
    kind, text = signed[place]
    first = held[0] if isinstance(held, tuple) else held
    inside = msgspec.msgpack.decode(first.content, type=kind)
    for leaf, altered in _in_value(inside, place, signed, sign):
        content = msgspec.msgpack.encode(altered)
        again = type(first)(content, sign(text(content)))
        yield leaf, (again, *held[1:]) if isinstance(held, tuple) else again
    yield from _in_value(held, place, signed, sign)


def other_than(value: object) -> object:
    """Another value of the same kind; a kind that is not known here has to be added."""
    match value:
        case bool():
            return not value
        case str():
            return value + "x"
        case int():
            return value + 1
        case bytes():
            return bytes([value[0] ^ 1]) + value[1:]
        case None:
            return 1
        case _:
            raise TypeError(type(value))
