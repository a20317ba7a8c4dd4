"""Codes that people carry: one-time enrolment codes, coupon codes, tokens."""

import base64
from collections.abc import Callable
from typing import Final

# Without I, L, O and U (Crockford's base 32): nothing to confuse, no words.
_BASE_32: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOK_ALIKES: Final = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})
_CODE_LETTERS: Final = 26
_GROUP: Final = 5
_BITS_PER_LETTER: Final = 5

# 31 letters, a prime: a weighted sum finds every wrong letter and every swap of two.
COUPON_LETTERS: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
COUPON_CODE_LENGTH: Final = 12
_TOKEN_BYTES: Final = 32


def new_enrolment_code(entropy: Callable[[int], bytes]) -> str:
    """128 random bits in groups, as "7K3ZQ-…"."""
    value = int.from_bytes(entropy(16), "big")
    letters = "".join(
        _BASE_32[value >> (_BITS_PER_LETTER * place) & 31]
        for place in reversed(range(_CODE_LETTERS))
    )
    return "-".join(letters[at : at + _GROUP] for at in range(0, _CODE_LETTERS, _GROUP))


def normalise_enrolment_code(text: str) -> str:
    """The code as it was made, however it was typed."""
    return text.upper().translate(_LOOK_ALIKES)


def new_coupon_code(entropy: Callable[[int], bytes]) -> str:
    """Eleven random letters and a check letter."""
    value = int.from_bytes(entropy(16), "big")
    letters = ""
    for _ in range(COUPON_CODE_LENGTH - 1):
        value, letter = divmod(value, len(COUPON_LETTERS))
        letters += COUPON_LETTERS[letter]
    return letters + check_letter(letters)


def check_letter(letters: str) -> str:
    total = sum(
        weight * COUPON_LETTERS.index(letter) for weight, letter in enumerate(letters, start=2)
    )
    return COUPON_LETTERS[total % len(COUPON_LETTERS)]


def new_token(entropy: Callable[[int], bytes]) -> str:
    """256 random bits for an `Authorization: Bearer` header."""
    return base64.urlsafe_b64encode(entropy(_TOKEN_BYTES)).rstrip(b"=").decode()
