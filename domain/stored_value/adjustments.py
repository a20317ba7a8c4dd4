"""Whether a person may book an adjustment, and what it would be worth."""

from domain.stored_value.account import Amounts
from domain.stored_value.facts import AdjustmentReason
from domain.stored_value.refusals import Refused, StoredValueRefusal

_GIFTS = frozenset({AdjustmentReason.GOODWILL, AdjustmentReason.CASH_BACK})


def why_not_adjust(reason: AdjustmentReason, change: Amounts) -> Refused | None:
    """Presents are bonus: as principal they would be paid out one day."""
    if reason in _GIFTS and change.principal_fen:
        return Refused(reason=StoredValueRefusal.GIFT_AS_PRINCIPAL)
    return None
