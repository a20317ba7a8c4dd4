"""Dishes as head office publishes them: price, weight, modifiers, set meals, tax rate."""

from typing import Annotated, Final

import msgspec

from domain.identifiers import ItemId
from domain.money import BasisPoints
from domain.orders import Amount, Name

LARGEST_GROUPS: Final = 20
LARGEST_OPTIONS: Final = 60

OptionPrice = Annotated[int, msgspec.Meta(ge=-1_000_000, le=1_000_000)]
Count = Annotated[int, msgspec.Meta(ge=0, le=99)]


class Modifier(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """加料、做法: what a guest may add to a dish. `price_fen` a unit, below zero for less."""

    modifier_id: Name
    name: Name
    price_fen: OptionPrice = 0


class ModifierGroup(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """From `least` to `most` of the options, counted with their quantities."""

    name: Name
    options: Annotated[tuple[Modifier, ...], msgspec.Meta(min_length=1, max_length=LARGEST_OPTIONS)]
    least: Count = 0
    most: Count = 1


class SetChoice(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One dish that can be chosen inside a set meal, with what it costs more."""

    item_id: ItemId
    surcharge_fen: Amount = 0


class ChoiceGroup(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A part of a set meal: from `least` to `most` of its dishes."""

    name: Name
    options: Annotated[
        tuple[SetChoice, ...], msgspec.Meta(min_length=1, max_length=LARGEST_OPTIONS)
    ]
    least: Count = 1
    most: Count = 1


class MenuItem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A dish. `by_weight`: the price is for one kilogram. With `choice_groups` it is a set meal.

    Prices hold tax; `tax_basis_points` is the rate inside them.
    """

    item_id: ItemId
    name: Name
    category: Name
    unit_price_fen: Amount
    sold_out: bool = False
    by_weight: bool = False
    tax_basis_points: BasisPoints = 0
    modifier_groups: Annotated[
        tuple[ModifierGroup, ...], msgspec.Meta(max_length=LARGEST_GROUPS)
    ] = ()
    choice_groups: Annotated[tuple[ChoiceGroup, ...], msgspec.Meta(max_length=LARGEST_GROUPS)] = ()
