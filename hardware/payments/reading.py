"""Reading what providers write: amounts, texts and JSON of which nothing is certain."""

import json
import re
from collections.abc import Mapping
from typing import Any, Final

FEN_PER_YUAN: Final = 100
# No single payment is near it.
LARGEST_FEN: Final = 10_000_000_00
LONGEST_ANSWER: Final = 64 * 1024
LONGEST_CODE: Final = 64
_YUAN: Final = re.compile(r"([0-9]{1,10})(?:\.([0-9]{1,2})0*)?")

Answer = Mapping[str, Any]


def read_json(body: str | bytes) -> Answer:
    """The object in a body; nothing where there is none."""
    if len(body) > LONGEST_ANSWER:
        return {}
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}


def text_in(answer: Answer, name: str) -> str:
    """A short text of printable characters; empty where there is none."""
    value = answer.get(name)
    if not isinstance(value, str):
        return ""
    return "".join(sign for sign in value[:LONGEST_CODE] if sign.isprintable())


def fen_in(answer: Answer, name: str) -> int | None:
    """A whole number of fen."""
    value = answer.get(name)
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 <= value <= LARGEST_FEN else None


def fen_of_yuan(text: str) -> int | None:
    """Turns 12.5 into 1250; None where it is no amount."""
    found = _YUAN.fullmatch(text.strip())
    if found is None or not found[0].isascii():
        return None
    fen = int(found[1]) * FEN_PER_YUAN + int((found[2] or "").ljust(2, "0"))
    return fen if fen <= LARGEST_FEN else None


def yuan_of_fen(amount_fen: int) -> str:
    """Turns 1250 into 12.50."""
    return f"{amount_fen // FEN_PER_YUAN}.{amount_fen % FEN_PER_YUAN:02d}"
