"""What a pass pays for on an order. It is a tender: it pays the net of the units that it covers."""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Final

import msgspec

from domain.conditions import Setting, why_not
from domain.identifiers import ItemId, PassId
from domain.money import part_of
from domain.orders import LARGEST_LINE_NUMBER, LARGEST_QUANTITY
from domain.passes.account import PassAccount, valid_until
from domain.passes.refusals import PassRefusal, PassRefused
from domain.passes.terms import PassTerms
from domain.reasons import Reason

# More units than an order can have.
_NO_LIMIT: Final = LARGEST_LINE_NUMBER * LARGEST_QUANTITY


class PayableLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the priced order. `covered` of its units are paid for by another pass already."""

    number: int
    item_id: ItemId
    category: str
    quantity: int
    net_fen: int
    covered: int = 0


class CoveredLine(msgspec.Struct, frozen=True, kw_only=True):
    number: int
    units: int
    amount_fen: int


class Cover(msgspec.Struct, frozen=True, kw_only=True):
    """The tender: `amount_fen` of it, for `units` of the lines named, in their order."""

    pass_id: PassId
    lines: tuple[CoveredLine, ...]
    units: int
    amount_fen: int


def cover(
    account: PassAccount,
    lines: Sequence[PayableLine],
    setting: Setting,
    *,
    wanted: int | None = None,
) -> Cover | PassRefused:
    """Which units the pass pays for, at most `wanted` of them; the dearest units first.

    Of units that cost the same, those of the item that sorts first, then of the earlier line. A
    unit that costs nothing uses nothing up.
    """
    if account.sale is None:
        return PassRefused(reason=PassRefusal.UNKNOWN)
    terms = account.sale.terms
    refused = _why_not_today(account, terms, setting)
    if refused is not None:
        return PassRefused(reason=refused)
    open_lines = [line for line in lines if terms.covers.holds(line.item_id, line.category)]
    if not open_lines:
        return PassRefused(reason=Reason.NO_ITEM)
    covered = _cover_dearest(
        open_lines, _most_units(account, terms, today=setting.moment.day, wanted=wanted)
    )
    if not covered:
        return PassRefused(reason=Reason.NOTHING_LEFT_TO_REDUCE)
    return Cover(
        pass_id=account.pass_id,
        lines=covered,
        units=sum(line.units for line in covered),
        amount_fen=sum(line.amount_fen for line in covered),
    )


def _why_not_today(
    account: PassAccount, terms: PassTerms, setting: Setting
) -> Reason | PassRefusal | None:
    today = setting.moment.day
    last_day = valid_until(account)
    if account.refunds:
        return PassRefusal.ALREADY_REFUNDED
    if last_day is not None and today > last_day:
        return Reason.EXPIRED
    reason = why_not(terms.conditions, setting)
    if reason is not None:
        return reason
    if terms.uses and account.uses_left <= 0:
        return PassRefusal.NO_USES_LEFT
    if terms.per_day and account.used_on(today) >= terms.per_day:
        return Reason.LIMIT_PER_DAY
    return None


def _most_units(account: PassAccount, terms: PassTerms, *, today: date, wanted: int | None) -> int:
    limits = [_NO_LIMIT] if wanted is None else [wanted]
    if terms.uses:
        limits.append(account.uses_left)
    if terms.per_day:
        limits.append(terms.per_day - account.used_on(today))
    return min(limits)


def _cover_dearest(lines: Sequence[PayableLine], most: int) -> tuple[CoveredLine, ...]:
    by_price = sorted(
        lines,
        key=lambda line: (-Fraction(line.net_fen, line.quantity), line.item_id, line.number),
    )
    covered = []
    for line in by_price:
        units = min(line.quantity - line.covered, most)
        amount_fen = covered_fen(line.net_fen, line.quantity, before=line.covered, units=units)
        if amount_fen > 0:
            covered.append(CoveredLine(number=line.number, units=units, amount_fen=amount_fen))
            most -= units
    return tuple(sorted(covered, key=lambda line: line.number))


def covered_fen(net_fen: int, quantity: int, *, before: int, units: int) -> int:
    """The net of `units` units after the first `before` ones: the cumulative formula of refunds.

    Taken over a whole line, in whatever parts, it comes to the line's net exactly.
    """
    so_far_fen = part_of(net_fen, before, quantity)
    return part_of(net_fen, before + units, quantity) - so_far_fen
