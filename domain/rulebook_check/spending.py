"""Terms of spending that could never be used in full."""

from collections.abc import Iterator

from domain.rule_flaws import Flaw, RuleFlaw, flaw
from domain.rulebook import RuleBook
from domain.rulebook_check.known import Known


def check_spending(book: RuleBook, _known: Known) -> Iterator[Flaw]:
    """What one guest may get cannot be more than what one till may give out."""
    terms = book.spending
    if terms.home_fen > terms.per_till_fen:
        bound = f"<= {terms.per_till_fen}"
        yield flaw(RuleFlaw.VALUE_OUT_OF_RANGE, "spending.home_fen", bound=bound)
    courtesy = terms.courtesy
    if courtesy is None:
        return
    for name in ("stored_value_fen", "points_fen", "coupon_fen"):
        if getattr(courtesy, name) > courtesy.per_till_fen:
            where, bound = f"spending.courtesy.{name}", f"<= {courtesy.per_till_fen}"
            yield flaw(RuleFlaw.VALUE_OUT_OF_RANGE, where, bound=bound)
