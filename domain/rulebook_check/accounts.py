"""Stored value, passes and roles: what their own packages find, told as flaws of the book."""

from collections.abc import Iterator

from domain.money import format_fen
from domain.passes.flaws import PassFlaw, flaws_of_passes
from domain.rights import role_flaws
from domain.rule_flaws import Flaw
from domain.rulebook import RuleBook
from domain.rulebook_check.conditions import check_conditions
from domain.rulebook_check.known import Known
from domain.rulebook_check.scopes import check_scope
from domain.stored_value.flaws import StoredValueFlaw, flaws_of

# Their limit is an amount; that of the others a number of months or days.
_OF_AMOUNT = (
    StoredValueFlaw.PLAN_ABOVE_CARD_LIMIT,
    StoredValueFlaw.FREE_ABOVE_CARD_LIMIT,
    StoredValueFlaw.GIFT_FACE_ABOVE_CARD_LIMIT,
    PassFlaw.PRICE_ABOVE_CARD_LIMIT,
)
# Their subject is the face value of a gift card.
_OF_FACE = (
    StoredValueFlaw.GIFT_FACE_TWICE,
    StoredValueFlaw.GIFT_FACE_ABOVE_CARD_LIMIT,
    StoredValueFlaw.GIFT_PRICE_ABOVE_FACE,
)


def check_stored_value(book: RuleBook, known: Known) -> Iterator[Flaw]:
    for found in flaws_of(book.stored_value):
        subject = format_fen(int(found.subject)) if found.flaw in _OF_FACE else found.subject
        where = f"stored_value[{found.subject}]" if found.subject else "stored_value"
        values = {"subject": subject, "limit": _limit(found.flaw, found.limit)}
        yield Flaw(code=found.flaw, where=where, values=values, family="stored_value_flaw")
    for place, plan in enumerate(book.stored_value.plans):
        where = f"stored_value.plans[{place}].conditions"
        yield from check_conditions(plan.conditions, where, known)
    cards = book.stored_value.gift_cards
    if cards is not None:
        where = "stored_value.gift_cards.conditions"
        yield from check_conditions(cards.conditions, where, known)


def check_passes(book: RuleBook, known: Known) -> Iterator[Flaw]:
    for found in flaws_of_passes(book.passes, book.stored_value.limits):
        where = f"passes[{found.template_id}]"
        values = {"subject": found.template_id, "limit": _limit(found.flaw, found.limit)}
        yield Flaw(code=found.flaw, where=where, values=values, family="pass_flaw")
    for place, terms in enumerate(book.passes):
        yield from check_scope(terms.covers, f"passes[{place}].covers", known)
        yield from check_conditions(terms.conditions, f"passes[{place}].conditions", known)


def check_roles(book: RuleBook, _known: Known) -> Iterator[Flaw]:
    for found in role_flaws(book.roles):
        where = f"roles[{found.role_id}]" if found.role_id else "roles"
        yield Flaw(code=found.kind, where=where, family="role_flaw")


def _limit(code: StoredValueFlaw | PassFlaw, limit: int) -> str:
    return format_fen(limit) if code in _OF_AMOUNT else str(limit)
