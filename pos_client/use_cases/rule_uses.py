"""How often rules with limits were used before, as far as this till knows."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from sqlalchemy import Connection

from domain.fold.aggregates import AggregateKey, AggregateKind
from domain.fold.rule_uses import RuleUse, by_all, by_member, earned_by, uses_of
from domain.identifiers import MemberId, RuleId
from domain.loyalty.earning_terms import LARGEST_EARNING
from domain.loyalty.rewards import reward_rule_id
from domain.offers import NO_LIMITS, RuleUses
from domain.rulebook import RuleBook
from pos_client.storage.aggregates import load

Uses = dict[str, RuleUse]


def uses_by_all(connection: Connection, book: RuleBook) -> Uses:
    """What all guests together used of the book's limited rules."""
    return _load(connection, map(by_all, _limited(book)))


def uses_by_person(connection: Connection, book: RuleBook, ids: Iterable[MemberId]) -> Uses:
    """What a person used and earned under any of her ids."""
    return _load(connection, _keys_of_person(book, tuple(ids)))


def uses_by_rule(
    book: RuleBook, known: Uses, ids: Iterable[MemberId], day: date
) -> Mapping[RuleId, RuleUses]:
    """As a question wants it. `day` is the business day."""
    members = tuple(ids)
    return {rule: uses_of(rule, members, known, today=day) for rule in _limited(book)}


def earned_today(
    book: RuleBook, known: Uses, ids: Iterable[MemberId], day: date
) -> Mapping[RuleId, int]:
    """What earning rules with a limit a day gave the person today."""
    nothing, members = RuleUse(key=""), tuple(ids)
    return {
        rule: sum(known.get(earned_by(rule, member), nothing).on(day) for member in members)
        for rule in _limited_earnings(book)
    }


def _keys_of_person(book: RuleBook, ids: tuple[MemberId, ...]) -> Iterator[str]:
    for member in ids:
        yield from (by_member(rule, member) for rule in _limited(book))
        yield from (earned_by(rule, member) for rule in _limited_earnings(book))


def _limited(book: RuleBook) -> Iterator[RuleId]:
    yield from (rule.rule_id for rule in book.rules if rule.limits != NO_LIMITS)
    yield from (reward_rule_id(reward.reward_id) for reward in book.loyalty.rewards)


def _limited_earnings(book: RuleBook) -> Iterator[RuleId]:
    rules = book.loyalty.earning.rules
    return (rule.rule_id for rule in rules if rule.at_most_a_day < LARGEST_EARNING)


def _load(connection: Connection, keys: Iterable[str]) -> Uses:
    state = load(connection, [AggregateKey(AggregateKind.RULE_USE, key) for key in keys])
    return {key.id: use for key, use in state.items() if isinstance(use, RuleUse)}
