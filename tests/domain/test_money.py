import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import ErrorCode, TillfoldError
from domain.money import (
    LARGEST_AMOUNT_FEN,
    allocate,
    divide_half_up,
    format_fen,
    parse_fen,
    part_of,
)

WEIGHTS = st.lists(st.integers(0, 10**8), min_size=1, max_size=30)
AMOUNTS = st.integers(0, LARGEST_AMOUNT_FEN)


@st.composite
def amount_within_weights(draw: st.DrawFn) -> tuple[int, list[int]]:
    weights = draw(WEIGHTS)
    return draw(st.integers(0, sum(weights))), weights


@given(amount_within_weights())
def test_shares_add_up_and_none_exceeds_its_weight(case: tuple[int, list[int]]) -> None:
    amount, weights = case
    shares = allocate(amount, weights)
    assert sum(shares) == amount
    assert all(0 <= share <= weight for share, weight in zip(shares, weights, strict=True))


@given(AMOUNTS, st.lists(st.integers(1, 10**8), min_size=1, max_size=30))
def test_each_share_is_less_than_one_fen_from_its_exact_part(
    amount: int, weights: list[int]
) -> None:
    whole = sum(weights)
    for share, weight in zip(allocate(amount, weights), weights, strict=True):
        assert abs(share * whole - amount * weight) < whole


@given(
    AMOUNTS | st.integers(0, 12),
    # Small weights make equal fractions, where the order could creep in.
    st.lists(st.integers(1, 10**6) | st.integers(1, 6), min_size=1, max_size=12).flatmap(
        lambda weights: st.tuples(st.just(weights), st.permutations(weights))
    ),
)
def test_the_order_of_the_parts_does_not_change_what_each_weight_gets(
    amount: int, orders: tuple[list[int], list[int]]
) -> None:
    weights, shuffled = orders
    first = sorted(zip(weights, allocate(amount, weights), strict=True))
    assert first == sorted(zip(shuffled, allocate(amount, shuffled), strict=True))


@given(AMOUNTS, st.integers(1, 10**6), st.integers(1, 40))
def test_equal_parts_differ_by_one_fen_at_most_and_the_earlier_get_it(
    amount: int, weight: int, count: int
) -> None:
    shares = allocate(amount, [weight] * count)
    assert max(shares) - min(shares) <= 1
    assert list(shares) == sorted(shares, reverse=True)


@pytest.mark.parametrize(
    ("amount", "weights", "shares"),
    [
        (1500, (8444, 2375, 400), (1129, 318, 53)),
        (3, (10, 10, 10, 10, 10), (1, 1, 1, 0, 0)),
        (1, (1, 3), (0, 1)),
        (2, (1, 3), (0, 2)),
        (2, (3, 1), (2, 0)),
        (0, (0, 0), (0, 0)),
        (0, (), ()),
        (7, (0, 7), (0, 7)),
    ],
)
def test_missing_fen_go_to_the_largest_fractions(
    amount: int, weights: tuple[int, ...], shares: tuple[int, ...]
) -> None:
    assert allocate(amount, weights) == shares


@pytest.mark.parametrize(("amount", "weights"), [(-1, (1,)), (1, (-1, 3)), (1, ()), (1, (0, 0))])
def test_nothing_is_shared_that_cannot_be(amount: int, weights: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=str(amount)):
        allocate(amount, weights)


@pytest.mark.parametrize(
    ("numerator", "denominator", "quotient"),
    [(5, 2, 3), (4, 2, 2), (1, 3, 0), (2, 3, 1), (0, 7, 0), (5694, 10, 569), (5695, 10, 570)],
)
def test_a_half_is_rounded_up(numerator: int, denominator: int, quotient: int) -> None:
    assert divide_half_up(numerator, denominator) == quotient


@given(st.integers(0, LARGEST_AMOUNT_FEN))
def test_an_amount_reads_back_as_it_was_written(amount_fen: int) -> None:
    assert parse_fen(format_fen(amount_fen)) == amount_fen
    yuan, _, fen = format_fen(amount_fen).partition(".")
    assert parse_fen(f"¥{int(yuan):,}.{fen}") == amount_fen


@pytest.mark.parametrize(
    ("amount_fen", "text"),
    [(0, "0.00"), (5, "0.05"), (1250, "12.50"), (-1250, "-12.50"), (-5, "-0.05")],
)
def test_an_amount_is_written_with_two_decimals(amount_fen: int, text: str) -> None:
    assert format_fen(amount_fen) == text


@pytest.mark.parametrize(
    ("text", "amount_fen"),
    [
        ("12", 1200),
        ("12.", 1200),
        ("12.5", 1250),
        (" ￥ 12.50 ", 1250),
        ("¥1,200.00", 120000),
        ("1,234,567.89", 123456789),
        ("00012", 1200),
        ("100000000", LARGEST_AMOUNT_FEN),
    ],
)
def test_an_amount_is_read_as_people_write_it(text: str, amount_fen: int) -> None:
    assert parse_fen(text) == amount_fen


@pytest.mark.parametrize(
    "text",
    [
        *("", ".", ".5", "-1", "+1", "1.234", "1..2", "12,50", "1,2,3", ",100", "1,0000"),
        *("1e3", "nan", "١٢", "１２", "²", "12 50", "100000000.01", "99999999999"),
    ],
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(TillfoldError) as caught:
        parse_fen(text)
    assert caught.value.code is ErrorCode.AMOUNT_MALFORMED


@given(st.text(max_size=30))
def test_any_text_is_an_amount_in_range_or_refused(text: str) -> None:
    try:
        assert 0 <= parse_fen(text) <= LARGEST_AMOUNT_FEN
    except TillfoldError as error:
        assert error.values == {"text": text[:20]}  # noqa: PT017 - either outcome is right


def test_a_part_is_rounded_down_and_the_last_unit_holds_the_rest() -> None:
    assert [part_of(1000, units, 3) for units in range(4)] == [0, 333, 666, 1000]
