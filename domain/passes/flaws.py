"""What is wrong with the terms of passes, so that they are refused when they are configured."""

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
    DATES_CROSSED = "dates_crossed"
    COOLING_OFF_TOO_SHORT = "cooling_off_too_short"


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
            PassFlawFound(flaw=flaw, template_id=terms.template_id) for flaw in _flaws_of(terms)
        ]
        least_days = limits.least_cooling_off_days
        if terms.cooling_off_days < least_days:
            found.append(
                PassFlawFound(
                    flaw=PassFlaw.COOLING_OFF_TOO_SHORT,
                    template_id=terms.template_id,
                    limit=least_days,
                )
            )
    return tuple(found)


def _flaws_of(terms: PassTerms) -> Iterator[PassFlaw]:
    if not terms.uses and not terms.valid_days and terms.until_day is None:
        yield PassFlaw.NEVER_ENDS
    covers = terms.covers
    named = bool(covers.items or covers.categories)
    if (
        named
        and set(covers.items) <= set(covers.excluded_items)
        and set(covers.categories) <= set(covers.excluded_categories)
    ):
        yield PassFlaw.COVERS_NOTHING
    if terms.used_at_refund is UsedAtRefund.AT_LIST and not terms.list_price_fen:
        yield PassFlaw.LIST_PRICE_MISSING
    first, last = terms.conditions.from_day, terms.conditions.until_day
    if first is not None and last is not None and first > last:
        yield PassFlaw.DATES_CROSSED
