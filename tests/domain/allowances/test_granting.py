"""Laws of handing allowances out: never more than there is, in whole steps, and all of it."""

from hypothesis import given
from hypothesis import strategies as st

from domain.allowances.granting import grants, measure_of, most_open, share_of, spread
from domain.allowances.subjects import SubjectKind
from domain.allowances.terms import SpendingTerms
from domain.identifiers import TerminalId

TILLS = st.lists(st.integers(0, 50), min_size=1, max_size=8, unique=True).map(
    lambda numbers: [TerminalId(f"till-{number}") for number in sorted(numbers)]
)
KINDS = st.sampled_from(SubjectKind)


@given(st.integers(0, 10**7), TILLS, st.integers(1, 500))
def test_what_is_spread_adds_up_to_whole_steps(amount: int, tills: list[str], step: int) -> None:
    parts = spread(amount, [TerminalId(till) for till in tills], step=step)
    assert sum(parts.values()) == amount - amount % step
    assert all(part % step == 0 for part in parts.values())
    assert max(parts.values()) - min(parts.values()) in {0, step}


@given(KINDS, st.integers(0, 10**6), st.integers(0, 10**6), TILLS, st.data())
def test_no_more_is_granted_than_is_free_and_than_the_share(
    kind: SubjectKind, balance: int, free: int, tills: list[TerminalId], data: st.DataObject
) -> None:
    terms, measure = SpendingTerms(), measure_of(kind, point_fen=1, points_step=100)
    held = {till: data.draw(st.integers(0, 10_000)) for till in tills}
    given_ = grants(measure, terms, balance=balance, free=free, open_by_till=held, tills=tills)
    assert sum(given_.values()) <= free
    assert all(amount > 0 and amount % measure.step == 0 for amount in given_.values())
    target = spread(min(balance, share_of(measure, terms)), tills, step=measure.step)
    assert all(held[till] + amount <= target[till] for till, amount in given_.items())


def test_the_home_store_gets_the_balance_up_to_200_yuan_over_its_tills() -> None:
    tills, terms = [TerminalId("a"), TerminalId("b")], SpendingTerms()
    money = measure_of(SubjectKind.STORED_VALUE, point_fen=1, points_step=100)
    small = grants(money, terms, balance=8_801, free=8_801, open_by_till={}, tills=tills)
    assert small == {"a": 4_401, "b": 4_400}
    large = grants(
        money, terms, balance=99_000, free=99_000, open_by_till={tills[1]: 4_000}, tills=tills
    )
    assert large == {tills[0]: 10_000, tills[1]: 6_000}
    assert most_open(money, terms) == 500_000


def test_points_count_with_their_value_as_money() -> None:
    points = measure_of(SubjectKind.POINTS, point_fen=5, points_step=100)
    assert share_of(points, SpendingTerms()) == 4_000
    assert most_open(points, SpendingTerms()) == 100_000
