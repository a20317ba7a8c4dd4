"""What somebody wrote and nobody read: fields that a record does not know.

Wire records pass unknown fields over, so that an older program reads what a newer one wrote. What
a person writes is another matter: there a field that is not known is a slip of the pen.
"""

from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

MOST_PATHS: Final = 20


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
