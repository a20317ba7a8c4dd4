"""Reading what head office wrote, so that nothing in it is passed over in silence.

What does not fit is a coded flaw with its place: a field that is not known, a value of another
kind, a number out of range, a rate above 100 percent. Wire records pass unknown fields over, so
that an older program reads what a newer one wrote; what a person writes is another matter: there
a field that is not known is a slip of the pen.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final, TypeVar

import msgspec

from domain.rule_flaws import Flaw, RuleFlaw, flaw

MOST_PATHS: Final = 20

Written = TypeVar("Written", bound=msgspec.Struct)

# What msgspec says: "Expected `int` <= 10000 - at `$.rules[0].effect.off_basis_points`".
_PLACE: Final = re.compile(r" - at .*?`\$\.?(?P<place>[^`]*)`$")
_MISSING: Final = re.compile(r"missing required field `(?P<field>[^`]+)`")
_BOUND: Final = re.compile(r"^Expected `\w+` (of length )?(?P<bound>[<>]=? -?\d+)")
_RATE: Final = "basis_points"
_WHOLE: Final = "<= 10000"


def read_strictly(values: object, kind: type[Written]) -> Written | tuple[Flaw, ...]:
    """The record that plain values (out of JSON, TOML) stand for, or what is wrong with them.

    What does not fit is found one at a time; fields that are not known are found together.
    """
    try:
        read = msgspec.convert(values, kind)
    except msgspec.ValidationError as error:
        return (flaw_of(str(error)),)
    unknown = unknown_fields(values, read)
    return tuple(flaw(RuleFlaw.FIELD_UNKNOWN, path) for path in unknown) or read


def flaws_of_range(value: msgspec.Struct) -> tuple[Flaw, ...]:
    """What is out of range in a record that a program has put together; the first alone."""
    found = read_strictly(msgspec.to_builtins(value), type(value))
    return found if isinstance(found, tuple) else ()


def flaw_of(message: str) -> Flaw:
    """The flaw that msgspec's message tells of. What stood there is never repeated."""
    found, missing, bound = (one.search(message) for one in (_PLACE, _MISSING, _BOUND))
    place = found["place"] if found else ""
    if missing is not None:
        field = missing["field"]
        return flaw(RuleFlaw.FIELD_MISSING, f"{place}.{field}" if place else field)
    if bound is None:
        return flaw(RuleFlaw.VALUE_MALFORMED, place)
    if bound["bound"] == _WHOLE and _RATE in place.rpartition(".")[2]:
        return flaw(RuleFlaw.RATE_ABOVE_WHOLE, place)
    return flaw(RuleFlaw.VALUE_OUT_OF_RANGE, place, bound=bound["bound"])


def unknown_fields(written: object, read: object) -> list[str]:
    """The paths of fields in `written` that are not in `read`, such as "rules[0].effect.cup".

    `written` is a tree of dicts, lists and plain values, as JSON and TOML give it, and `read` the
    record that was made of it. At most MOST_PATHS of them, in the order of writing.
    """
    return [path for path, _ in zip(_unknown(written, read, ""), range(MOST_PATHS), strict=False)]


def _unknown(written: object, read: object, path: str) -> Iterator[str]:
    if isinstance(written, dict) and isinstance(read, dict | msgspec.Struct):
        fields = _fields(read)
        for name, value in written.items():
            below = f"{path}.{name}" if path else str(name)
            if name in fields:
                yield from _unknown(value, fields[name], below)
            else:
                yield below
    elif isinstance(written, list | tuple) and isinstance(read, list | tuple):
        for place, (value, known) in enumerate(zip(written, read, strict=True)):
            yield from _unknown(value, known, f"{path}[{place}]")


def _fields(read: dict[object, object] | msgspec.Struct) -> Mapping[object, object]:
    if isinstance(read, dict):
        return read
    names = zip(read.__struct_encode_fields__, read.__struct_fields__, strict=True)
    fields: dict[object, object] = {written: getattr(read, name) for written, name in names}
    if read.__struct_config__.tag_field is not None:
        fields[read.__struct_config__.tag_field] = None
    return fields
