"""The order while it passes through the stages: what is left of each line, and what was decided.

Local to one call of `price`: nothing outside ever sees it change.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from domain.conditions import EVERYTHING, Scope
from domain.identifiers import CouponId, ItemId, RewardId, RuleId
from domain.money import allocate
from domain.orders import SaleLine, Share, Stage, UsedRule
from domain.pricing.basket import Basket, BasketLine
from domain.pricing.question import Question
from domain.pricing.result import UnusedRule
from domain.reasons import Reason

# Stages whose rules leave lines alone that have a staff discount.
REPLACED_BY_STAFF: Final = frozenset(
    {Stage.PRICE_REPLACEMENT, Stage.ITEM_OFFER, Stage.TIER_DISCOUNT}
)


class Place:
    """A line being priced: `left_fen` is what the stages before have left of it."""

    __slots__ = (
        "by_staff",
        "category",
        "free_units",
        "item_id",
        "left_fen",
        "line",
        "list_fen",
        "number",
        "quantity",
        "replaced",
    )

    def __init__(self, line: BasketLine) -> None:
        self.line = line
        self.number = line.number
        self.item_id: ItemId = line.item_id
        self.category = line.category
        self.quantity = line.quantity
        self.list_fen = line.list_fen
        self.left_fen = self.list_fen
        self.free_units = line.quantity
        self.replaced = False
        self.by_staff = False


class FeeDue:
    """A fee being priced; `rule_id` names its rule in the book."""

    __slots__ = ("kind", "left_fen", "list_fen", "name", "rule_id", "tax_basis_points")

    def __init__(
        self, rule_id: RuleId, kind: str, name: str, *, amount_fen: int, tax_basis_points: int
    ) -> None:
        self.rule_id = rule_id
        self.kind = kind
        self.name = name
        self.list_fen = amount_fen
        self.left_fen = amount_fen
        self.tax_basis_points = tax_basis_points


class Taken(NamedTuple):
    """What a rule takes off one place; `units` are those it uses up."""

    place: "Place | FeeDue"
    saving_fen: int
    units: int = 0


class Saving(NamedTuple):
    """What a rule would do now: its whole saving, and where; `times` it is used."""

    saving_fen: int
    taken: Sequence[Taken]
    times: int = 1


class Refusal(NamedTuple):
    """Why a rule would do nothing now; `missing_fen`, `missing_units` are what the order lacks."""

    reason: Reason
    missing_fen: int = 0
    missing_units: int = 0


class Label(NamedTuple):
    """How a rule stands in the answer."""

    rule_id: RuleId
    name: str
    stage: Stage
    counted: bool = False
    gift: bool = False
    retest_fen: int = 0


class Working:
    """Lines stand by item, so that a tie between equal fractions never falls by scanning order."""

    def __init__(self, basket: Basket, question: Question) -> None:
        self.basket = basket
        self.question = question
        ordered = sorted(basket.lines, key=place_order)
        self.places = [Place(line) for line in ordered]
        self.fees: list[FeeDue] = []
        self.shares: list[Share] = []
        self.used: list[UsedRule] = []
        self.unused: list[UnusedRule] = []
        self.coupon_ids: list[CouponId] = []
        self.points_redeemed = 0
        self.points_barred = False
        self.points_possible = 0
        self.before_points_fen = 0
        self.reward_ids: list[RewardId] = []
        self.reward_points: list[tuple[int, int]] = []
        self.comped = False
        self._scopes: dict[tuple[Scope, bool], list[Place]] = {}
        self._by_item: dict[ItemId, list[Place]] = {}
        self._by_category: dict[str, list[Place]] = {}
        self._position = {place.number: position for position, place in enumerate(self.places)}
        for place in self.places:
            self._by_item.setdefault(place.item_id, []).append(place)
            self._by_category.setdefault(place.category, []).append(place)

    @property
    def total_fen(self) -> int:
        return sum(place.left_fen for place in self.places)

    def places_of(self, scope: Scope, stage: Stage) -> list[Place]:
        """The lines that a rule of this stage may reduce."""
        without_staff = stage in REPLACED_BY_STAFF
        key = (scope, without_staff)
        found = self._scopes.get(key)
        if found is None:
            near = self._near(scope)
            found = [place for place in near if _reached(place, scope, without_staff)]
            # What S1 replaces is known only when S1 is over.
            if stage is not Stage.PRICE_REPLACEMENT:
                self._scopes[key] = found
        return found

    def _near(self, scope: Scope) -> Sequence[Place]:
        """The lines among which those of a scope are: few where it names dishes or categories."""
        if not scope.items and not scope.categories:
            return self.places
        named = [self._by_item.get(item_id, ()) for item_id in scope.items]
        named += [self._by_category.get(category, ()) for category in scope.categories]
        if len(named) == 1:
            return named[0]
        found = {place.number: place for places in named for place in places}
        return sorted(found.values(), key=lambda place: self._position[place.number])

    def spread(self, saving_fen: int, places: Sequence["Place | FeeDue"]) -> list[Taken]:
        """A saving shared over places in proportion to what is left of them."""
        shares = allocate(saving_fen, [place.left_fen for place in places])
        return [Taken(place, share) for place, share in zip(places, shares, strict=True) if share]

    def use(self, label: Label, saving: Saving) -> None:
        """Take a rule's saving off its places and note it as used."""
        for place, saving_fen, units in saving.taken:
            if isinstance(place, Place):
                self.shares.append(
                    Share(
                        line=place.number,
                        rule_id=label.rule_id,
                        stage=label.stage,
                        base_fen=place.left_fen,
                        saving_fen=saving_fen,
                        units=units,
                    )
                )
                place.free_units -= units
            place.left_fen -= saving_fen
        self.used.append(
            UsedRule(
                rule_id=label.rule_id,
                stage=label.stage,
                name=label.name,
                saving_fen=saving.saving_fen,
                times=saving.times,
                counted=label.counted,
                gift=label.gift,
                retest_fen=label.retest_fen,
            )
        )

    def refuse(self, label: Label, refusal: Refusal) -> None:
        """Note why a rule is not used."""
        self.unused.append(
            UnusedRule(
                rule_id=label.rule_id,
                stage=label.stage,
                name=label.name,
                reason=refusal.reason,
                missing_fen=refusal.missing_fen,
                missing_units=refusal.missing_units,
            )
        )


def place_order(line: BasketLine | SaleLine) -> tuple[str, int, int, str, int]:
    """By item, then by what else the guest sees of a line; the number only where all is equal."""
    options = "|".join(f"{one.name}*{one.quantity}*{one.price_fen}" for one in line.options)
    return (line.item_id, line.unit_price_fen, line.weight_grams, options, line.number)


def _reached(place: Place, scope: Scope, without_staff: bool) -> bool:  # noqa: FBT001 - hot path
    if without_staff and place.by_staff:
        return False
    if scope is EVERYTHING:
        return True
    if scope.list_price_only and place.replaced:
        return False
    return scope.holds(place.item_id, place.category)
