"""Consent by purpose: a withdrawal wins over a giving that did not know of it."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.facts import Fact
from domain.fold.aggregates import AggregateKey, AggregateKind, Member
from domain.members.consents import Consent, ConsentPurpose, give, join_consents, withdraw
from domain.members.facts import ConsentGiven, ConsentWithdrawn
from domain.origins import Origin
from domain.texts.members import CONSENT_TEXTS
from domain.wording import Language, Wording
from tests.domain.builders import entry_of, folded
from tests.domain.members.journals import ONE, origin, origins

SMS = ConsentPurpose.MARKETING_SMS


def given_at(stamp: int, answers: Origin | None = None, version: str = "1") -> Consent:
    return give(None, origin(stamp), version, answers=answers)


def withdrawn_at(stamp: int) -> Consent:
    return withdraw(None, origin(stamp))


def after(*acts: Consent) -> Consent:
    """What stands after these, which must be the same in any order."""
    outcomes = set()
    for order in permutations(acts):
        consent = Consent()
        for act in order:
            consent = join_consents(consent, act)
        outcomes.add(consent)
    (consent,) = outcomes
    return consent


@pytest.mark.parametrize(
    ("acts", "stands"),
    [
        ([], False),
        ([given_at(1)], True),
        ([withdrawn_at(1)], False),
        ([given_at(1), withdrawn_at(2)], False),
        # Given later, but where nobody knew of the withdrawal.
        ([withdrawn_at(1), given_at(2)], False),
        ([withdrawn_at(1), given_at(2, answers=origin(1))], True),
        # The giving answered one withdrawal, another one came after it.
        ([withdrawn_at(1), given_at(2, answers=origin(1)), withdrawn_at(3)], False),
        ([withdrawn_at(1), withdrawn_at(3), given_at(4, answers=origin(1))], False),
        ([withdrawn_at(1), withdrawn_at(3), given_at(4, answers=origin(3))], True),
        # An earlier withdrawal that turns up later is behind the one that was answered.
        ([withdrawn_at(3), given_at(4, answers=origin(3)), withdrawn_at(2)], True),
        # An answer to a withdrawal that never was does not make consent last for ever.
        ([given_at(2, answers=origin(99)), withdrawn_at(3)], False),
        ([given_at(2, answers=origin(99))], False),
    ],
)
def test_consent_stands_or_not_in_any_order(acts: list[Consent], stands: bool) -> None:
    assert after(*acts).stands is stands


def test_the_version_is_the_one_that_was_agreed_to_last() -> None:
    consent = after(given_at(2, version="new"), given_at(1, version="old"))
    assert consent.given is not None
    assert consent.given.text == "new"


acts = st.one_of(
    st.builds(lambda o, a: give(None, o, "1", answers=a), origins, st.none() | origins),
    st.builds(lambda o: withdraw(None, o), origins),
)


@given(st.lists(acts, max_size=5), origins)
def test_nothing_stands_after_a_withdrawal_that_no_giving_has_seen(
    before: list[Consent], last: Origin
) -> None:
    consent = Consent()
    for act in before:
        consent = join_consents(consent, act)
    later = origin(last.stamp + 100)
    assert not withdraw(consent, later).stands
    again = give(withdraw(consent, later), origin(200), "1", answers=later)
    assert again.stands


@given(acts, acts, acts)
def test_consents_join_in_any_grouping_and_any_number_of_times(
    one: Consent, two: Consent, three: Consent
) -> None:
    left = join_consents(join_consents(one, two), three)
    assert left == join_consents(one, join_consents(two, three))
    assert left == join_consents(left, two)
    assert join_consents(one, two) == join_consents(two, one)


def test_each_purpose_is_its_own() -> None:
    facts: list[Fact] = [
        ConsentGiven(member_id=ONE, purpose=SMS, version="2026-11"),
        ConsentGiven(member_id=ONE, purpose=ConsentPurpose.TERMS),
        ConsentWithdrawn(member_id=ONE, purpose=ConsentPurpose.TERMS),
    ]
    state = folded((entry_of(f, stamp=n, number=n), f) for n, f in enumerate(facts, start=1))
    member = state[AggregateKey(AggregateKind.MEMBER, ONE)]
    assert isinstance(member, Member)
    assert {purpose: consent.stands for purpose, consent in member.consents.items()} == {
        SMS: True,
        ConsentPurpose.TERMS: False,
    }
    withdrawn = member.consents[ConsentPurpose.TERMS].withdrawn
    assert withdrawn is not None
    assert withdrawn.number == 3


def test_every_purpose_has_a_text_in_both_languages() -> None:
    assert set(CONSENT_TEXTS) == set(ConsentPurpose)
    assert Wording(Language.ENGLISH, {}).text("consent.terms") == "Terms of membership"
    assert Wording(Language.CHINESE, {}).text("consent.sharing") == "与合作方共享"
