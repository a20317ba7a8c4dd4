"""Which rules of a stage are used: the largest saving for the guest, then priority, then id."""

from collections.abc import Callable, Iterable, Sequence
from itertools import combinations
from math import comb
from typing import Final, NamedTuple

from domain.identifiers import RuleId
from domain.offers import AmountOff, Combination, Gift, PercentOff
from domain.pricing.candidates import Offer
from domain.pricing.savings import evaluate, taken_of, use_offer
from domain.pricing.state import FeeDue, Place, Refusal, Saving, Working
from domain.reasons import Reason

# Sets of rules that are compared with each other; beyond it the weakest rules are left out.
MOST_SETS: Final = 100

Evaluate = Callable[[Working, Offer], Saving | Refusal]
Promising = list[tuple[Offer, Saving]]


class Terms(NamedTuple):
    """How many may be used, whether rules without a group exclude each other, what losers hear."""

    at_most: int
    one_without_group: bool
    beaten: Reason


def choose(
    working: Working, offers: Sequence[Offer], terms: Terms, evaluate: Evaluate = evaluate
) -> list[Offer]:
    """Use the best of a stage's rules, note why the others are not used, answer the used ones."""
    always = [offer for offer in offers if offer.always]
    used = _use_all(working, always, evaluate)
    promising: Promising = []
    for offer in (offer for offer in offers if not offer.always):
        answer = evaluate(working, offer)
        if isinstance(answer, Refusal):
            working.refuse(offer.label, answer)
        else:
            promising.append((offer, answer))
    chosen = _best_set(working, promising, terms, evaluate)
    used += _use_all(working, chosen, evaluate)
    room = 0 < len(chosen) < terms.at_most
    for offer, _ in promising:
        if offer not in chosen:
            excluded = any(_excludes(one, offer, terms) for one in chosen)
            now = evaluate(working, offer) if room and not excluded else None
            lost = now if isinstance(now, Refusal) else Refusal(terms.beaten)
            working.refuse(offer.label, lost)
    return used


def _excludes(used: Offer, other: Offer, terms: Terms) -> bool:
    """Whether two rules can never be used in one stage together."""
    if Combination.ALONE_IN_STAGE in (used.rule.combination, other.rule.combination):
        return True
    return used.rule.group == other.rule.group and _exclusive(other, terms)


def _exclusive(offer: Offer, terms: Terms) -> bool:
    """Whether the rule shares the order with no other of its group."""
    return bool(offer.rule.group) or terms.one_without_group


def _use_all(working: Working, offers: Iterable[Offer], evaluate: Evaluate) -> list[Offer]:
    """Use rules one after the other, each on what the one before has left."""
    used = []
    for offer in sorted(offers, key=_turn):
        answer = evaluate(working, offer)
        if isinstance(answer, Refusal):
            working.refuse(offer.label, answer)
            continue
        use_offer(working, offer, taken_of(working, offer, answer))
        used.append(offer)
    return used


def _turn(offer: Offer) -> tuple[int, int, str]:
    """The turn of a rule among those used: priority, the higher threshold first, id."""
    return (offer.rule.priority, -_threshold_fen(offer), offer.rule.rule_id)


def _threshold_fen(offer: Offer) -> int:
    effect = offer.rule.effect
    if isinstance(effect, AmountOff | PercentOff):
        return max(step.from_fen for step in effect.steps)
    return effect.from_fen if isinstance(effect, Gift) else 0


def _rank(candidate: tuple[Offer, Saving]) -> tuple[int, int, str]:
    offer, saving = candidate
    return (-saving.saving_fen, offer.rule.priority, offer.rule.rule_id)


def _best_set(
    working: Working, promising: Promising, terms: Terms, evaluate: Evaluate
) -> tuple[Offer, ...]:
    """The set that saves most together; a rule that is alone in its stage is a set of its own."""
    if not promising or not terms.at_most:
        return ()
    ranked = sorted(promising, key=_rank)
    alone = [one for one in ranked if one[0].rule.combination is Combination.ALONE_IN_STAGE]
    together = _one_a_group(
        [one for one in ranked if one[0].rule.combination is not Combination.ALONE_IN_STAGE],
        terms,
    )
    sets = list(_sets(together, terms))
    if len(sets) == 1 and not alone:
        return sets[0]
    trials = [(_try(working, offers, evaluate), offers) for offers in sets]
    if alone:
        offer, saving = alone[0]
        trials.append((saving.saving_fen, (offer,)))
    return min(trials, key=_trial_rank)[1]


def _trial_rank(trial: tuple[int, tuple[Offer, ...]]) -> tuple[int, int, list[tuple[int, RuleId]]]:
    """Most saved, then fewest used up, then priority and id."""
    saving_fen, offers = trial
    names = sorted((offer.rule.priority, offer.rule.rule_id) for offer in offers)
    return (-saving_fen, len(offers), names)


def _one_a_group(ranked: Promising, terms: Terms) -> list[Offer]:
    """The best of each exclusive group."""
    kept: list[Offer] = []
    groups: set[str] = set()
    for offer, _ in ranked:
        group = offer.rule.group
        if group in groups:
            continue
        if _exclusive(offer, terms):
            groups.add(group)
        kept.append(offer)
    return kept


def _sets(offers: Sequence[Offer], terms: Terms) -> Iterable[tuple[Offer, ...]]:
    """The sets to compare: every choice of up to `at_most`.

    Where that is more than MOST_SETS, all together where there is room for them, else the choices
    without the weakest.
    """
    while _number_of_sets(len(offers), terms.at_most) > MOST_SETS:
        if len(offers) <= terms.at_most:
            return [tuple(offers)]
        offers = offers[:-1]
    sizes = range(1, min(len(offers), terms.at_most) + 1)
    return [chosen for size in sizes for chosen in combinations(offers, size)]


def _number_of_sets(offers: int, at_most: int) -> int:
    return sum(comb(offers, size) for size in range(1, min(offers, at_most) + 1))


def _try(working: Working, offers: Sequence[Offer], evaluate: Evaluate) -> int:
    """What a set would save, one rule after the other; nothing stays changed."""
    places: list[Place | FeeDue] = [*working.places, *working.fees]
    before = [place.left_fen for place in places]
    saved_fen = 0
    for offer in sorted(offers, key=_turn):
        answer = evaluate(working, offer)
        if isinstance(answer, Refusal):
            continue
        for place, saving_fen, _ in taken_of(working, offer, answer).taken:
            place.left_fen -= saving_fen
        saved_fen += answer.saving_fen
    for place, left_fen in zip(places, before, strict=True):
        place.left_fen = left_fen
    return saved_fen
