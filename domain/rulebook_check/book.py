"""`check_book`, `check_coupon`: all flaws of a rule book or a coupon; none: it may be published.

A further part of the book is one more function in `CHECKS`.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Final

from domain.identifiers import RuleId, StoreId, TierId
from domain.menu import MenuItem
from domain.offers import Bundle, BuyAndGet, Combination, Exchange, FeeOff, Rule
from domain.orders import Stage
from domain.pricing.plans import MOST_ALONE
from domain.rule_flaws import Flaw, RuleFlaw, below, flaw
from domain.rulebook import RuleBook
from domain.rulebook_check.accounts import check_passes, check_roles, check_stored_value
from domain.rulebook_check.charges import check_fee, check_points, check_rounding
from domain.rulebook_check.known import Known, known
from domain.rulebook_check.limits import check_limits_of_coupon
from domain.rulebook_check.loyalty import check_loyalty
from domain.rulebook_check.rules import check_rule
from domain.rulebook_check.spending import check_spending
from domain.strict_reading import flaws_of_range

# How the ids begin under which staff discounts, rewards and the discounts of tiers stand among the
# rules of an order (`staff_discounts`, `reward_stage`, `candidates` in `domain.pricing`), and under
# which earning rules are counted (`domain.fold.rule_uses`).
RESERVED_PREFIXES: Final = ("staff:", "reward:", "tier:", "earn:")
# With a member's id behind it, it is the key of a table, which the server keeps short.
LONGEST_RULE_ID: Final = 64


def check_book(
    book: RuleBook,
    menu: Sequence[MenuItem] | None,
    *,
    stores: Collection[StoreId] | None = None,
) -> tuple[Flaw, ...]:
    """All flaws, by the parts of the book.

    What is None is not known here, and references to it are not looked at.
    """
    out_of_range = flaws_of_range(book)
    if out_of_range:
        return out_of_range
    tiers = {tier.tier_id for tier in book.loyalty.tiers.tiers}
    there = known(menu, tiers=tiers, stores=stores)
    return tuple(found for check in CHECKS for found in check(book, there))


def check_coupon(
    rule: Rule,
    menu: Sequence[MenuItem] | None,
    *,
    tiers: Collection[TierId] | None = None,
    where: str = "rule",
) -> tuple[Flaw, ...]:
    """All flaws of the rule that a coupon carries."""
    flaws = [below(where, found) for found in flaws_of_range(rule)]
    if not flaws:
        flaws += _of_coupon(rule, where)
        flaws += check_rule(rule, where, known(menu, tiers=tiers))
    return tuple(flaws)


def coupon_stage(rule: Rule) -> Stage:
    """Where a coupon with this effect works."""
    if isinstance(rule.effect, BuyAndGet | Bundle | Exchange):
        return Stage.ITEM_OFFER
    return Stage.FEE if isinstance(rule.effect, FeeOff) else Stage.COUPON


def _of_coupon(rule: Rule, where: str) -> Iterator[Flaw]:
    if rule.stage is not coupon_stage(rule):
        yield flaw(
            RuleFlaw.STAGE_WITHOUT_EFFECT,
            f"{where}.stage",
            stage=rule.stage,
            effect=str(type(rule.effect).__struct_config__.tag),
        )
    yield from check_limits_of_coupon(rule, where)


def _ids(book: RuleBook, _known: Known) -> Iterator[Flaw]:
    """Shares, uses and the texts on a receipt are found by id, so each has one of its own."""
    named = [(rule.rule_id, f"rules[{place}]") for place, rule in enumerate(book.rules)]
    named += [(fee.rule_id, f"fees[{place}]") for place, fee in enumerate(book.fees)]
    named.append((book.points.rule_id, "points"))
    if book.rounding is not None:
        named.append((book.rounding.rule_id, "rounding"))
    first: dict[str, str] = {}
    for rule_id, where in named:
        here = f"{where}.rule_id"
        if not rule_id.strip():
            yield flaw(RuleFlaw.ID_MISSING, here)
        elif rule_id.startswith(RESERVED_PREFIXES):
            prefix = next(one for one in RESERVED_PREFIXES if rule_id.startswith(one))
            yield flaw(RuleFlaw.ID_RESERVED, here, prefix=prefix)
        elif first.setdefault(rule_id, where) != where:
            yield flaw(RuleFlaw.ID_TWICE, here, id=rule_id, first=first[rule_id])


def _lengths(book: RuleBook, _known: Known) -> Iterator[Flaw]:
    """Sales that use a rule whose id no table could hold would be set aside by the server."""
    ids = [(rule.rule_id, f"rules[{place}].rule_id") for place, rule in enumerate(book.rules)]
    for place, earning in enumerate(book.loyalty.earning.rules):
        ids.append((earning.rule_id, f"loyalty.earning.rules[{place}].rule_id"))
    for place, reward in enumerate(book.loyalty.rewards):
        ids.append((RuleId(reward.reward_id), f"loyalty.rewards[{place}].reward_id"))
    for one, where in ids:
        if len(one) > LONGEST_RULE_ID:
            yield flaw(RuleFlaw.VALUE_OUT_OF_RANGE, where, bound=f"<= {LONGEST_RULE_ID}")
        elif "\0" in one:
            yield flaw(RuleFlaw.VALUE_MALFORMED, where)


def _rules(book: RuleBook, known: Known) -> Iterator[Flaw]:
    kinds = {fee.kind for fee in book.fees}
    for place, rule in enumerate(book.rules):
        where = f"rules[{place}]"
        yield from check_rule(rule, where, known)
        if rule.stage is Stage.COUPON:
            yield flaw(RuleFlaw.STAGE_FOR_COUPONS, f"{where}.stage")
        if isinstance(rule.effect, FeeOff) and kinds.isdisjoint(rule.effect.fees):
            yield flaw(RuleFlaw.FEE_MISSING, f"{where}.effect.fees")


def _alone_in_order(book: RuleBook, _known: Known) -> Iterator[Flaw]:
    """Each of them is a pricing of its own, and there is a limit to how many are tried."""
    alone = [
        place
        for place, rule in enumerate(book.rules)
        if rule.combination is Combination.ALONE_IN_ORDER
    ]
    for place in alone[MOST_ALONE:]:
        where = f"rules[{place}].combination"
        yield flaw(RuleFlaw.TOO_MANY_ALONE, where, most=MOST_ALONE)


def _points(book: RuleBook, known: Known) -> Iterator[Flaw]:
    return check_points(book.points, "points", known)


def _fees(book: RuleBook, known: Known) -> Iterator[Flaw]:
    for place, fee in enumerate(book.fees):
        yield from check_fee(fee, f"fees[{place}]", known)


def _rounding(book: RuleBook, known: Known) -> Iterator[Flaw]:
    if book.rounding is not None:
        yield from check_rounding(book.rounding, "rounding", known)


def _loyalty(book: RuleBook, known: Known) -> Iterator[Flaw]:
    return check_loyalty(book.loyalty, "loyalty", known)


CHECKS: Final[tuple[Callable[[RuleBook, Known], Iterator[Flaw]], ...]] = (
    _ids,
    _lengths,
    _rules,
    _alone_in_order,
    _points,
    _fees,
    _rounding,
    _loyalty,
    check_stored_value,
    check_passes,
    check_roles,
    check_spending,
)
