import msgspec
import pytest

from domain.configuration import PointsRule, Staff
from domain.facts import Fact, RulesPublished, StaffAppointed
from domain.fold import touched
from domain.fold.aggregates import (
    AggregateKey,
    AggregateKind,
    Member,
    Order,
    Rules,
    StaffMember,
    decode_aggregate,
    encode_aggregate,
    scope_of,
)
from domain.identifiers import HEAD_OFFICE, StaffId, StoreId, TerminalId
from domain.members.profile import ProfileField
from domain.origins import Origin
from domain.rights import CASHIER
from domain.rulebook import RuleBook
from domain.stamps import Stamp
from tests.domain.builders import (
    coupon_issued,
    edit,
    enrolment,
    entry_of,
    folded,
    menu,
    sale_of,
)

STAFF = Staff(staff_id=StaffId("s1"), name="王芳", role=CASHIER, pin_hash="$argon2id$x")
APPOINTED = StaffAppointed(store=StoreId("store-2"), staff=STAFF)
RULES = RulesPublished(version="7", book=RuleBook(points=PointsRule(step=50)))


@pytest.mark.parametrize(
    ("fact", "keys"),
    [
        (enrolment("m1"), {"member:m1", "phone:+8613800138000"}),
        (edit("m1", name="x"), {"member:m1"}),
        (sale_of("s1"), {"order:s1"}),
        (sale_of("s1", member="m1", coupon="c1"), {"order:s1", "member:m1", "coupon:c1"}),
        (coupon_issued("c1"), {"coupon:c1"}),
        (menu("1"), {"menu:brand"}),
        (RULES, {"rules:brand"}),
        (APPOINTED, {"staff:s1"}),
    ],
)
def test_a_fact_names_the_aggregates_that_it_changes(fact: Fact, keys: set[str]) -> None:
    assert {f"{key.kind}:{key.id}" for key in touched(fact)} == keys
    for key, aggregate in folded([(entry_of(fact), fact)]).items():
        assert decode_aggregate(key.kind, encode_aggregate(aggregate)) == aggregate


def test_the_rules_published_last_replace_the_ones_before() -> None:
    first = RulesPublished(version="6")
    state = folded((entry_of(fact, terminal=HEAD_OFFICE), fact) for fact in (first, RULES))
    expected = Rules(version="7", book=RULES.book)
    assert state == {AggregateKey(AggregateKind.RULES, "brand"): expected}


def test_orders_and_staff_belong_to_one_store_and_the_rest_to_the_brand() -> None:
    sale, enrolled = sale_of("s1"), enrolment("m1")
    state = folded((entry_of(fact, store="store-1"), fact) for fact in (sale, APPOINTED, enrolled))
    scopes = {type(aggregate): scope_of(aggregate) for aggregate in state.values()}
    assert scopes.pop(Order) == "store-1"
    assert scopes.pop(StaffMember) == "store-2"
    assert set(scopes.values()) == {None}


def test_an_order_taken_in_again_stays_as_it_was() -> None:
    first, second = sale_of("s1", list_fen=100), sale_of("s1", list_fen=200)
    (order,) = folded((entry_of(fact), fact) for fact in (first, second)).values()
    assert isinstance(order, Order)
    assert order.sale is not None
    assert order.sale.total_fen == 100


def test_origins_sort_by_stamp_and_then_by_terminal() -> None:
    origins = [
        Origin(Stamp(stamp), TerminalId(terminal), StoreId(store), 1, 1)
        for stamp, terminal, store in ((1, "b", "x"), (1, "a", "y"), (0, "c", "z"), (2, "a", "w"))
    ]
    assert [(o.stamp, o.terminal) for o in sorted(origins)] == [
        (0, "c"),
        (1, "a"),
        (1, "b"),
        (2, "a"),
    ]


def test_a_field_of_a_later_release_is_passed_over() -> None:
    (member, _) = folded([(entry_of(enrolment("m1")), enrolment("m1"))]).values()
    assert isinstance(member, Member)
    assert (member.field(ProfileField.NAME), member.field(ProfileField.NOTE)) == ("李四", "")
    fields = msgspec.msgpack.decode(encode_aggregate(member))
    body = msgspec.msgpack.encode({**fields, "later": 1})
    assert decode_aggregate(AggregateKind.MEMBER, body) == member
