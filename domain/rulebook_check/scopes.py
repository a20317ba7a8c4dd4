"""Scopes that no dish can be in."""

from collections.abc import Iterator

from domain.conditions import Scope
from domain.rule_flaws import Flaw, RuleFlaw, flaw
from domain.rulebook_check.known import Known


def check_scope(scope: Scope, where: str, known: Known) -> Iterator[Flaw]:
    flaws = [*_both_in_and_out(scope, where), *_references(scope, where, known)]
    yield from flaws
    if not flaws and known.dishes(scope) == []:
        yield flaw(RuleFlaw.SCOPE_EMPTY, where)


def _both_in_and_out(scope: Scope, where: str) -> Iterator[Flaw]:
    items = sorted({*scope.items} & {*scope.excluded_items})
    categories = sorted({*scope.categories} & {*scope.excluded_categories})
    for name in (*items, *categories):
        yield flaw(RuleFlaw.SCOPE_CONTRADICTS, where, name=name)


def _references(scope: Scope, where: str, known: Known) -> Iterator[Flaw]:
    """A dish that is left out and not there is a misspelt one: it would not be left out."""
    for field in ("items", "excluded_items"):
        for item in known.unknown_items(getattr(scope, field)):
            yield flaw(RuleFlaw.ITEM_UNKNOWN, f"{where}.{field}", item=item)
    for field in ("categories", "excluded_categories"):
        for category in known.unknown_categories(getattr(scope, field)):
            yield flaw(RuleFlaw.CATEGORY_UNKNOWN, f"{where}.{field}", category=category)
