"""The conflict table of docs/architecture.md, a test a row: any order of arrival, one result.

Members, points, tiers, and what head office publishes.
"""

from datetime import date

import pytest

from domain.cases.repriced import Differs, PriceDifference, SaleRepriced
from domain.facts import Fact
from domain.fold.aggregates import (
    AggregateKey,
    AggregateKind,
    Menu,
    Order,
)
from domain.fold.cases import CaseKind, Loss, Severity, cases_of
from domain.identifiers import MemberId, TierId
from domain.loyalty.benefits import MonthlyCoupon, due_benefits
from domain.loyalty.facts import BenefitHandedOut, TierGranted
from domain.loyalty.tier_standing import tier_standing
from domain.loyalty.tiers import Thresholds, Tier, TierTerms
from domain.members.consents import ConsentPurpose
from domain.members.facts import (
    ConsentGiven,
    ConsentWithdrawn,
    MemberClosed,
    MembersMerged,
    MemberTagged,
)
from tests.domain.arrivals import cases_in, happened, one_state, person_in
from tests.domain.builders import (
    edit,
    enrolment,
    folded,
    menu,
    sale_of,
)
from tests.domain.conflict_table.happenings import (
    DAY,
    OTHER_PHONE,
    PHONE,
    A,
    B,
    member_of,
)


def test_edits_of_different_fields_of_one_member_both_stand() -> None:
    state = one_state(
        happened(
            (1, "a", enrolment("m1", name="李四")),
            (5, "a", edit("m1", note="靠窗")),
            (4, "b", edit("m1", email="li@example.com")),
        )
    )
    texts = {field: value.text for field, value in member_of(state).profile.items()}
    assert texts == {"name": "李四", "note": "靠窗", "email": "li@example.com"}
    assert cases_in(state) == []


def test_of_two_edits_of_one_field_the_later_stands_and_the_loser_stays_in_the_history() -> None:
    state = one_state(
        happened(
            (1, "a", enrolment("m1", name="李四")),
            (4, "b", edit("m1", note="靠门")),
            (5, "a", edit("m1", note="靠窗")),
        )
    )
    member = member_of(state)
    assert member.profile["note"].text == "靠窗"
    assert [(field, lost.text) for field, lost in member.superseded] == [("note", "靠门")]
    tied = one_state(happened((4, "b", edit("m1", note="乙")), (4, "a", edit("m1", note="甲"))))
    assert member_of(tied).profile["note"].text == "乙"
    assert cases_in(state) + cases_in(tied) == []


def test_consent_withdrawn_beside_given_is_withdrawn_without_a_case() -> None:
    purpose = ConsentPurpose.MARKETING_SMS
    withdrawn_first, given_first = ((3, 5), (5, 3))
    for withdrawn, given in (withdrawn_first, given_first):
        state = one_state(
            happened(
                (1, "a", enrolment("m1")),
                (withdrawn, "a", ConsentWithdrawn(member_id=MemberId("m1"), purpose=purpose)),
                (given, "b", ConsentGiven(member_id=MemberId("m1"), purpose=purpose)),
            )
        )
        assert not member_of(state).consents[purpose].stands
        assert cases_in(state) == []


def test_a_closure_wins_over_everything_and_ledger_lines_stay_without_a_name() -> None:
    state = one_state(
        happened(
            (1, "a", enrolment("m1", name="李四")),
            (6, "a", MemberClosed(member_id=MemberId("m1"), phone=PHONE)),
            (7, "b", edit("m1", note="靠窗")),
            (5, "b", MemberTagged(member_id=MemberId("m1"), tags=("常客",))),
            (8, "b", sale_of("s1", member="m1", earned=30)),
        )
    )
    member = member_of(state)
    assert (member.phone, member.profile, member.tags) == ("", {}, {})
    assert (member.points, member.visits) == (30, 1)
    assert cases_in(state) == []


def test_a_closed_account_that_is_merged_with_an_open_one_is_a_case() -> None:
    state = one_state(
        happened(
            (1, "a", enrolment("m1")),
            (2, "b", enrolment("m2", phone=OTHER_PHONE)),
            (6, "a", MemberClosed(member_id=MemberId("m1"), phone=PHONE)),
            (5, "b", MembersMerged(member_id=MemberId("m1"), into=MemberId("m2"))),
        )
    )
    kinds = [(case.kind, case.about.id) for case in cases_in(state)]
    assert kinds == [(CaseKind.MERGED_AND_CLOSED, "m1")]


def test_a_member_enrolled_twice_is_one_and_its_ledgers_tags_and_gift_join() -> None:
    """The gift at joining has one claim key, so it is due to the person once at the most."""
    gift = MonthlyCoupon(benefit_id="welcome", template_id="tea", name="入会礼")
    (due,) = due_benefits([gift], day=DAY, birthday="", claimed=())
    handed = [
        BenefitHandedOut(member_id=MemberId(member), key=due.key, name="入会礼")
        for member in ("m1", "m2")
    ]
    state = one_state(
        happened(
            (2, "b", enrolment("m2", name="李四四")),
            (1, "a", enrolment("m1", name="李四")),
            (3, "a", handed[0]),
            (4, "b", handed[1]),
            (5, "a", sale_of("s1", member="m1", earned=10)),
            (6, "b", sale_of("s2", member="m2", earned=20)),
        )
    )
    for member_id in ("m1", "m2"):
        person = person_in(state, member_id)
        assert (person.member.member_id, set(person.ids)) == ("m1", {"m1", "m2"})
        assert person.member.points == 30
        assert person.member.loyalty.handed_out == (due.key,)
    claimed = person_in(state, "m1").member.loyalty.handed_out
    assert due_benefits([gift], day=DAY, birthday="", claimed=claimed) == ()
    (case,) = cases_in(state)
    assert (case.kind, case.severity) == (
        CaseKind.MEMBER_ENROLLED_TWICE,
        Severity.INFORMATION,
    )
    assert [side.store for side in case.sides] == [A, B]


def test_points_earned_anywhere_add_up_without_a_case() -> None:
    state = one_state(
        happened(
            (1, "a", enrolment("m1")),
            (2, "a", sale_of("s1", member="m1", earned=10)),
            (2, "b", sale_of("s2", member="m1", earned=20)),
            (3, "b", sale_of("s3", member="m1", redeemed=5)),
        )
    )
    assert member_of(state).points == 25
    assert cases_in(state) == []


def test_points_spent_beyond_the_balance_are_a_case_until_earning_works_it_off() -> None:
    spent: list[tuple[int, str, Fact]] = [
        (1, "a", enrolment("m1")),
        (2, "a", sale_of("s1", member="m1", earned=100)),
        (3, "a", sale_of("s2", member="m1", redeemed=100)),
        (3, "b", sale_of("s3", member="m1", redeemed=100)),
    ]
    state = one_state(happened(*spent))
    assert member_of(state).points == -100
    (case,) = cases_in(state)
    assert (case.kind, case.points) == (CaseKind.POINTS_OVERSPENT, 100)
    assert [side.store for side in case.sides] == [A, B]
    assert (
        cases_in(one_state(happened(*spent, (9, "a", sale_of("s4", member="m1", earned=100)))))
        == []
    )


def test_a_tier_by_hand_stands_until_its_end_date_whatever_is_computed() -> None:
    ladder = TierTerms(
        tiers=(
            Tier(tier_id=TierId("silver"), name="银", rank=1),
            Tier(
                tier_id=TierId("gold"),
                name="金",
                rank=2,
                thresholds=Thresholds(spend_fen=1_000_000),
            ),
        )
    )
    until = date(2026, 12, 31)
    granted = TierGranted(
        member_id=MemberId("m1"), tier_id=TierId("gold"), until=until, reason="店长推荐"
    )
    state = one_state(
        happened(
            (1, "a", enrolment("m1")),
            (3, "hq", granted),
            (4, "b", sale_of("s1", member="m1", list_fen=1_000)),
        )
    )
    loyalty = member_of(state).loyalty
    for day, tier in ((until, "gold"), (date(2027, 1, 1), "silver")):
        standing = tier_standing(ladder, loyalty.activity, day=day, grant=loyalty.grant)
        assert standing.tier_id == tier
    assert cases_in(state) == []


def test_head_office_s_menu_stands_over_a_store_s_which_is_told_for_information() -> None:
    """Settled in the order of taking in: a store's menu counts until head office has spoken."""
    store_menu, head = (5, "a", menu("store")), (4, "hq", menu("head"))
    key = AggregateKey(AggregateKind.MENU, "brand")
    for order, told in (((store_menu, head), 0), ((head, store_menu), 1)):
        state = folded(happened(*order))
        held = state[key]
        assert isinstance(held, Menu)
        assert held.version == "head"
        kinds = [case.kind for case in cases_of(key, held)]
        assert kinds == [CaseKind.MENU_NOT_APPLIED] * told


@pytest.mark.parametrize(("expected_fen", "losses"), [(1_200, (Loss(A, 200),)), (900, ())])
def test_an_order_beside_the_menu_it_names_stands_and_what_differs_is_told(
    expected_fen: int, losses: tuple[Loss, ...]
) -> None:
    sold = sale_of("s1", list_fen=1_000)
    differs = PriceDifference(what=Differs.TOTAL, said=1_000, expected=expected_fen)
    told = SaleRepriced(
        sale_id=sold.sale.sale_id,
        menu_version="1",
        rules_version="1",
        said_fen=1_000,
        expected_fen=expected_fen,
        differences=(differs,),
    )
    state = one_state(happened((1, "a", sold), (2, "hq", told)))
    order = state[AggregateKey(AggregateKind.ORDER, "s1")]
    assert isinstance(order, Order)
    assert order.sale == sold.sale
    (case,) = cases_in(state)
    assert (case.kind, case.losses) == (CaseKind.SALE_PRICED_DIFFERENTLY, losses)
    assert [side.store for side in case.sides] == [A, ""]
