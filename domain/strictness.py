"""What somebody wrote and nobody read: fields that a record does not know.

Wire records pass unknown fields over, so that an older program reads what a newer one wrote. What
a person writes is another matter: there a field that is not known is a slip of the pen.
"""

from collections.abc import Iterator
from typing import Final

MOST_PATHS: Final = 20


def unknown_fields(written: object, read: object) -> list[str]:
    """The paths of fields in `written` that are not in `read`, such as "rules[0].effect.cup".

    Both are trees of dicts, lists and plain values; `read` is what `msgspec.to_builtins` makes of
    the record. At most MOST_PATHS of them, in the order of writing.
    """
    return [path for path, _ in zip(_unknown(written, read, ""), range(MOST_PATHS), strict=False)]


def _unknown(written: object, read: object, path: str) -> Iterator[str]:
    match written, read:
        case dict(), dict():
            for name, value in written.items():
                below = f"{path}.{name}" if path else str(name)
                if name in read:
                    yield from _unknown(value, read[name], below)
                else:
                    yield below
        case (list() | tuple()), (list() | tuple()):
            for place, (value, known) in enumerate(zip(written, read, strict=False)):
                yield from _unknown(value, known, f"{path}[{place}]")
