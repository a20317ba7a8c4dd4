"""Fees beside the dishes, and the rounding of the whole. Docs: docs/pricing.md, S8 and S9."""

from enum import IntEnum, StrEnum
from typing import Annotated

import msgspec

from domain.conditions import EVERYTHING, NO_CONDITIONS, Conditions, Scope
from domain.identifiers import RuleId
from domain.money import LARGEST_AMOUNT_FEN, BasisPoints
from domain.offers import Basis, FeeKind
from domain.orders import LARGEST_LINE_NUMBER, Amount, Name


class FeeMeasure(StrEnum):
    """What `amount_fen` is for: the order, each guest, each unit of the scope."""

    ORDER = "order"
    GUEST = "guest"
    UNIT = "unit"


class FeeRule(msgspec.Struct, frozen=True, kw_only=True):
    """A fee: `amount_fen` for each `measure`, plus `rate_basis_points` of the scope's amount.

    It is not due from `free_from_fen` on. `basis` says on what rate and threshold are measured.
    """

    rule_id: RuleId
    name: Name
    kind: FeeKind
    amount_fen: Amount = 0
    measure: FeeMeasure = FeeMeasure.ORDER
    rate_basis_points: BasisPoints = 0
    basis: Basis = Basis.REMAINING
    free_from_fen: Amount | None = None
    scope: Scope = EVERYTHING
    conditions: Conditions = NO_CONDITIONS
    tax_basis_points: BasisPoints = 0


class RoundingStep(IntEnum):
    """抹零 to a jiao, half a yuan, a yuan."""

    JIAO = 10
    HALF_YUAN = 50
    YUAN = 100


class RoundingMode(StrEnum):
    DOWN = "down"
    HALF_UP = "half_up"


class Rounding(msgspec.Struct, frozen=True, kw_only=True):
    rule_id: RuleId = RuleId("rounding")
    name: Name = "抹零"
    step_fen: RoundingStep = RoundingStep.JIAO
    mode: RoundingMode = RoundingMode.DOWN
    conditions: Conditions = NO_CONDITIONS


class StaffDiscountKind(StrEnum):
    """What `value` means: basis points off, fen off, nothing (all of it is free)."""

    PERCENT = "percent"
    AMOUNT = "amount"
    COMP = "comp"


class StaffDiscount(msgspec.Struct, frozen=True, kw_only=True):
    """By hand, by someone with the right: on one line, or on the order (`line` 0).

    Whether that person may is asked before (`domain.rights.authorise`); pricing takes it as given.
    """

    kind: StaffDiscountKind
    value: Annotated[int, msgspec.Meta(ge=0, le=LARGEST_AMOUNT_FEN)] = 0
    line: Annotated[int, msgspec.Meta(ge=0, le=LARGEST_LINE_NUMBER)] = 0
    reason: Name
