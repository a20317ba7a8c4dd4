"""A closed sale as the journal holds it: what was sold, why it cost that, how it was paid."""

from enum import StrEnum
from typing import Annotated, Final

import msgspec

from domain.identifiers import CouponId, ItemId, MemberId, RuleId, SaleId
from domain.money import LARGEST_AMOUNT_FEN

LARGEST_QUANTITY: Final = 999
LARGEST_LINE_NUMBER: Final = 999
LONGEST_NAME: Final = 120

Amount = Annotated[int, msgspec.Meta(ge=0, le=LARGEST_AMOUNT_FEN)]
Quantity = Annotated[int, msgspec.Meta(ge=1, le=LARGEST_QUANTITY)]
LineNumber = Annotated[int, msgspec.Meta(ge=1, le=LARGEST_LINE_NUMBER)]
Points = Annotated[int, msgspec.Meta(ge=0, le=LARGEST_AMOUNT_FEN)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_NAME)]


class Stage(StrEnum):
    """The stages of pricing in their order (docs/pricing.md). S0 gives the list amounts."""

    LIST_PRICE = "S0"
    PRICE_REPLACEMENT = "S1"
    ITEM_OFFER = "S2"
    TIER_DISCOUNT = "S3"
    ORDER_OFFER = "S4"
    COUPON = "S5"
    POINTS = "S6"
    STAFF_DISCOUNT = "S7"
    FEE = "S8"
    ROUNDING = "S9"
    TENDER = "S10"


class TenderKind(StrEnum):
    CASH = "cash"
    RECORDED_CARD = "recorded_card"


class SaleLine(msgspec.Struct, frozen=True, kw_only=True):
    """`list_fen` is unit price times quantity; `net_fen` is that less all shares of the line."""

    number: LineNumber
    item_id: ItemId
    name: Name
    quantity: Quantity
    unit_price_fen: Amount
    list_fen: Amount
    net_fen: Amount


class Share(msgspec.Struct, frozen=True, kw_only=True):
    """What one rule took off one line: `saving_fen` out of the `base_fen` it was measured on."""

    line: LineNumber
    rule_id: RuleId
    stage: Stage
    base_fen: Amount
    saving_fen: Amount


class UsedRule(msgspec.Struct, frozen=True, kw_only=True):
    rule_id: RuleId
    stage: Stage
    name: Name
    saving_fen: Amount


class Tender(msgspec.Struct, frozen=True, kw_only=True):
    """A means of payment. Cash: `received_fen` - `change_fen` = `amount_fen`."""

    kind: TenderKind
    amount_fen: Amount
    received_fen: Amount
    change_fen: Amount = 0


class Sale(msgspec.Struct, frozen=True, kw_only=True):
    """The whole of a closed sale.

    `business_day` is an ISO date in the store's zone. `menu_version` and `rules_version` name the
    configuration that it was priced with. Points belong to `member_id`.
    """

    sale_id: SaleId
    receipt_number: Name
    business_day: Annotated[str, msgspec.Meta(min_length=10, max_length=10)]
    lines: Annotated[tuple[SaleLine, ...], msgspec.Meta(min_length=1, max_length=500)]
    shares: tuple[Share, ...]
    used_rules: tuple[UsedRule, ...]
    list_fen: Amount
    total_fen: Amount
    tenders: Annotated[tuple[Tender, ...], msgspec.Meta(max_length=20)]
    member_id: MemberId | None = None
    points_earned: Points = 0
    points_redeemed: Points = 0
    coupon_ids: tuple[CouponId, ...] = ()
    menu_version: str = ""
    rules_version: str = ""

    @property
    def saving_fen(self) -> int:
        return self.list_fen - self.total_fen

    def balances(self) -> bool:
        """Whether the lines, the shares, the total and the tenders agree to the fen."""
        taken: dict[int, int] = {}
        for share in self.shares:
            taken[share.line] = taken.get(share.line, 0) + share.saving_fen
        lines_agree = all(
            line.list_fen == line.unit_price_fen * line.quantity
            and line.net_fen == line.list_fen - taken.pop(line.number, 0)
            for line in self.lines
        )
        return (
            lines_agree
            and not taken
            and sum(line.list_fen for line in self.lines) == self.list_fen
            and sum(line.net_fen for line in self.lines) == self.total_fen
            and sum(tender.amount_fen for tender in self.tenders) == self.total_fen
            and all(t.received_fen - t.change_fen == t.amount_fen for t in self.tenders)
        )
