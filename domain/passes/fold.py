"""How lines and facts make a pass. Any order gives the same pass, to the byte."""

from datetime import date

from msgspec.structs import replace

from domain.identifiers import PassId
from domain.origins import Origin, latest
from domain.passes.account import DAYS_KEPT, USES_KEPT, PassAccount, PassLine, PassSale
from domain.passes.facts import PassFact, PassRefunded, PassSold


def use_line(pass_id: PassId, units: int, day: date, at: Origin) -> PassLine:
    """The line of a tender: `units` of it, with a minus where a refund gives them back."""
    return PassLine(pass_id=pass_id, store=at.store, day=day, units=units, at=at)


def post_use(account: PassAccount | None, line: PassLine) -> PassAccount:
    """The pass with one more line."""
    known = account or PassAccount(pass_id=line.pass_id)
    first_day = line.day if known.first_day is None else min(line.day, known.first_day)
    return replace(
        known,
        used=known.used + line.units,
        first_day=first_day,
        used_by_day=_latest_days(known.used_by_day, line),
        uses=_latest_uses(known.uses, line),
    )


def _latest_uses(held: tuple[Origin, ...], line: PassLine) -> tuple[Origin, ...]:
    taken = line.units > 0 and line.at is not None
    return latest(held, [line.at] if taken and line.at is not None else [], USES_KEPT)


def _latest_days(
    days: tuple[tuple[date, int], ...], line: PassLine
) -> tuple[tuple[date, int], ...]:
    """The sums of the latest days. A day that was given back whole stays, with a sum of nothing.

    That is free of order: a day that is among the latest in the end was so from its first line on,
    thus none of its lines was dropped; and whether a day is kept depends on days alone.
    """
    counts = dict(days)
    counts[line.day] = counts.get(line.day, 0) + line.units
    return tuple(sorted(counts.items())[-DAYS_KEPT:])


def fold_pass(account: PassAccount | None, fact: PassFact, at: Origin) -> PassAccount:
    """The pass after a fact. Each fact is folded once: that is the journal's promise."""
    known = account or PassAccount(pass_id=fact.pass_id)
    match fact:
        case PassSold():
            sale = PassSale(
                at.stamp, at.terminal, at.store, fact.business_day, fact.terms, fact.member_id
            )
            earliest = sale if known.sale is None else min(sale, known.sale, key=_order)
            return replace(
                known,
                sale=earliest,
                paid_fen=known.paid_fen + fact.paid_fen,
                bought=known.bought + fact.terms.uses,
            )
        case PassRefunded():
            return replace(
                known,
                refunds=known.refunds + 1,
                refunded_uses=known.refunded_uses + fact.uses,
                paid_out_fen=known.paid_out_fen + fact.paid_out_fen,
            )


def _order(sale: PassSale) -> tuple[int, str]:
    return sale.order
