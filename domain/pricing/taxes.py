"""The tax inside what was charged, one line a rate. Prices hold tax; tips have none."""

from domain.money import BASIS_POINTS, divide_half_up
from domain.orders import FeeLine, SaleLine, TaxLine


def tax_lines(lines: tuple[SaleLine, ...], fees: tuple[FeeLine, ...]) -> tuple[TaxLine, ...]:
    """Tax is worked out once on the sum of a rate, rounded half up; what is at 0 is left out."""
    gross_fen: dict[int, int] = {}
    for line in lines:
        gross_fen[line.tax_basis_points] = gross_fen.get(line.tax_basis_points, 0) + line.net_fen
    for fee in fees:
        gross_fen[fee.tax_basis_points] = gross_fen.get(fee.tax_basis_points, 0) + fee.amount_fen
    return tuple(
        TaxLine(
            tax_basis_points=rate,
            gross_fen=gross,
            tax_fen=divide_half_up(gross * rate, BASIS_POINTS + rate),
        )
        for rate, gross in sorted(gross_fen.items())
        if rate and gross
    )
