"""The lines of the cart: quantity, dish with what was chosen for it, and every saving by name."""

from domain.orders import GRAMS_A_KILOGRAM, Stage
from domain.pricing.basket import BasketLine
from domain.wording import Wording
from pos_client.screens.desk import plain_amount
from pos_client.screens.order_in_hand import OrderInHand
from pos_client.widgets.faces import CartLine


def cart_lines(
    wording: Wording, order: OrderInHand, *, selected: int, flashing: dict[int, int]
) -> tuple[CartLine, ...]:
    """`flashing` has the count of the flash by line number."""
    saved = _saved_by_line(order)
    return tuple(
        CartLine(
            number=line.number,
            quantity=_quantity(line),
            name=_name(wording, line),
            amount=plain_amount(line.list_fen),
            saving_names=" · ".join(saved.get(line.number, {})),
            saving=plain_amount(-sum(saved[line.number].values())) if line.number in saved else "",
            selected=line.number == selected,
            flash=flashing.get(line.number, 0),
        )
        for line in order.basket.lines
    )


def _saved_by_line(order: OrderInHand) -> dict[int, dict[str, int]]:
    """By line and name of the rule what it took off; rounding is told with the sums."""
    names = {rule.rule_id: rule.name for rule in order.priced.used_rules}
    saved: dict[int, dict[str, int]] = {}
    for share in order.priced.shares:
        if share.stage is not Stage.ROUNDING:
            of_line = saved.setdefault(share.line, {})
            name = names[share.rule_id]
            of_line[name] = of_line.get(name, 0) + share.saving_fen
    return saved


def _quantity(line: BasketLine) -> str:
    """Units, or kilograms of what was weighed."""
    if not line.weight_grams:
        return str(line.quantity)
    kilograms, grams = divmod(line.weight_grams, GRAMS_A_KILOGRAM)
    return f"{kilograms}.{grams:03d}"


def _name(wording: Wording, line: BasketLine) -> str:
    chosen = [
        one.name if one.quantity == 1 else f"{one.name}×{one.quantity}" for one in line.options
    ]
    if not chosen:
        return line.name
    return wording.text("sell.dish_with", dish=line.name, options=" ".join(chosen))
