"""A closed sale as the journal holds it: what was sold, why it cost that, how it was paid.

A line costs its list amount less its shares; the order costs its lines and its fees. Tips stand
beside the total, tenders cover both.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, Final

import msgspec

from domain.allowances.rights import UsedRight
from domain.identifiers import AccountId, CouponId, ItemId, MemberId, RewardId, RuleId, SaleId
from domain.money import LARGEST_AMOUNT_FEN, BasisPoints, divide_half_up

LARGEST_QUANTITY: Final = 999
LARGEST_LINE_NUMBER: Final = 999
LONGEST_NAME: Final = 120
LONGEST_PAYMENT_REFERENCE: Final = 64
LARGEST_WEIGHT_GRAMS: Final = 1_000_000
# As often as a sale can say that a rule was used.
LARGEST_TIMES: Final = 100_000
LARGEST_LINES: Final = 500
LARGEST_FEES: Final = 20
# A large table may pay one by one.
LARGEST_TENDERS: Final = 200
LARGEST_LINE_OPTIONS: Final = 100
# Each subject that is spent takes a few at most.
LARGEST_RIGHTS: Final = 500
# The line under which all fees of an order stand together, as one unit.
FEES: Final = 0
GRAMS_A_KILOGRAM: Final = 1_000

Amount = Annotated[int, msgspec.Meta(ge=0, le=LARGEST_AMOUNT_FEN)]
SignedAmount = Annotated[int, msgspec.Meta(ge=-LARGEST_AMOUNT_FEN, le=LARGEST_AMOUNT_FEN)]
Quantity = Annotated[int, msgspec.Meta(ge=1, le=LARGEST_QUANTITY)]
LineNumber = Annotated[int, msgspec.Meta(ge=1, le=LARGEST_LINE_NUMBER)]
Points = Annotated[int, msgspec.Meta(ge=0, le=LARGEST_AMOUNT_FEN)]
Weight = Annotated[int, msgspec.Meta(ge=0, le=LARGEST_WEIGHT_GRAMS)]
IsoDay = Annotated[
    str, msgspec.Meta(pattern=r"^(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$")
]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_NAME)]
PaymentReference = Annotated[str, msgspec.Meta(max_length=LONGEST_PAYMENT_REFERENCE)]
Rights = Annotated[tuple[UsedRight, ...], msgspec.Meta(max_length=LARGEST_RIGHTS)]


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
    WECHAT_PAY = "wechat_pay"
    ALIPAY = "alipay"
    STORED_VALUE = "stored_value"
    GIFT_CARD = "gift_card"
    PASS = "pass"  # noqa: S105 - a means of payment, not a password


class ChosenOption(msgspec.Struct, frozen=True, kw_only=True):
    """A modifier, or a dish chosen inside a set meal (`item_id`): `quantity` for each unit."""

    name: Name
    price_fen: SignedAmount = 0
    quantity: Annotated[int, msgspec.Meta(ge=1, le=99)] = 1
    modifier_id: str = ""
    item_id: ItemId | None = None


def list_amount_fen(
    unit_price_fen: int, options: tuple[ChosenOption, ...], quantity: int, weight_grams: int
) -> int:
    """What a line costs by the list.

    Weighed goods (`weight_grams` above 0) cost their price a kilogram, rounded half up once.
    """
    extra_fen = sum(option.price_fen * option.quantity for option in options)
    if weight_grams:
        weighed_fen = divide_half_up(unit_price_fen * weight_grams, GRAMS_A_KILOGRAM)
        return (weighed_fen + extra_fen) * quantity
    return (unit_price_fen + extra_fen) * quantity


def grams_at_price(unit_price_fen: int, price_fen: int) -> int | None:
    """The lightest weight at which goods of this price a kilogram cost exactly `price_fen`.

    None where no whole gram does: the price was not made from this price a kilogram.
    """
    if unit_price_fen <= 0 or price_fen <= 0:
        return None
    # Half up: from half a fen below the price on, in half fen so that all stays whole.
    grams = -(GRAMS_A_KILOGRAM * (1 - 2 * price_fen) // (2 * unit_price_fen))
    exact = list_amount_fen(unit_price_fen, (), 1, grams) == price_fen
    return grams if exact and grams <= LARGEST_WEIGHT_GRAMS else None


class SaleLine(msgspec.Struct, frozen=True, kw_only=True):
    """`list_fen` as `list_amount_fen` says; `net_fen` is that less all shares of the line."""

    number: LineNumber
    item_id: ItemId
    name: Name
    quantity: Quantity
    unit_price_fen: Amount
    list_fen: Amount
    net_fen: Amount
    category: str = ""
    weight_grams: Weight = 0
    tax_basis_points: BasisPoints = 0
    options: Annotated[tuple[ChosenOption, ...], msgspec.Meta(max_length=LARGEST_LINE_OPTIONS)] = ()

    def adds_up(self, taken_fen: int) -> bool:
        """Whether the list amount follows from the price, and the net from what was taken off."""
        list_fen = list_amount_fen(
            self.unit_price_fen, self.options, self.quantity, self.weight_grams
        )
        return self.list_fen == list_fen and self.net_fen == list_fen - taken_fen


class Share(msgspec.Struct, frozen=True, kw_only=True):
    """What one rule took off one line: `saving_fen` out of the `base_fen` it was measured on.

    `units` are those that an item offer (S2) used up. Rounding half up saves less than nothing.
    """

    line: LineNumber
    rule_id: RuleId
    stage: Stage
    base_fen: Amount
    saving_fen: SignedAmount
    units: Annotated[int, msgspec.Meta(ge=0, le=LARGEST_QUANTITY)] = 0


class UsedRule(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that was used, `times` over. `saving_fen` is the sum of its shares and fee savings.

    `counted`: it has limits that reach beyond the order, so its uses are added up.
    `retest_fen`: a refund that leaves less than this on its lines charges the saving back.
    """

    rule_id: RuleId
    stage: Stage
    name: Name
    saving_fen: SignedAmount
    times: Annotated[int, msgspec.Meta(ge=1, le=LARGEST_TIMES)] = 1
    counted: bool = False
    gift: bool = False
    retest_fen: Amount = 0


class FeeLine(msgspec.Struct, frozen=True, kw_only=True):
    """A fee beside the dishes: `list_fen` less what a rule took off is `amount_fen`."""

    rule_id: RuleId
    kind: str
    name: Name
    list_fen: Amount
    amount_fen: Amount
    tax_basis_points: BasisPoints = 0


class TaxLine(msgspec.Struct, frozen=True, kw_only=True):
    """All that was sold at one rate: `gross_fen` holds `tax_fen`."""

    tax_basis_points: BasisPoints
    gross_fen: Amount
    tax_fen: Amount


class LineLoyalty(msgspec.Struct, frozen=True, kw_only=True):
    """What a line earned and what was spent on it; line 0 is what fees earned."""

    line: Annotated[int, msgspec.Meta(ge=FEES, le=LARGEST_LINE_NUMBER)]
    points_earned: Points = 0
    growth_earned: Points = 0
    points_redeemed: Points = 0


class Tender(msgspec.Struct, frozen=True, kw_only=True):
    """A means of payment. Cash: `received_fen` - `change_fen` = `amount_fen`.

    `bonus_fen` is the part of stored value that was a present; `account_id` names the stored
    value, gift card or pass; `covered` the (line, units) that a pass pays for. `payment_id` is our
    own number of a payment at a provider, `reference` the provider's; `by_hand`: a person said
    that it was paid where the provider did not.
    """

    kind: TenderKind
    amount_fen: Amount
    received_fen: Amount
    change_fen: Amount = 0
    bonus_fen: Amount = 0
    account_id: AccountId | None = None
    covered: tuple[tuple[LineNumber, Quantity], ...] = ()
    payment_id: PaymentReference = ""
    reference: PaymentReference = ""
    by_hand: bool = False


class Sale(msgspec.Struct, frozen=True, kw_only=True):
    """The whole of a closed sale.

    `business_day` is an ISO date in the store's zone. `menu_version` and `rules_version` name the
    configuration that it was priced with. Points belong to `member_id`, with the expiry key
    `points_expiry` (`domain.loyalty.expiry`); `earned_by_limited_rules` are those of earning rules
    that have a limit a day. `rights` say by what right points, money, uses and coupons were spent.
    """

    sale_id: SaleId
    receipt_number: Name
    business_day: IsoDay
    lines: Annotated[tuple[SaleLine, ...], msgspec.Meta(min_length=1, max_length=LARGEST_LINES)]
    shares: tuple[Share, ...]
    used_rules: tuple[UsedRule, ...]
    list_fen: Amount
    total_fen: Amount
    tenders: Annotated[tuple[Tender, ...], msgspec.Meta(max_length=LARGEST_TENDERS)]
    member_id: MemberId | None = None
    points_earned: Points = 0
    points_redeemed: Points = 0
    coupon_ids: tuple[CouponId, ...] = ()
    menu_version: str = ""
    rules_version: str = ""
    order_type: str = "dine_in"
    channel: str = "counter"
    guest_count: Annotated[int, msgspec.Meta(ge=0, le=1_000)] = 0
    fees: Annotated[tuple[FeeLine, ...], msgspec.Meta(max_length=LARGEST_FEES)] = ()
    tip_fen: Amount = 0
    taxes: Annotated[
        tuple[TaxLine, ...], msgspec.Meta(max_length=LARGEST_LINES + LARGEST_FEES)
    ] = ()
    growth_earned: Points = 0
    points_expiry: Annotated[int, msgspec.Meta(ge=-1_000, le=1_000_000)] = 0
    loyalty: tuple[LineLoyalty, ...] = ()
    reward_ids: Annotated[tuple[RewardId, ...], msgspec.Meta(max_length=10)] = ()
    earned_by_limited_rules: tuple[tuple[RuleId, Points], ...] = ()
    rights: Rights = ()

    @property
    def saving_fen(self) -> int:
        return self.list_fen + self.fees_fen - self.total_fen

    @property
    def fees_fen(self) -> int:
        return sum(fee.amount_fen for fee in self.fees)

    def balances(self) -> bool:
        """Whether lines, shares, fees, total, tip, tenders and points agree exactly."""
        taken: dict[int, int] = {}
        for share in self.shares:
            taken[share.line] = taken.get(share.line, 0) + share.saving_fen
        lines_agree = all(line.adds_up(taken.pop(line.number, 0)) for line in self.lines)
        nets_fen = sum(line.net_fen for line in self.lines)
        return (
            lines_agree
            and not taken
            and sum(line.list_fen for line in self.lines) == self.list_fen
            and nets_fen + self.fees_fen == self.total_fen
            and all(fee.amount_fen <= fee.list_fen for fee in self.fees)
            and sum(tender.amount_fen for tender in self.tenders) == self.total_fen + self.tip_fen
            and all(t.received_fen - t.change_fen == t.amount_fen for t in self.tenders)
            and all(t.bonus_fen <= t.amount_fen for t in self.tenders)
            and self._loyalty_agrees()
            and is_day(self.business_day)
        )

    def _loyalty_agrees(self) -> bool:
        if not self.loyalty:
            return not self.growth_earned
        return (
            sum(line.points_earned for line in self.loyalty) == self.points_earned
            and sum(line.growth_earned for line in self.loyalty) == self.growth_earned
            and sum(line.points_redeemed for line in self.loyalty) == self.points_redeemed
        )


def is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
