"""What a pass costs and covers. Head office writes it; a sold pass keeps the terms of its sale."""

from datetime import date
from enum import StrEnum
from typing import Annotated, NewType

import msgspec

from domain.conditions import EVERYTHING, NO_CONDITIONS, Conditions, Scope
from domain.orders import Amount, Name
from domain.stored_value.plans import PaidAmount

PassTemplateId = NewType("PassTemplateId", str)

Uses = Annotated[int, msgspec.Meta(ge=0, le=10_000)]


class ValidFrom(StrEnum):
    """The day from which `valid_days` count."""

    SALE = "sale"
    FIRST_USE = "first_use"


class UsedAtRefund(StrEnum):
    """How what was used counts when the rest is paid out: at list price, or at the pass's own."""

    AT_LIST = "at_list"
    AT_AVERAGE = "at_average"


class PassTerms(msgspec.Struct, frozen=True, kw_only=True):
    """次卡 (`uses` above 0) or a period pass (`uses` 0: as often as the guest likes).

    One use pays for one unit of a dish in `covers`. The last of `valid_days` and `until_day` still
    belong to it; 0 and None: no end. `per_day` 0: no limit. `list_price_fen` is what one use counts
    at a refund under AT_LIST.
    """

    template_id: Annotated[PassTemplateId, msgspec.Meta(min_length=1, max_length=64)]
    name: Name
    price_fen: PaidAmount
    uses: Uses = 0
    covers: Scope = EVERYTHING
    valid_days: Annotated[int, msgspec.Meta(ge=0, le=3_650)] = 0
    valid_from: ValidFrom = ValidFrom.SALE
    until_day: date | None = None
    per_day: Uses = 0
    conditions: Conditions = NO_CONDITIONS
    used_at_refund: UsedAtRefund = UsedAtRefund.AT_AVERAGE
    list_price_fen: Amount = 0
    cooling_off_days: Annotated[int, msgspec.Meta(ge=0, le=3_650)] = 7
