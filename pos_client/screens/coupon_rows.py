"""How a coupon is shown on the member and coupon sheets."""

from typing import Final

from domain.configuration import CouponTerms
from domain.effect_wording import effect_text
from domain.reasons import Reason
from domain.wording import Wording
from pos_client.screens.desk import Desk, plain_amount
from pos_client.screens.order_in_hand import CouponUse
from pos_client.widgets.faces import RowText

# What the order may still change; with any other reason a coupon is of no use now.
_MAY_PASS: Final = frozenset(
    {
        Reason.THRESHOLD_NOT_MET,
        Reason.QUANTITY_NOT_MET,
        Reason.NO_ITEM,
        Reason.UNITS_USED_UP,
        Reason.GIFT_NOT_ON_ORDER,
        Reason.NO_FEE,
        Reason.NOTHING_LEFT_TO_REDUCE,
        Reason.COUPON_LIMIT_REACHED,
        Reason.MEMBER_NEEDED,
    }
)


def coupon_row(desk: Desk, use: CouponUse) -> RowText:
    """A tap lays the coupon on the order or takes it off; one of no use now cannot be tapped."""
    note, tone = _note(desk.wording, use)
    return RowText(
        title=use.terms.name,
        detail=coupon_terms(desk, use.terms),
        note=note,
        icon="check" if use.laid and use.reason is None else "ticket-percent",
        tone=tone,
        chosen=use.laid,
        enabled=use.laid or use.reason is None or use.reason in _MAY_PASS,
    )


def reason_text(wording: Wording, use: CouponUse) -> str:
    if use.reason is None:
        return ""
    return wording.reason(
        use.reason, missing=plain_amount(use.missing_fen), quantity=use.missing_units
    )


def coupon_terms(desk: Desk, terms: CouponTerms) -> str:
    return desk.wording.text(
        "coupon.terms",
        effect=effect_text(desk.wording, terms.rule),
        day=desk.day(terms.valid_until_ms),
    )


def _note(wording: Wording, use: CouponUse) -> tuple[str, str]:
    if use.reason is not None:
        return reason_text(wording, use), "warning" if use.laid else "muted"
    if use.laid:
        return plain_amount(-use.saving_fen), "accent"
    return wording.text("coupon.use"), "accent"
