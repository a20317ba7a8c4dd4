"""Check digits of the numbers that codes and cards carry."""

from typing import Final

EAN_LENGTHS: Final = frozenset({8, 12, 13})
GTIN_LENGTH: Final = 14
_TEN: Final = 10


def is_digits(text: str) -> bool:
    """ASCII digits alone, at least one."""
    return text.isascii() and text.isdigit()


def ends_with_gs1_check_digit(digits: str) -> bool:
    """Whether the last digit follows from the others (GS1 General Specifications, 7.9)."""
    weighed = [int(digit) for digit in reversed(digits)]
    return (sum(weighed[0::2]) + 3 * sum(weighed[1::2])) % _TEN == 0


def is_ean(text: str) -> bool:
    """Whether it is an EAN-8, UPC-A or EAN-13 by length and check digit."""
    return len(text) in EAN_LENGTHS and is_digits(text) and ends_with_gs1_check_digit(text)


def passes_luhn(digits: str) -> bool:
    """Whether the check digit of a card number fits (ISO/IEC 7812-1, annex B)."""
    doubled = [int(digit) * 2 for digit in reversed(digits)][1::2]
    kept = [int(digit) for digit in reversed(digits)][0::2]
    return (sum(kept) + sum(sum(divmod(value, _TEN)) for value in doubled)) % _TEN == 0
