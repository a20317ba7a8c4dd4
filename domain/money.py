"""Amounts in fen (1/100 yuan) as integers, rates in basis points (1/10,000).

The only module that rounds amounts. Floats never touch one.
"""

import re
from collections.abc import Sequence
from typing import Annotated, Final

import msgspec

from domain.errors import ErrorCode, TillfoldError

BASIS_POINTS: Final = 10_000
FEN_PER_YUAN: Final = 100
# Larger than any bill, small enough that products with a rate stay far inside 64 bits.
LARGEST_AMOUNT_FEN: Final = 10_000_000_000
# A rate from nothing to all of it.
BasisPoints = Annotated[int, msgspec.Meta(ge=0, le=BASIS_POINTS)]
# Commas between thousands alone: "12,50" is no way to write 1,250 yuan.
_WRITTEN_AMOUNT: Final = re.compile(
    r"(?P<yuan>[0-9]{1,10}|[0-9]{1,3}(,[0-9]{3}){1,3})(\.(?P<fen>[0-9]{0,2}))?"
)


def divide_half_up(numerator: int, denominator: int) -> int:
    """`numerator / denominator` to the nearest integer; a half goes up. Both at least 0."""
    return (2 * numerator + denominator) // (2 * denominator)


def part_of(amount: int, units: int, quantity: int) -> int:
    """What the first `units` of `quantity` units hold of an amount, rounded down.

    Cumulative: the differences between one call and the next come to the amount exactly, in
    whatever parts the units are taken.
    """
    return amount * units // quantity


def allocate(amount: int, weights: Sequence[int]) -> tuple[int, ...]:
    """Share `amount` over `weights` in proportion, so that the shares add up to it exactly.

    Largest remainder: each share is floored, then the missing units go one each to the largest
    fractions; ties go to the larger weight, then to the earlier place. Where `amount` is at most
    the sum of the weights no share exceeds its weight.

    Raises:
        ValueError: a negative amount or weight, or an amount to share over nothing.
    """
    whole = sum(weights)
    if amount < 0 or any(weight < 0 for weight in weights) or (amount and not whole):
        raise ValueError((amount, tuple(weights)))
    if not amount:
        return (0,) * len(weights)
    shares = [amount * weight // whole for weight in weights]
    by_claim = sorted(
        range(len(weights)),
        key=lambda place: (-(amount * weights[place] % whole), -weights[place], place),
    )
    for place in by_claim[: amount - sum(shares)]:
        shares[place] += 1
    return tuple(shares)


def format_fen(amount_fen: int) -> str:
    """1250 as "12.50"; a minus sign in front where the amount is negative."""
    yuan, fen = divmod(abs(amount_fen), FEN_PER_YUAN)
    return f"{'-' if amount_fen < 0 else ''}{yuan}.{fen:02d}"


def format_decimal(number: int, unit: int) -> str:
    """`number` in `unit`s, a power of ten, with the decimals that it needs: 8, 8.5, 12.25."""
    whole, rest = divmod(number, unit)
    decimals = f"{rest:0{len(str(unit)) - 1}d}".rstrip("0")
    return f"{whole}.{decimals}" if decimals else str(whole)


def parse_fen(text: str) -> int:
    """The amount that a person wrote: "12", "12.5", "12.50", "¥1,200.00".

    Raises:
        TillfoldError: `amount_malformed` where the text is no amount of at most two decimals,
            or is larger than a bill can be.
    """
    parts = _WRITTEN_AMOUNT.fullmatch(text.strip().lstrip("¥￥").strip())
    if parts is None:
        raise TillfoldError(ErrorCode.AMOUNT_MALFORMED, text=text[:20])
    yuan, fen = parts["yuan"].replace(",", ""), parts["fen"] or ""
    amount_fen = int(yuan) * FEN_PER_YUAN + int(fen.ljust(2, "0"))
    if amount_fen > LARGEST_AMOUNT_FEN:
        raise TillfoldError(ErrorCode.AMOUNT_MALFORMED, text=text[:20])
    return amount_fen
