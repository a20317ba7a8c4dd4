"""What facts do to an account, and what the account then answers."""

from datetime import date

import pytest

from domain.identifiers import AccountId, PlanId
from domain.stored_value.account import (
    PLANS_KEPT,
    AccountKind,
    Amounts,
    Movement,
    StoredValueAccount,
    StoredValueLine,
    balance_of,
)
from domain.stored_value.adjustments import why_not_adjust
from domain.stored_value.facts import (
    AccountFrozen,
    AdjustmentReason,
    BalanceAdjusted,
    BalanceRefunded,
    GiftCardSold,
)
from domain.stored_value.fold import fold_account, lines_of, post, spent_line
from domain.stored_value.gift_cards import gift_card_code
from domain.stored_value.liability import liability_of
from domain.stored_value.plans import GiftCardTerms
from domain.stored_value.refusals import Refused, StoredValueRefusal
from domain.stored_value.spending import why_not_spend
from domain.stored_value.terms import StoredValueTerms, valid_until
from tests.domain.stored_value.builders import (
    ACCOUNT,
    TODAY,
    at,
    give_back,
    holding,
    spend,
    topped_up,
)


def gift_card_sold(face_fen: int = 50_000, paid_fen: int = 48_000) -> GiftCardSold:
    return GiftCardSold(
        account_id=ACCOUNT,
        receipt_number="A1-2",
        business_day=TODAY,
        face_fen=face_fen,
        paid_fen=paid_fen,
        tenders=(),
    )


def balance_refunded(principal_fen: int, bonus_fen: int, paid_out_fen: int) -> BalanceRefunded:
    return BalanceRefunded(
        account_id=ACCOUNT,
        receipt_number="A1-3",
        business_day=TODAY,
        principal_fen=principal_fen,
        bonus_fen=bonus_fen,
        used_principal_fen=7,
        used_bonus_fen=5,
        paid_out_fen=paid_out_fen,
        steps=(),
        tenders=(),
    )


def adjusted(reason: AdjustmentReason, principal_fen: int, bonus_fen: int = 0) -> BalanceAdjusted:
    return BalanceAdjusted(
        account_id=ACCOUNT, reason=reason, principal_fen=principal_fen, bonus_fen=bonus_fen
    )


def frozen(*, on: bool = True) -> AccountFrozen:
    return AccountFrozen(account_id=ACCOUNT, frozen=on)


def test_every_fact_has_its_line_with_store_sign_and_money() -> None:
    written = [
        (line.movement, line.change.principal_fen, line.change.bonus_fen, line.paid_fen)
        for fact in (
            topped_up(1000, 200),
            gift_card_sold(),
            balance_refunded(700, 140, 640),
            adjusted(AdjustmentReason.CORRECTION, -10, 3),
            adjusted(AdjustmentReason.EXPIRED, -20, -4),
        )
        for line in lines_of(fact, at("B", stamp=9))
    ]
    assert written == [
        (Movement.TOPPED_UP, 1000, 200, 1000),
        (Movement.TOPPED_UP, 50_000, 0, 48_000),
        (Movement.WITHDRAWN, -700, -140, -640),
        (Movement.ADJUSTED, -10, 3, 0),
        (Movement.EXPIRED, -20, -4, 0),
    ]
    assert lines_of(frozen(), at()) == ()
    (line,) = lines_of(topped_up(), at("B", stamp=9))
    assert (line.account_id, line.store, line.stamp) == (ACCOUNT, "B", 9)


def test_a_tender_has_its_line_with_a_sign_and_a_refund_without() -> None:
    spent = spent_line(ACCOUNT, Amounts(50, 10), at("B", stamp=4))
    assert spent == StoredValueLine(
        account_id=ACCOUNT,
        movement=Movement.SPENT,
        store=at("B").store,
        stamp=4,
        change=Amounts(-50, -10),
        at=at("B", stamp=4),
    )
    assert spent.paid_fen == 0
    back = spent_line(ACCOUNT, Amounts(50, 10), at("C"), given_back=True)
    assert (back.movement, back.change, back.store) == (
        Movement.GIVEN_BACK,
        Amounts(50, 10),
        "C",
    )


def test_an_account_begins_with_its_first_line() -> None:
    account = post(None, spent_line(ACCOUNT, Amounts(50, 10), at()))
    assert account.account_id == ACCOUNT
    assert account.kind is None
    assert account.ledger == Amounts(-50, -10)
    assert account.balance == Amounts(-60, 0)
    assert account.debt_fen == 60
    assert fold_account(None, frozen(), at()).account_id == ACCOUNT


def test_what_is_used_is_spent_less_given_back() -> None:
    account = spend(spend(holding(1000, 200), Amounts(50, 10)), Amounts(20, 5))
    assert give_back(account, Amounts(20, 4)).used == Amounts(50, 11)


@pytest.mark.parametrize(
    ("ledger", "balance"),
    [
        ((0, 0), (0, 0)),
        ((5, 3), (5, 3)),
        ((0, 3), (0, 3)),
        ((10, -3), (7, 0)),
        ((3, -3), (0, 0)),
        ((3, -4), (-1, 0)),
        ((-3, 10), (0, 7)),
        ((-3, 4), (0, 1)),
        ((-3, 3), (0, 0)),
        ((-4, 3), (-1, 0)),
        ((-4, 0), (-4, 0)),
        ((-4, -3), (-7, 0)),
    ],
)
def test_a_bucket_below_zero_is_made_good_from_the_other(
    ledger: tuple[int, int], balance: tuple[int, int]
) -> None:
    assert balance_of(Amounts(*ledger)) == Amounts(*balance)


def test_a_card_that_gets_a_name_stays_named() -> None:
    account = fold_account(None, topped_up(kind="named"), at())
    assert fold_account(account, topped_up(kind="unnamed"), at()).kind is AccountKind.NAMED
    account = fold_account(None, topped_up(kind="unnamed"), at())
    assert fold_account(account, topped_up(kind="named"), at()).kind is AccountKind.NAMED
    assert fold_account(account, gift_card_sold(), at()).kind is AccountKind.GIFT_CARD
    assert fold_account(account, frozen(), at()).kind is AccountKind.UNNAMED


def test_a_top_up_keeps_its_day_and_counts_its_plan() -> None:
    account = fold_account(None, topped_up(plan_id="p", business_day=date(2026, 11, 3)), at())
    account = fold_account(account, topped_up(plan_id="p", business_day=date(2026, 11, 2)), at())
    account = fold_account(account, topped_up(), at())
    assert account.plan_counts == {"p": 2}
    assert account.last_paid_day == TODAY
    assert account.sum_of(Movement.TOPPED_UP) == Amounts(300_000, 60_000)


def test_the_newest_plans_are_counted_and_older_ones_forgotten() -> None:
    account = StoredValueAccount(account_id=ACCOUNT)
    names = [f"plan-{number:03}" for number in range(PLANS_KEPT + 1)]
    for name in reversed(names):
        account = fold_account(account, topped_up(plan_id=name), at())
    assert sorted(account.plan_counts) == names[1:]
    assert (
        fold_account(account, topped_up(plan_id=names[-1]), at()).plan_counts[PlanId(names[-1])]
        == 2
    )


def test_a_gift_card_holds_its_face_value_and_what_it_was_sold_below() -> None:
    account = fold_account(None, gift_card_sold(), at())
    assert account.balance == Amounts(50_000, 0)
    assert account.sold_below_fen == 2_000
    assert account.last_paid_day == TODAY
    dear = fold_account(None, gift_card_sold(100, 101), at())
    assert dear.sold_below_fen == 0


def test_a_refund_settles_use_and_counts_what_it_paid() -> None:
    account = fold_account(holding(1000, 200), balance_refunded(700, 140, 640), at())
    account = fold_account(account, balance_refunded(100, 20, 30), at())
    assert account.settled == Amounts(14, 10)
    assert account.paid_out_fen == 670
    assert account.ledger == Amounts(200, 40)


def test_the_later_word_about_freezing_holds_and_the_terminal_breaks_a_tie() -> None:
    account = fold_account(None, frozen(), at(stamp=5))
    assert account.frozen
    assert fold_account(account, frozen(on=False), at(stamp=4)).frozen
    assert not fold_account(account, frozen(on=False), at(stamp=6)).frozen
    assert not fold_account(account, frozen(on=False), at(stamp=5, terminal="till-b")).frozen
    assert not holding(1).frozen


def test_only_a_spend_after_a_freeze_that_holds_is_marked() -> None:
    account = fold_account(holding(1000), frozen(), at(stamp=5))
    assert not spend(account, Amounts(1), stamp=5).spent_while_frozen
    late = spend(account, Amounts(1), stamp=6)
    assert late.spent_while_frozen
    assert spend(late, Amounts(1), stamp=1).spent_while_frozen
    assert not fold_account(late, frozen(on=False), at(stamp=7)).spent_while_frozen
    assert not spend(holding(1000), Amounts(1), stamp=6).spent_while_frozen
    assert not fold_account(None, frozen(), at(stamp=0)).spent_while_frozen
    back = spent_line(ACCOUNT, Amounts(1), at(stamp=9), given_back=True)
    assert not post(account, back).spent_while_frozen


def test_presents_are_bonus() -> None:
    for reason in (AdjustmentReason.GOODWILL, AdjustmentReason.CASH_BACK):
        refused = why_not_adjust(reason, Amounts(1, 0))
        assert refused == Refused(reason=StoredValueRefusal.GIFT_AS_PRINCIPAL)
        assert why_not_adjust(reason, Amounts(0, 1)) is None
    for reason in (
        AdjustmentReason.CORRECTION,
        AdjustmentReason.REPLACEMENT,
        AdjustmentReason.EXPIRED,
    ):
        assert why_not_adjust(reason, Amounts(1, 1)) is None


TERMS = StoredValueTerms(unnamed_valid_months=36, gift_cards=GiftCardTerms(valid_months=48))


@pytest.mark.parametrize(
    ("kind", "paid", "last"),
    [
        ("named", date(2026, 11, 22), None),
        ("unnamed", date(2026, 11, 22), date(2029, 11, 22)),
        ("unnamed", date(2024, 2, 29), date(2027, 2, 28)),
        ("unnamed", date(2026, 12, 31), date(2029, 12, 31)),
        ("unnamed", date(2026, 1, 1), date(2029, 1, 1)),
        ("unnamed", date(9996, 12, 31), date(9999, 12, 31)),
        ("unnamed", date(9997, 1, 1), date(9999, 12, 31)),
        ("gift_card", date(2024, 2, 29), date(2028, 2, 29)),
    ],
)
def test_an_account_is_valid_for_its_months_after_the_last_top_up(
    kind: str, paid: date, last: date | None
) -> None:
    account = fold_account(None, topped_up(kind=kind, business_day=paid), at())
    assert valid_until(account, TERMS) == last


def test_without_terms_or_a_top_up_nothing_expires() -> None:
    card = fold_account(None, topped_up(kind="unnamed"), at())
    assert valid_until(card, StoredValueTerms()) is None
    gift = fold_account(None, gift_card_sold(), at())
    assert valid_until(gift, StoredValueTerms(unnamed_valid_months=36)) is None
    assert valid_until(holding(100), TERMS) is None
    named = fold_account(None, topped_up(kind="named"), at())
    assert valid_until(named, StoredValueTerms(named_valid_months=1)) == date(2026, 12, 22)


def why_not(
    account: StoredValueAccount, amount_fen: int, today: date = TODAY
) -> tuple[str, int] | None:
    refused = why_not_spend(account, amount_fen, terms=TERMS, today=today)
    return None if refused is None else (str(refused.reason), refused.limit_fen)


def test_a_spend_is_refused_when_frozen_expired_or_too_large() -> None:
    card = fold_account(None, topped_up(1000, 200, kind="unnamed"), at())
    assert why_not(card, 1200) is None
    assert why_not(card, 1201) == ("balance_not_enough", 1200)
    assert why_not(card, 1, date(2029, 11, 22)) is None
    assert why_not(card, 1, date(2029, 11, 23)) == ("account_expired", 0)
    assert why_not(fold_account(card, frozen(), at()), 1) == ("account_frozen", 0)
    assert why_not(spend(card, Amounts(1300)), 1) == ("balance_not_enough", 0)


@pytest.mark.parametrize(
    ("scanned", "code"),
    [
        ("GC12345678", "GC12345678"),
        ("gc 1234-5678", "GC12345678"),
        ("GC1234567", None),
        ("GC" + "1" * 32, "GC" + "1" * 32),
        ("GC" + "1" * 33, None),
        ("6901234567892", None),
        ("12345678", None),
        ("GC12345_78", None),
        ("", None),
    ],
)
def test_only_a_gift_cards_code_is_read_as_one(scanned: str, code: str | None) -> None:
    assert gift_card_code(scanned, GiftCardTerms()) == code
    assert gift_card_code(scanned, None) is None


def test_the_liability_tells_kinds_apart_and_where_the_money_went() -> None:
    member = fold_account(None, topped_up(1000, 200), at())
    member = fold_account(member, adjusted(AdjustmentReason.CASH_BACK, 0, 10), at())
    member = spend(member, Amounts(300, 60))
    gift = fold_account(None, gift_card_sold(500, 480), at())
    gift = spend(gift, Amounts(600))
    gone = fold_account(None, topped_up(100, 20), at())
    gone = fold_account(gone, balance_refunded(90, 20, 70), at())
    gone = fold_account(gone, adjusted(AdjustmentReason.EXPIRED, -10), at())
    everything = liability_of([member, gift, gone])
    assert everything.accounts == 3
    assert everything.topped_up == Amounts(1600, 220)
    assert everything.adjusted == Amounts(0, 10)
    assert everything.used == Amounts(900, 60)
    assert everything.refunded == Amounts(70, 0)
    assert everything.breakage == Amounts(30, 20)
    assert everything.outstanding == Amounts(700, 150)
    assert everything.debt == Amounts(100, 0)
    assert everything.sold_below_fen == 20
    cards = liability_of([member, gift, gone], AccountKind.GIFT_CARD)
    assert (cards.accounts, cards.topped_up, cards.debt) == (1, Amounts(500), Amounts(100))


def test_lines_of_another_account_do_not_move_this_one() -> None:
    other = post(None, spent_line(AccountId("other"), Amounts(1), at()))
    assert other.account_id == "other"
