"""Price rules as head office writes them: an effect, when it holds, and how it combines.

Prose, words and tables: docs/pricing.md. What contradicts itself is refused by
`domain.rulebook_check` before it is published.

Defaults are not written into a book, which would be five times as long: a released default never
changes, or books that are in force would change with it.
"""

from enum import StrEnum
from typing import Annotated, Final

import msgspec

from domain.conditions import EVERYTHING, NO_CONDITIONS, Conditions, Scope
from domain.identifiers import ItemId, RuleId
from domain.money import BASIS_POINTS, BasisPoints
from domain.orders import Amount, Name, Stage

LARGEST_STEPS: Final = 20
LARGEST_PARTS: Final = 10
LARGEST_PRICES: Final = 2_000

Units = Annotated[int, msgspec.Meta(ge=1, le=100)]
Times = Annotated[int, msgspec.Meta(ge=0, le=1_000_000_000)]
Group = Annotated[str, msgspec.Meta(max_length=40)]


class NewPrice(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    tag_field="kind",
    tag="new_price",
):
    """会员价、特价 (S1): another unit price for the dishes named, a rate off the scope's others.

    Modifiers and surcharges keep their prices.
    """

    prices: Annotated[dict[ItemId, Amount], msgspec.Meta(max_length=LARGEST_PRICES)] = {}
    off_basis_points: BasisPoints = 0


class BuyAndGet(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    tag_field="kind",
    tag="buy_and_get",
):
    """买赠、第二份半价 (S2): with `buy` units of the scope, `get` more at a rate off.

    Without `gets` both come from the rule's scope, and the cheaper ones are reduced: buy 2 get 1,
    the second at half price, every third free, the cheapest free.
    """

    buy: Units
    get: Units = 1
    off_basis_points: BasisPoints = BASIS_POINTS
    gets: Scope | None = None


class Part(msgspec.Struct, frozen=True, kw_only=True):
    scope: Scope
    quantity: Units = 1


class Bundle(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    tag_field="kind",
    tag="bundle",
):
    """组合价 (S2): so many units of each part together for `price_fen`."""

    parts: Annotated[tuple[Part, ...], msgspec.Meta(min_length=1, max_length=LARGEST_PARTS)]
    price_fen: Amount


class Exchange(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    tag_field="kind",
    tag="exchange",
):
    """兑换 (S2): up to `quantity` units of the scope for `price_fen` each, the dearest first."""

    quantity: Units = 1
    price_fen: Amount = 0


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """From `from_fen` on, `saving_fen` less."""

    from_fen: Amount
    saving_fen: Amount


class AmountOff(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    tag_field="kind",
    tag="amount_off",
):
    """满减、代金 (S4, S5): the saving of the highest step reached.

    `every`: 每满, the saving of the one step as often as its threshold fits.
    """

    steps: Annotated[tuple[Step, ...], msgspec.Meta(min_length=1, max_length=LARGEST_STEPS)]
    every: bool = False


class RateStep(msgspec.Struct, frozen=True, kw_only=True):
    from_fen: Amount = 0
    off_basis_points: BasisPoints


class PercentOff(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    tag_field="kind",
    tag="percent_off",
):
    """等级折扣、满折、折扣券 (S3, S4, S5): the rate of the highest step, at most `cap_fen`.

    The rate is taken of what `basis` says; what is left of the lines bounds the saving in any case.
    """

    steps: Annotated[tuple[RateStep, ...], msgspec.Meta(min_length=1, max_length=LARGEST_STEPS)]
    cap_fen: Amount | None = None


class Gift(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    tag_field="kind",
    tag="gift",
):
    """满赠 (S4): from `from_fen` on, up to `quantity` units of `gifts` are free, the dearest first.

    The threshold is measured without the gifts.
    """

    from_fen: Amount
    gifts: Scope
    quantity: Units = 1


class FeeKind(StrEnum):
    SERVICE = "service"
    PACKING = "packing"
    COVER = "cover"
    DELIVERY = "delivery"


class FeeOff(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    tag_field="kind",
    tag="fee_off",
):
    """免运费、免服务费 (S8): a rate off the fees of these kinds."""

    fees: Annotated[tuple[FeeKind, ...], msgspec.Meta(min_length=1)]
    off_basis_points: BasisPoints = BASIS_POINTS


Effect = NewPrice | BuyAndGet | Bundle | Exchange | AmountOff | PercentOff | Gift | FeeOff


class Basis(StrEnum):
    """What a threshold and a rate are measured on: what is left, or the list amount."""

    REMAINING = "remaining"
    LIST = "list"


class Combination(StrEnum):
    """How a rule goes together with others.

    NORMAL: one of its exclusive group. ALONE_IN_STAGE: with no other of its stage. ALONE_IN_ORDER:
    with no other price rule at all. ALWAYS: beside whatever else is used, displacing nothing.
    """

    NORMAL = "normal"
    ALONE_IN_STAGE = "alone_in_stage"
    ALONE_IN_ORDER = "alone_in_order"
    ALWAYS = "always"


class Limits(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How often a rule may be used; 0 is no limit. `budget_fen` bounds what it saves in all."""

    per_order: Times = 0
    per_member: Times = 0
    per_member_a_day: Times = 0
    per_day: Times = 0
    quota: Times = 0
    budget_fen: Amount = 0


NO_LIMITS: Final = Limits()


class Rule(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A price rule. Small `priority` numbers come first where two save the same.

    `minimum_quantity` and `minimum_fen` are measured on the scope, the amount by `basis`.
    `points_allowed` False: an order that uses this rule takes no points. `retest_on_refund`: a
    refund that leaves less than the threshold charges the saving back.
    """

    rule_id: RuleId
    name: Name
    stage: Stage
    effect: Effect
    scope: Scope = EVERYTHING
    conditions: Conditions = NO_CONDITIONS
    basis: Basis = Basis.REMAINING
    minimum_quantity: Times = 0
    minimum_fen: Amount = 0
    priority: Annotated[int, msgspec.Meta(ge=-1_000, le=1_000)] = 0
    group: Group = ""
    combination: Combination = Combination.NORMAL
    limits: Limits = NO_LIMITS
    points_allowed: bool = True
    retest_on_refund: bool = False


# Which effects a stage knows; a coupon's stage follows from its effect.
EFFECTS_OF_STAGE: Final[dict[Stage, tuple[type[Effect], ...]]] = {
    Stage.PRICE_REPLACEMENT: (NewPrice,),
    Stage.ITEM_OFFER: (BuyAndGet, Bundle, Exchange),
    Stage.TIER_DISCOUNT: (PercentOff,),
    Stage.ORDER_OFFER: (AmountOff, PercentOff, Gift),
    Stage.COUPON: (AmountOff, PercentOff),
    Stage.FEE: (FeeOff,),
}


def amount_off(
    rule_id: str, name: str, *, from_fen: int, saving_fen: int, stage: Stage = Stage.ORDER_OFFER
) -> Rule:
    """满减: from `from_fen` of what is left of the order, `saving_fen` less."""
    step = Step(from_fen=from_fen, saving_fen=saving_fen)
    return Rule(rule_id=RuleId(rule_id), name=name, stage=stage, effect=AmountOff(steps=(step,)))


class RuleUses(msgspec.Struct, frozen=True, kw_only=True):
    """How often a rule was used before this order, as far as is known here."""

    total: int = 0
    total_fen: int = 0
    today: int = 0
    by_member: int = 0
    by_member_today: int = 0


NOT_USED_YET: Final = RuleUses()
