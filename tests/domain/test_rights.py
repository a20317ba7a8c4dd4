"""Who may do what alone, what needs an approver, and which roles are refused."""

from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import ErrorCode, TillfoldError
from domain.identifiers import RoleId, StaffId
from domain.money import LARGEST_AMOUNT_FEN
from domain.rights import (
    AREA_MANAGER,
    CASHIER,
    DEFAULT_ROLES,
    FINANCE,
    LIMITED,
    MOST_ROLES,
    NO_LIMITS,
    SHIFT_LEADER,
    STORE_MANAGER,
    Action,
    Authorised,
    Person,
    Right,
    Role,
    RoleFlaw,
    RoleFlawKind,
    RoleLimits,
    authorise,
    rights_of,
    role_flaws,
    role_of,
)
from domain.texts.rights import RIGHT_TEXTS, ROLE_FLAW_TEXTS
from domain.wording import Language, Wording
from tests.architecture.tree import rows_by_code, section

JUNIOR = Role(
    role_id=RoleId("junior"),
    name="junior",
    rights=frozenset(LIMITED),
    limits=RoleLimits(
        discount_basis_points=1_000,
        discount_fen=2_000,
        refund_fen=3_000,
        comp_fen=4_000,
        points=500,
        top_up_fen=6_000,
        stored_value_fen=7_000,
    ),
)
SENIOR = msgspec.structs.replace(
    JUNIOR,
    role_id=RoleId("senior"),
    limits=RoleLimits(
        discount_basis_points=2_000,
        discount_fen=20_000,
        refund_fen=30_000,
        comp_fen=40_000,
        points=5_000,
        top_up_fen=60_000,
        stored_value_fen=70_000,
    ),
)
CHIEF = Role(role_id=RoleId("chief"), name="chief", rights=frozenset(Right), limits=NO_LIMITS)
NOBODY = Role(role_id=RoleId("nobody"), name="nobody")
ROLES = (JUNIOR, SENIOR, CHIEF, NOBODY)


def person(role: str, name: str = "") -> Person:
    return Person(staff_id=StaffId(name or role), role_id=RoleId(role))


def outcome(action: Action, actor: str, approver: Person | None = None) -> Authorised | ErrorCode:
    try:
        return authorise(action, person(actor), approver, ROLES)
    except TillfoldError as error:
        return error.code


ALONE = Authorised(actor=StaffId("junior"))
AT_THE_LIMIT = [
    (Right.GIVE_DISCOUNT, {"amount_fen": 2_000, "basis_points": 1_000}),
    (Right.PRICE_BY_HAND, {"amount_fen": 2_000, "basis_points": 1_000}),
    (Right.WAIVE_FEE, {"amount_fen": 2_000}),
    (Right.REFUND, {"amount_fen": 3_000}),
    (Right.REFUND_BALANCE, {"amount_fen": 3_000}),
    (Right.COMP, {"amount_fen": 4_000}),
    (Right.VOID_SENT_LINE, {"amount_fen": 4_000}),
    (Right.ADJUST_POINTS, {"points": 500}),
    (Right.ADJUST_POINTS, {"points": -500}),
    (Right.TOP_UP, {"amount_fen": 6_000}),
    (Right.SELL_GIFT_CARD, {"amount_fen": 6_000}),
    (Right.ADJUST_STORED_VALUE, {"amount_fen": 7_000}),
    (Right.ADJUST_STORED_VALUE, {"amount_fen": -7_000}),
]


@pytest.mark.parametrize(("right", "worth"), AT_THE_LIMIT)
def test_an_action_exactly_at_the_limit_needs_no_approver_and_one_more_does(
    right: Right, worth: dict[str, int]
) -> None:
    assert outcome(Action(right=right, **worth), "junior") == ALONE
    for name, figure in worth.items():
        more = worth | {name: figure + (1 if figure > 0 else -1)}
        beyond = Action(right=right, **more)
        assert outcome(beyond, "junior") is ErrorCode.LIMIT_EXCEEDED
        assert outcome(beyond, "junior", person("senior")) == Authorised(
            actor=StaffId("junior"), approver=StaffId("senior")
        )
        assert outcome(beyond, "chief") == Authorised(actor=StaffId("chief"))


def test_every_limited_right_is_pinned_here() -> None:
    assert {right for right, _ in AT_THE_LIMIT} == set(LIMITED)
    named = {name for names in LIMITED.values() for name in names}
    assert named == set(RoleLimits.__struct_fields__)


def test_other_figures_than_the_measured_ones_do_not_count() -> None:
    huge = Action(right=Right.REFUND, amount_fen=3_000, basis_points=10_000, points=1 << 40)
    assert outcome(huge, "junior") == ALONE


def test_a_missing_right_needs_an_approver_who_holds_it() -> None:
    action = Action(right=Right.OPEN_DRAWER)
    assert outcome(action, "junior") is ErrorCode.RIGHT_MISSING
    assert outcome(action, "junior", person("senior")) is ErrorCode.APPROVER_RIGHT_MISSING
    assert outcome(action, "nobody", person("chief")) == Authorised(
        actor=StaffId("nobody"), approver=StaffId("chief")
    )


def test_an_approver_is_held_to_the_limits_of_the_own_role() -> None:
    action = Action(right=Right.REFUND, amount_fen=30_001)
    assert outcome(action, "junior", person("senior")) is ErrorCode.APPROVER_LIMIT_EXCEEDED
    assert outcome(action, "nobody", person("senior")) is ErrorCode.APPROVER_LIMIT_EXCEEDED


def test_nobody_approves_their_own_action() -> None:
    """Not even somebody who holds two roles."""
    action = Action(right=Right.REFUND, amount_fen=3_001)
    twice = person("chief", name="junior")
    assert outcome(action, "junior", twice) is ErrorCode.APPROVER_SAME_PERSON


def test_an_approver_who_was_not_needed_is_not_written_down() -> None:
    action = Action(right=Right.REFUND, amount_fen=3_000)
    for approver in (person("chief"), person("nobody"), person("junior")):
        assert outcome(action, "junior", approver) == ALONE


def test_a_role_that_nobody_published_gives_no_rights() -> None:
    assert rights_of(RoleId("ghost"), ROLES) == frozenset()
    assert role_of(RoleId("ghost"), ROLES).limits == RoleLimits()
    assert outcome(Action(right=Right.SELL), "ghost") is ErrorCode.RIGHT_MISSING
    refused = outcome(Action(right=Right.REFUND), "nobody", person("ghost"))
    assert refused is ErrorCode.APPROVER_RIGHT_MISSING


actions = st.builds(
    Action,
    right=st.sampled_from(Right),
    amount_fen=st.integers(-100_000, 100_000),
    basis_points=st.integers(0, 10_000),
    points=st.integers(-10_000, 10_000),
)
people = st.builds(
    person,
    st.sampled_from(["junior", "senior", "chief", "nobody", "ghost"]),
    name=st.sampled_from(["a", "b"]),
)


@given(actions, people, st.none() | people)
def test_an_approval_never_comes_from_the_actor_nor_from_who_could_not_act_alone(
    action: Action, actor: Person, approver: Person | None
) -> None:
    try:
        authorised = authorise(action, actor, approver, ROLES)
    except TillfoldError:
        return
    assert authorised.actor == actor.staff_id
    responsible = actor
    if authorised.approver is not None:
        assert approver is not None
        assert authorised.approver == approver.staff_id != actor.staff_id
        responsible = approver
    assert authorise(action, responsible, None, ROLES).approver is None


def test_the_first_roles_are_in_order_and_rise() -> None:
    assert role_flaws(DEFAULT_ROLES) == ()
    ids = [role.role_id for role in DEFAULT_ROLES]
    assert ids == [CASHIER, SHIFT_LEADER, STORE_MANAGER, AREA_MANAGER, FINANCE]
    line = [rights_of(role_id, DEFAULT_ROLES) for role_id in ids[:4]]
    assert all(lower < higher for lower, higher in pairwise(line))


def test_at_the_counter_phones_stay_masked_by_default() -> None:
    shown = {role.role_id for role in DEFAULT_ROLES if Right.SEE_FULL_PHONE in role.rights}
    assert shown == {AREA_MANAGER}


def test_what_the_first_release_allowed_is_still_allowed() -> None:
    assert {Right.SELL, Right.ENROL_MEMBER} <= rights_of(RoleId("cashier"), DEFAULT_ROLES)
    assert Right.IMPORT_DATA not in rights_of(RoleId("cashier"), DEFAULT_ROLES)
    manager = rights_of(RoleId("store_manager"), DEFAULT_ROLES)
    assert {Right.SELL, Right.ENROL_MEMBER, Right.IMPORT_DATA} <= manager


def flaws(*roles: Role) -> list[tuple[RoleFlawKind, str]]:
    return [(flaw.kind, flaw.role_id) for flaw in role_flaws((*roles, CHIEF))]


def limited(**limits: int | None) -> Role:
    return Role(role_id=RoleId("r"), name="r", limits=RoleLimits(**limits))


def test_each_flaw_of_a_role_is_told_with_its_role() -> None:
    named = Role(role_id=RoleId("r"), name="r")
    assert flaws(named) == []
    assert flaws(named, named) == [(RoleFlawKind.DUPLICATE_ID, "r")]
    assert flaws(Role(role_id=RoleId(" "), name="r")) == [(RoleFlawKind.ID_MISSING, " ")]
    assert flaws(Role(role_id=RoleId("r"), name=" ")) == [(RoleFlawKind.NAME_MISSING, "r")]


@pytest.mark.parametrize("name", RoleLimits.__struct_fields__)
def test_a_limit_outside_its_range_is_a_flaw(name: str) -> None:
    most = 10_000 if name == "discount_basis_points" else LARGEST_AMOUNT_FEN
    for fits in (0, most, None):
        assert flaws(limited(**{name: fits})) == []
    for wrong in (-1, most + 1):
        assert flaws(limited(**{name: wrong})) == [(RoleFlawKind.LIMIT_OUT_OF_RANGE, "r")]


def test_somebody_must_be_left_who_manages_staff() -> None:
    assert role_flaws(()) == (RoleFlaw(kind=RoleFlawKind.NOBODY_MANAGES_STAFF),)
    assert role_flaws((NOBODY,)) == (RoleFlaw(kind=RoleFlawKind.NOBODY_MANAGES_STAFF),)
    manages = Role(role_id=RoleId("m"), name="m", rights=frozenset({Right.MANAGE_STAFF}))
    assert role_flaws((NOBODY, manages)) == ()


def test_there_is_a_most_for_roles() -> None:
    many = tuple(Role(role_id=RoleId(f"r{n}"), name="r") for n in range(MOST_ROLES))
    assert flaws(*many[1:]) == []
    assert flaws(*many) == [(RoleFlawKind.TOO_MANY, "")]


def test_a_right_of_a_later_release_is_passed_over_by_a_till_and_refused_when_published() -> None:
    later = msgspec.json.decode(
        b'{"role_id":"r","name":"r","colour":"red","rights":["fly","sell"]}', type=Role
    )
    assert rights_of(RoleId("r"), (later,)) == {Right.SELL}
    assert flaws(later) == [(RoleFlawKind.RIGHT_UNKNOWN, "r")]


def test_roles_read_back_as_they_were_written_and_nothing_out_of_range() -> None:
    body = msgspec.json.encode(DEFAULT_ROLES)
    assert msgspec.json.decode(body, type=tuple[Role, ...]) == DEFAULT_ROLES
    for wrong in (
        b'[{"role_id":"r","name":"r","limits":{"refund_fen":-1}}]',
        b'[{"role_id":"","name":"r"}]',
    ):
        with pytest.raises(msgspec.ValidationError):
            msgspec.json.decode(wrong, type=tuple[Role, ...])


def test_every_right_and_flaw_has_a_text_in_both_languages() -> None:
    assert set(RIGHT_TEXTS) == set(Right)
    assert set(ROLE_FLAW_TEXTS) == set(RoleFlawKind)
    assert Wording(Language.CHINESE, {}).text("right.sell") == "收银"
    assert Wording(Language.ENGLISH, {}).text("role_flaw.too_many_roles").startswith("There are")
    for chinese, english in (*RIGHT_TEXTS.values(), *ROLE_FLAW_TEXTS.values()):
        assert english.isascii()
        assert any("\u4e00" <= sign <= "\u9fff" for sign in chinese)


def test_the_document_has_every_right_limit_role_and_flaw() -> None:
    rights = rows_by_code(section("docs/rights.md", "## Rights"))
    shown = {code: row[1:] for code, row in rights.items()}
    assert shown == {
        str(right): [
            "<br>".join(pair),
            ", ".join(f"`{name}`" for name in LIMITED.get(right, ())) or "no limit",
        ]
        for right, pair in RIGHT_TEXTS.items()
    }
    limits = rows_by_code(section("docs/rights.md", "## Limits"))
    assert set(limits) == set(RoleLimits.__struct_fields__)
    flaw_rows = rows_by_code(section("docs/rights.md", "## Flaws"))
    assert {code: row[1] for code, row in flaw_rows.items()} == {
        str(kind): "<br>".join(pair) for kind, pair in ROLE_FLAW_TEXTS.items()
    }


def test_the_document_shows_the_first_roles_as_they_are() -> None:
    roles = rows_by_code(section("docs/rights.md", "## The first roles"))
    for right in Right:
        yes_or_no = ["yes" if right in role.rights else "no" for role in DEFAULT_ROLES]
        assert roles[right][1:] == yes_or_no, right
    for name in RoleLimits.__struct_fields__:
        figures = [getattr(role.limits, name) for role in DEFAULT_ROLES]
        assert roles[name][1:] == ["no limit" if f is None else f"{f:,}" for f in figures], name
