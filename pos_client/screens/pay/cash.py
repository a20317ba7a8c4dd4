"""Which amounts of cash a guest is likely to hand over, and which keys type an amount."""

from typing import Final

from domain.money import FEN_PER_YUAN, parse_fen

_NOTES_YUAN: Final = (10, 20, 50, 100)
# Any longer one could be more than a bill can be.
_LONGEST_ENTRY: Final = 8


def quick_cash(left_fen: int) -> tuple[int, ...]:
    """The exact amount first, then the next sums of whole notes of 10, 20, 50 and 100 yuan."""
    if left_fen <= 0:
        return ()
    rounded = {-(-left_fen // note) * note for note in (n * FEN_PER_YUAN for n in _NOTES_YUAN)}
    return (left_fen, *sorted(rounded - {left_fen}))


def type_amount(entry: str, key: str) -> str:
    """The entry after a key of the pad: one point, at most two decimals, no leading zeros."""
    if key == "backspace":
        return entry[:-1]
    if key == ".":
        return entry if "." in entry else (entry or "0") + "."
    longer = entry + key
    if "." in entry:
        return longer[: entry.index(".") + 3]
    return (longer.lstrip("0") or "0")[:_LONGEST_ENTRY]


def amount_typed(entry: str) -> int:
    """The amount in fen; 0 for an empty entry."""
    return parse_fen(entry.rstrip(".")) if entry else 0
