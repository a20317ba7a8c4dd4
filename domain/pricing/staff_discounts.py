"""S7: by hand, with a right and a reason. On a line it replaces S1 to S3; an order comes last."""

from domain.fees import StaffDiscount, StaffDiscountKind
from domain.identifiers import RuleId
from domain.money import BASIS_POINTS, divide_half_up
from domain.orders import Stage
from domain.pricing.state import Label, Place, Refusal, Saving, Working
from domain.reasons import Reason

ON_THE_ORDER = 0


def staff_line_stage(working: Working) -> None:
    """Line discounts come before all rules, so that thresholds see what the line really costs.

    One that takes nothing off replaces nothing.
    """
    by_number = {place.number: place for place in working.places}
    for discount in _in_turn(working):
        place = by_number.get(discount.line)
        if place is not None and _reduce(working, discount, [place]):
            place.by_staff = True


def staff_order_stage(working: Working) -> None:
    """An order that is free (免单) has no fees either."""
    for discount in _in_turn(working):
        if discount.line == ON_THE_ORDER:
            working.comped |= discount.kind is StaffDiscountKind.COMP
            _reduce(working, discount, working.places)


def _in_turn(working: Working) -> list[StaffDiscount]:
    """In an order that does not depend on the order of entry."""
    return sorted(
        working.basket.staff_discounts, key=lambda one: (one.line, one.kind, one.value, one.reason)
    )


def _reduce(working: Working, discount: StaffDiscount, places: list[Place]) -> bool:
    """Take a discount off its lines; answer whether there was anything to take."""
    left_fen = sum(place.left_fen for place in places)
    saving_fen = min(left_fen, _saving_fen(discount, left_fen))
    where = str(discount.line) if discount.line else "order"
    label = Label(RuleId(f"staff:{where}:{discount.kind}"), discount.reason, Stage.STAFF_DISCOUNT)
    if not saving_fen:
        working.refuse(label, Refusal(Reason.NOTHING_LEFT_TO_REDUCE))
        return False
    working.use(label, Saving(saving_fen, working.spread(saving_fen, places)))
    return True


def _saving_fen(discount: StaffDiscount, left_fen: int) -> int:
    match discount.kind:
        case StaffDiscountKind.PERCENT:
            return divide_half_up(left_fen * discount.value, BASIS_POINTS)
        case StaffDiscountKind.AMOUNT:
            return discount.value
        case StaffDiscountKind.COMP:
            return left_fen
