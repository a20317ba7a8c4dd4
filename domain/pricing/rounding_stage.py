"""S9: 抹零, the whole order rounded to a jiao, half a yuan or a yuan, as an entry of its own."""

from domain.conditions import why_not
from domain.fees import Rounding, RoundingMode
from domain.money import allocate, divide_half_up
from domain.orders import Stage
from domain.pricing.state import Label, Saving, Taken, Working


def rounding_stage(working: Working) -> None:
    """The difference is shared over the lines; where they cannot bear it nothing is rounded.

    Rounding half up may save less than nothing.
    """
    rule = working.question.book.rounding
    if rule is None:
        return
    if why_not(rule.conditions, working.question.setting(working.basket)) is not None:
        return
    total_fen = working.total_fen + sum(fee.left_fen for fee in working.fees)
    saving_fen = total_fen - rounded_fen(total_fen, rule)
    if not saving_fen or saving_fen > working.total_fen or not working.total_fen:
        return
    sign = 1 if saving_fen > 0 else -1
    shares = allocate(abs(saving_fen), [place.left_fen for place in working.places])
    taken = [
        Taken(place, sign * share)
        for place, share in zip(working.places, shares, strict=True)
        if share
    ]
    working.use(Label(rule.rule_id, rule.name, Stage.ROUNDING), Saving(saving_fen, taken))


def rounded_fen(total_fen: int, rule: Rounding) -> int:
    if rule.mode is RoundingMode.DOWN:
        return total_fen - total_fen % rule.step_fen
    return divide_half_up(total_fen, rule.step_fen) * rule.step_fen
