"""What is wrong with the terms of passes, so that they are refused when they are configured.

Conditions are looked at where all of a book's are: `domain.rulebook_check.conditions`.
"""

from collections.abc import Iterator, Sequence
from enum import StrEnum

import msgspec

from domain.passes.terms import PassTemplateId, PassTerms, UsedAtRefund
from domain.stored_value.terms import LegalLimits


class PassFlaw(StrEnum):
    TEMPLATE_TWICE = "template_twice"
    NEVER_ENDS = "never_ends"
    COVERS_NOTHING = "covers_nothing"
    LIST_PRICE_MISSING = "list_price_missing"
    COOLING_OFF_TOO_SHORT = "cooling_off_too_short"
    PRICE_ABOVE_CARD_LIMIT = "price_above_card_limit"


class PassFlawFound(msgspec.Struct, frozen=True, kw_only=True):
    """`limit` is the figure that is broken, or 0."""

    flaw: PassFlaw
    template_id: PassTemplateId
    limit: int = 0


def flaws_of_passes(passes: Sequence[PassTerms], limits: LegalLimits) -> tuple[PassFlawFound, ...]:
    """All flaws, pass by pass, in the order of the list above; empty: the terms may be used."""
    found = []
    seen: set[PassTemplateId] = set()
    for terms in passes:
        if terms.template_id in seen:
            found.append(PassFlawFound(flaw=PassFlaw.TEMPLATE_TWICE, template_id=terms.template_id))
        seen.add(terms.template_id)
        found += [
            PassFlawFound(flaw=flaw, template_id=terms.template_id, limit=limit)
            for flaw, limit in (*_flaws_of(terms), *_flaws_by_law(terms, limits))
        ]
    return tuple(found)


def _flaws_by_law(terms: PassTerms, limits: LegalLimits) -> Iterator[tuple[PassFlaw, int]]:
    if terms.cooling_off_days < limits.least_cooling_off_days:
        yield PassFlaw.COOLING_OFF_TOO_SHORT, limits.least_cooling_off_days
    if terms.price_fen > limits.named_most_fen:
        yield PassFlaw.PRICE_ABOVE_CARD_LIMIT, limits.named_most_fen


def _flaws_of(terms: PassTerms) -> Iterator[tuple[PassFlaw, int]]:
    if not terms.uses and not terms.valid_days and terms.until_day is None:
        yield PassFlaw.NEVER_ENDS, 0
    covers = terms.covers
    named = bool(covers.items or covers.categories)
    if (
        named
        and set(covers.items) <= set(covers.excluded_items)
        and set(covers.categories) <= set(covers.excluded_categories)
    ):
        yield PassFlaw.COVERS_NOTHING, 0
    if terms.used_at_refund is UsedAtRefund.AT_LIST and not terms.list_price_fen:
        yield PassFlaw.LIST_PRICE_MISSING, 0
