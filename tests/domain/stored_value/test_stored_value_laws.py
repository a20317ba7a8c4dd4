"""What holds for every account, whatever its lines and their order."""

from typing import Final

from hypothesis import given
from hypothesis import strategies as st

from domain.origins import Origin
from domain.stored_value.account import NOTHING, AccountKind, Amounts, StoredValueAccount
from domain.stored_value.facts import (
    AccountFrozen,
    AdjustmentReason,
    BalanceAdjusted,
    BalanceRefunded,
    GiftCardSold,
    StoredValueFact,
)
from domain.stored_value.fold import fold_account, join_accounts, lines_of, post, spent_line
from domain.stored_value.liability import liability_of
from domain.stored_value.refunds import BalanceRefundQuote, quote_balance_refund
from domain.stored_value.spending import split_spend, why_not_spend
from domain.stored_value.terms import BonusAtRefund, OrderOfUse, StoredValueTerms
from tests.domain.stored_value.builders import (
    ACCOUNT,
    ENCODER,
    TODAY,
    at,
    give_back,
    holding,
    in_two_orders,
    spend,
    topped_up,
)

fen = st.integers(0, 1_000_000)
amounts = st.builds(Amounts, fen, fen)
buckets = st.builds(Amounts, st.integers(-1_000, 1_000_000), st.integers(-1_000, 1_000_000))
orders_of_use = st.sampled_from(OrderOfUse)
places = st.builds(at, st.sampled_from("ABC"), st.integers(1, 9), st.sampled_from(["t1", "t2"]))

facts: Final[st.SearchStrategy[StoredValueFact]] = st.one_of(
    st.builds(
        lambda money, kind, plan, day: topped_up(
            money.principal_fen,
            money.bonus_fen,
            kind=kind,
            plan_id=plan,
            business_day=TODAY.replace(day=day),
        ),
        amounts,
        st.sampled_from(AccountKind),
        st.none() | st.integers(100, 199).map(str),
        st.integers(1, 28),
    ),
    st.builds(
        lambda face_fen, below_fen: GiftCardSold(
            account_id=ACCOUNT,
            receipt_number="A1-2",
            business_day=TODAY,
            face_fen=face_fen,
            paid_fen=max(0, face_fen - below_fen),
            tenders=(),
        ),
        fen,
        fen,
    ),
    st.builds(
        lambda taken, used, paid_out_fen: BalanceRefunded(
            account_id=ACCOUNT,
            receipt_number="A1-3",
            business_day=TODAY,
            principal_fen=taken.principal_fen,
            bonus_fen=taken.bonus_fen,
            used_principal_fen=used.principal_fen,
            used_bonus_fen=used.bonus_fen,
            paid_out_fen=paid_out_fen,
            steps=(),
            tenders=(),
        ),
        buckets,
        buckets,
        fen,
    ),
    st.builds(
        lambda reason, change: BalanceAdjusted(
            account_id=ACCOUNT,
            reason=reason,
            principal_fen=change.principal_fen,
            bonus_fen=change.bonus_fen,
        ),
        st.sampled_from(AdjustmentReason),
        buckets,
    ),
    st.builds(lambda frozen: AccountFrozen(account_id=ACCOUNT, frozen=frozen), st.booleans()),
)
spends = st.tuples(amounts, st.booleans())
happenings = st.lists(st.tuples(facts | spends, places), max_size=12)
Happening = tuple[StoredValueFact | tuple[Amounts, bool], Origin]


def account_of(happened: list[Happening]) -> StoredValueAccount:
    account = StoredValueAccount(account_id=ACCOUNT)
    for what, where in happened:
        if isinstance(what, tuple):
            split, given_back = what
            line = spent_line(ACCOUNT, split, where, given_back=given_back)
            account = post(account, line)
        else:
            account = fold_account(account, what, where)
    return account


@given(in_two_orders(happenings))
def test_any_order_of_lines_gives_the_same_account_to_the_byte(
    orders: tuple[list[Happening], list[Happening]],
) -> None:
    first, second = (account_of(happened) for happened in orders)
    assert first == second
    assert ENCODER.encode(first) == ENCODER.encode(second)


@given(happenings, st.integers(0, 12))
def test_two_parts_of_an_account_join_to_the_whole(happened: list[Happening], cut: int) -> None:
    parts = account_of(happened[:cut]), account_of(happened[cut:])
    assert join_accounts(*parts) == join_accounts(*reversed(parts)) == account_of(happened)


@given(happenings)
def test_the_ledger_is_the_sum_of_the_lines(happened: list[Happening]) -> None:
    total = NOTHING
    for what, where in happened:
        if isinstance(what, tuple):
            total = total.plus(spent_line(ACCOUNT, what[0], where, given_back=what[1]).change)
        else:
            for line in lines_of(what, where):
                total = total.plus(line.change)
    account = account_of(happened)
    assert account.ledger == total
    assert account.balance.total_fen == total.total_fen
    assert account.debt_fen == max(0, -total.total_fen)
    assert account.balance.bonus_fen >= 0


@given(happenings)
def test_the_liability_adds_up_for_every_account(happened: list[Happening]) -> None:
    report = liability_of([account_of(happened)])
    came_in = report.topped_up.plus(report.adjusted)
    went = report.used.plus(report.refunded).plus(report.breakage)
    assert came_in == went.plus(report.outstanding).minus(report.debt)


@given(buckets, fen, orders_of_use)
def test_a_split_adds_up_and_takes_no_more_than_a_bucket_holds(
    balance: Amounts, amount_fen: int, order: OrderOfUse
) -> None:
    taken = split_spend(balance, amount_fen, order)
    principal_fen, bonus_fen = max(0, balance.principal_fen), max(0, balance.bonus_fen)
    assert taken.total_fen == amount_fen
    assert 0 <= taken.bonus_fen <= bonus_fen
    assert taken.principal_fen >= 0
    if amount_fen <= principal_fen + bonus_fen:
        assert taken.principal_fen <= principal_fen
    else:
        assert taken.bonus_fen == bonus_fen


@given(amounts, st.integers(0, 2_000_000))
def test_in_proportion_is_exact_to_the_fen(balance: Amounts, amount_fen: int) -> None:
    amount_fen = min(amount_fen, balance.total_fen)
    taken = split_spend(balance, amount_fen, OrderOfUse.IN_PROPORTION)
    exact = amount_fen * balance.bonus_fen
    assert abs(taken.bonus_fen * balance.total_fen - exact) <= balance.total_fen


@given(amounts, st.lists(st.tuples(fen, orders_of_use), max_size=6), st.data())
def test_spends_given_back_in_any_order_return_to_the_start(
    start: Amounts, wanted: list[tuple[int, OrderOfUse]], data: st.DataObject
) -> None:
    account = beginning = holding(start.principal_fen, start.bonus_fen)
    splits = []
    for amount_fen, order in wanted:
        splits.append(split_spend(account.balance, amount_fen, order))
        account = spend(account, splits[-1])
    for split in data.draw(st.permutations(splits)):
        account = give_back(account, split)
    assert account.ledger == beginning.ledger
    assert account.used == NOTHING


@given(st.lists(st.tuples(fen, fen), max_size=4), st.lists(fen, max_size=6), orders_of_use)
def test_spends_that_are_allowed_never_overdraw(
    top_ups: list[tuple[int, int]], wanted: list[int], order: OrderOfUse
) -> None:
    account = account_of([(topped_up(*money), at()) for money in top_ups])
    terms = StoredValueTerms()
    for amount_fen in wanted:
        if why_not_spend(account, amount_fen, terms=terms, today=TODAY) is None:
            account = spend(account, split_spend(account.balance, amount_fen, order))
        assert account.ledger.principal_fen >= 0
        assert account.ledger.bonus_fen >= 0


@st.composite
def lives(draw: st.DrawFn) -> tuple[StoredValueAccount, int, list[BalanceRefundQuote]]:
    """An honest account over its life: top-ups, spends, give-backs and refunds of the balance."""
    account = StoredValueAccount(account_id=ACCOUNT)
    terms = StoredValueTerms(bonus_at_refund=draw(st.sampled_from(BonusAtRefund)))
    paid_in_fen, quotes, splits = 0, [], []
    for step in draw(st.lists(st.sampled_from(["top up", "spend", "back", "refund"]), max_size=10)):
        if step == "top up":
            money = draw(amounts)
            paid_in_fen += money.principal_fen
            account = fold_account(account, topped_up(money.principal_fen, money.bonus_fen), at())
        elif step == "spend":
            amount_fen = draw(st.integers(0, max(0, account.balance.total_fen)))
            splits.append(split_spend(account.balance, amount_fen, draw(orders_of_use)))
            account = spend(account, splits[-1])
        elif step == "back" and splits:
            account = give_back(account, splits.pop(draw(st.integers(0, len(splits) - 1))))
        elif step == "refund":
            quote = quote_balance_refund(account, terms=terms, today=TODAY)
            if isinstance(quote, BalanceRefundQuote):
                quotes.append(quote)
                account = fold_account(account, refunded(quote), at())
                assert account.ledger == NOTHING
    return account, paid_in_fen, quotes


def refunded(quote: BalanceRefundQuote) -> BalanceRefunded:
    return BalanceRefunded(
        account_id=ACCOUNT,
        receipt_number="A1-3",
        business_day=TODAY,
        principal_fen=quote.taken.principal_fen,
        bonus_fen=quote.taken.bonus_fen,
        used_principal_fen=quote.used.principal_fen,
        used_bonus_fen=quote.used.bonus_fen,
        paid_out_fen=quote.paid_out_fen,
        steps=quote.steps,
        tenders=(),
    )


@given(lives())
def test_an_account_never_pays_out_more_than_was_paid_in(
    life: tuple[StoredValueAccount, int, list[BalanceRefundQuote]],
) -> None:
    account, paid_in_fen, quotes = life
    assert all(quote.paid_out_fen >= 0 for quote in quotes)
    assert account.paid_out_fen == sum(quote.paid_out_fen for quote in quotes) <= paid_in_fen


@given(amounts, fen, orders_of_use)
def test_the_readings_pay_by_their_words(start: Amounts, used_fen: int, order: OrderOfUse) -> None:
    account = holding(start.principal_fen, start.bonus_fen)
    used_fen = min(used_fen, max(0, start.total_fen - 1))
    account = spend(account, split_spend(account.balance, used_fen, order))
    paid = {rule: _paid(account, rule) for rule in BonusAtRefund}
    if not start.total_fen:
        assert set(paid.values()) == {None}
        return
    assert paid[BonusAtRefund.FORFEITED] == account.balance.principal_fen
    assert paid[BonusAtRefund.AT_FULL_PRICE] == max(0, start.principal_fen - used_fen)
    counted_fen = used_fen * start.principal_fen // start.total_fen
    assert paid[BonusAtRefund.AT_DISCOUNT] == start.principal_fen - counted_fen


def _paid(account: StoredValueAccount, rule: BonusAtRefund) -> int | None:
    terms = StoredValueTerms(bonus_at_refund=rule)
    quote = quote_balance_refund(account, terms=terms, today=TODAY)
    return quote.paid_out_fen if isinstance(quote, BalanceRefundQuote) else None


@given(happenings, st.sampled_from(BonusAtRefund))
def test_no_account_makes_a_refund_raise_and_its_steps_add_up(
    happened: list[Happening], rule: BonusAtRefund
) -> None:
    account = account_of(happened)
    quote = quote_balance_refund(account, terms=StoredValueTerms(bonus_at_refund=rule), today=TODAY)
    if isinstance(quote, BalanceRefundQuote):
        assert quote.paid_out_fen >= 0
        assert fold_account(account, refunded(quote), at()).ledger == NOTHING
