"""What holds for every refund of every order that can be priced."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from domain.errors import ErrorCode, TillfoldError
from domain.facts import decode_fact, encode_fact
from domain.loyalty.negative_points import NegativePoints
from domain.orders import FEES, Sale, TenderKind
from domain.refunds.facts import RefundMade
from domain.refunds.points import PointsAtHand
from domain.refunds.quote import RefundQuestion, quote_refund
from domain.refunds.refund import Refund
from domain.refunds.refunded import NOT_REFUNDED, Refunded, add_refund, over_refunded_fen
from domain.refunds.steps import SHARED, SUM, RefundStepCode, explain
from domain.refunds.terms import BeyondPointsLimit, RefundTerms
from tests.domain.refunds.builders import STORE, wish
from tests.domain.refunds.priced import coupon_of, sales

COUPONS = (coupon_of("c1"), coupon_of("c2"))
ALL_BACK = RefundTerms(tip_refunded=True, to_cash=True)
TERMS = st.builds(
    RefundTerms,
    fees_refunded=st.booleans(),
    tip_refunded=st.booleans(),
    charge_kept_gifts=st.booleans(),
    to_cash=st.booleans(),
    beyond_points_limit=st.sampled_from(BeyondPointsLimit),
)
POINTS = st.builds(
    PointsAtHand,
    balance=st.none() | st.integers(-500, 500),
    negative=st.builds(NegativePoints, limit=st.sampled_from([0, 30])),
    value_fen=st.integers(1, 3),
)
Parts = list[dict[int, int]]


def units_in(sale: Sale) -> list[int]:
    """Every unit of an order, named by its line."""
    return [line.number for line in sale.lines for _ in range(line.quantity)]


@st.composite
def parted(draw: st.DrawFn) -> tuple[Sale, Parts]:
    """An order and its units in any order, cut into partial refunds."""
    sale = draw(sales())
    waiting = draw(st.permutations(units_in(sale)))
    parts: Parts = []
    while waiting:
        count = draw(st.integers(1, len(waiting)))
        part, waiting = waiting[:count], waiting[count:]
        parts.append({line: part.count(line) for line in sorted(set(part))})
    return sale, parts


def question_of(sale: Sale, refunded: Refunded, terms: RefundTerms = ALL_BACK) -> RefundQuestion:
    return RefundQuestion(
        sale=sale, sale_store=STORE, refunded=refunded, terms=terms, coupons=COUPONS
    )


def refunded_in(
    sale: Sale, parts: Parts, terms: RefundTerms = ALL_BACK
) -> tuple[Refunded, list[Refund]]:
    refunded, refunds = NOT_REFUNDED, []
    for number, part in enumerate(parts):
        asked = wish(part, refund_id=f"r{number}")
        refund = quote_refund(question_of(sale, refunded, terms), asked)
        refunded = add_refund(refunded, refund)
        refunds.append(refund)
    return refunded, refunds


def check_all_is_back(sale: Sale, refunded: Refunded) -> None:
    """Money by line and tender, points by line, and no charge stands."""
    for line in sale.lines:
        assert refunded.line(line.number).units == line.quantity
        assert refunded.line(line.number).amount_fen == line.net_fen
    assert refunded.line(FEES).amount_fen == sale.fees_fen
    assert refunded.tip_fen == sale.tip_fen
    for place, tender in enumerate(sale.tenders, start=1):
        assert refunded.tender(place).amount_fen == tender.amount_fen
        assert refunded.tender(place).bonus_fen == tender.bonus_fen
    for row in sale.loyalty:
        back = refunded.line(row.line)
        assert back.points_taken == row.points_earned
        assert back.growth_taken == row.growth_earned
        assert back.points_given == row.points_redeemed
    assert not any(refunded.charges.values())
    assert set(refunded.coupons) == set(sale.coupon_ids)
    assert over_refunded_fen(sale, refunded) is None


@given(parted())
def test_any_sequence_of_partial_refunds_ends_exactly_where_the_sale_began(
    order: tuple[Sale, Parts],
) -> None:
    sale, parts = order
    refunded, refunds = refunded_in(sale, parts)
    check_all_is_back(sale, refunded)
    assert [refund.whole for refund in refunds] == [False] * (len(parts) - 1) + [True]
    assert sum(refund.total_fen for refund in refunds) == sale.total_fen + sale.tip_fen
    assert sum(refund.points_taken for refund in refunds) == sale.points_earned
    assert sum(refund.points_given for refund in refunds) == sale.points_redeemed
    assert sum(refund.growth_taken for refund in refunds) == sale.growth_earned
    assert sum(refund.spent_fen for refund in refunds) == sale.total_fen


@given(parted(), st.data())
def test_another_sequence_of_the_same_units_ends_in_the_same_state(
    order: tuple[Sale, Parts], data: st.DataObject
) -> None:
    sale, parts = order
    other = data.draw(st.permutations(units_in(sale)))
    one_by_one = [{line: 1} for line in other]
    ends = [refunded_in(sale, sequence)[0] for sequence in (parts, one_by_one)]
    for end in ends:
        check_all_is_back(sale, end)
    assert ends[0].lines == ends[1].lines


@given(parted(), st.data())
def test_a_void_gives_back_all_that_partial_refunds_have_left(
    order: tuple[Sale, Parts], data: st.DataObject
) -> None:
    sale, parts = order
    first = parts[: data.draw(st.integers(0, len(parts) - 1))]
    refunded, _ = refunded_in(sale, first, data.draw(TERMS))
    # What money was kept back for points in between does not come back, so nothing was.
    void = quote_refund(question_of(sale, refunded, RefundTerms()), wish({}, void=True))
    assert void.whole
    check_all_is_back(sale, add_refund(refunded, void))


@given(parted(), TERMS, st.data())
def test_every_refund_adds_up_and_none_is_below_zero(
    order: tuple[Sale, Parts], terms: RefundTerms, data: st.DataObject
) -> None:
    sale, parts = order
    refunded = NOT_REFUNDED
    for number, part in enumerate(parts):
        at_hand = data.draw(POINTS)
        question = RefundQuestion(
            sale=sale, sale_store=STORE, refunded=refunded, terms=terms, points=at_hand
        )
        in_cash = terms.to_cash and data.draw(st.booleans())
        asked = wish(part, refund_id=f"r{number}", in_cash=in_cash)
        refund = quote_refund(question, asked)
        check_refund(sale, refund, at_hand)
        refunded = add_refund(refunded, refund)
    for place, tender in enumerate(sale.tenders, start=1):
        assert refunded.tender(place).amount_fen <= tender.amount_fen
        assert refunded.tender(place).bonus_fen <= tender.bonus_fen
    assert over_refunded_fen(sale, refunded) is None
    assert all(charged_fen >= 0 for charged_fen in refunded.charges.values())


def check_refund(sale: Sale, refund: Refund, at_hand: PointsAtHand) -> None:
    """As the journal reads it, as people read it, and within the limit of negative points."""
    made = RefundMade(refund=refund)
    assert decode_fact(*encode_fact(made)) == made
    assert refund.total_fen >= 0
    assert refund.already_paid_fen == 0
    for tender in refund.tenders:
        cashable = {TenderKind.WECHAT_PAY, TenderKind.ALIPAY, TenderKind.RECORDED_CARD}
        assert not tender.in_cash or tender.kind in cashable
        assert sale.tenders[tender.place - 1].kind is tender.kind
    steps = explain(sale, refund)
    total_fen = sum(step.amount_fen for step in steps if step.code in SUM)
    assert [s.amount_fen for s in steps if s.code is RefundStepCode.TOTAL] == [total_fen]
    assert sum(step.amount_fen for step in steps if step.code in SHARED) == total_fen
    if at_hand.balance is not None:
        after = at_hand.balance + refund.points_given - refund.points_taken
        assert not refund.points_taken or after >= -at_hand.negative.limit
    assert refund.withheld_fen == refund.points_paid * at_hand.value_fen


@given(
    sales(),
    TERMS,
    st.dictionaries(st.integers(-1, 6), st.integers(-1, 9), max_size=3),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)
def test_any_wish_is_a_refund_or_refused_with_a_code(
    sale: Sale,
    terms: RefundTerms,
    lines: dict[int, int],
    void: bool,
    with_fees: bool,
    in_cash: bool,
) -> None:
    asked = wish(lines, void=void, with_fees=with_fees, in_cash=in_cash)
    try:
        refund = quote_refund(question_of(sale, NOT_REFUNDED, terms), asked)
    except TillfoldError as error:
        assert error.code in {  # noqa: PT017 - either outcome is right
            ErrorCode.REFUND_EMPTY,
            ErrorCode.REFUND_LINE_UNKNOWN,
            ErrorCode.REFUND_EXCEEDS_LEFT,
            ErrorCode.REFUND_NOTHING_LEFT,
            ErrorCode.REFUND_NOT_IN_CASH,
        }
    else:
        assert refund.adds_up()


@given(parted(), TERMS, st.data())
def test_tills_that_know_only_some_refunds_still_make_sound_ones(
    order: tuple[Sale, Parts], terms: RefundTerms, data: st.DataObject
) -> None:
    """Each quote knows any of the refunds before it; together they may be too much, never wrong."""
    sale, _ = order
    made: list[Refund] = []
    for number in range(data.draw(st.integers(1, 5))):
        known = [refund for refund in made if data.draw(st.booleans())]
        refund = _quoted(sale, known, terms, data.draw(st.sampled_from(units_in(sale))), number)
        if refund is not None:
            assert refund.adds_up()
            held_fen = sale.total_fen + sale.tip_fen
            assert refund.total_fen + sum(one.total_fen for one in known) <= max(
                held_fen, sum(one.total_fen for one in known)
            )
            made.append(refund)
    excess = over_refunded_fen(sale, _sums(made))
    units = {line.number: line.quantity for line in sale.lines}
    beyond = any(_sums(made).line(number).units > count for number, count in units.items())
    assert (excess is not None) >= beyond
    assert excess is None or excess >= 0


def _sums(refunds: Sequence[Refund]) -> Refunded:
    sums = NOT_REFUNDED
    for refund in refunds:
        sums = add_refund(sums, refund)
    return sums


def _quoted(
    sale: Sale, known: Sequence[Refund], terms: RefundTerms, line: int, number: int
) -> Refund | None:
    asked = wish({line: 1}, refund_id=f"r{number}")
    try:
        return quote_refund(question_of(sale, _sums(known), terms), asked)
    except TillfoldError:
        return None
