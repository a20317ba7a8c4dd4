"""Signing in by PIN, and what each role may do."""

from pathlib import Path

import pytest

from domain import rights
from domain.configuration import Staff
from domain.errors import ErrorCode, TillfoldError
from domain.facts import RulesPublished, StaffAppointed
from domain.identifiers import StaffId, StoreId
from domain.rights import DEFAULT_ROLES, Right, Role, rights_of
from domain.rulebook import RuleBook
from pos_client.use_cases.answers import SignedIn
from pos_client.use_cases.sign_in import FREE_ATTEMPTS, WAITS_S, hash_pin
from tests.builders.till import (
    CASHIER,
    CASHIER_PIN,
    IDENTITY,
    MANAGER,
    MANAGER_PIN,
    RICE,
    Till,
    appointed,
    order,
)


def refusal(till: Till, pin: str = "999111") -> TillfoldError:
    with pytest.raises(TillfoldError) as caught:
        till.machinery.counter.sign_in(pin)
    return caught.value


@pytest.fixture
def quick_till(till: Till, monkeypatch: pytest.MonkeyPatch) -> Till:
    """Comparing a PIN is slow on purpose; a wrong one is wrong without it too."""
    monkeypatch.setattr(
        "pos_client.use_cases.sign_in.match_pin",
        lambda pin, staff: staff[0] if pin == MANAGER_PIN else None,
    )
    return till


def lock(till: Till, failures: int) -> None:
    """Wrong PINs, each after the wait for the one before."""
    for _ in range(failures):
        assert refusal(till).code is ErrorCode.PIN_WRONG
        till.clock.advance(WAITS_S[-1] * 1000)


def test_the_right_pin_signs_in_with_the_rights_of_the_role(till: Till) -> None:
    counter = till.machinery.counter
    assert counter.sign_in(MANAGER_PIN) == SignedIn(
        staff_id=MANAGER,
        name="王芳",
        role=rights.STORE_MANAGER,
        rights=rights_of(rights.STORE_MANAGER, DEFAULT_ROLES),
    )
    assert counter.sign_in(CASHIER_PIN).staff_id == CASHIER
    assert Right.IMPORT_DATA not in counter.sign_in(CASHIER_PIN).rights


@pytest.mark.parametrize("pin", ["000000", "", "1", "十三五七九一", "x" * 10_000])
def test_a_wrong_pin_is_refused(till: Till, pin: str) -> None:
    assert refusal(till, pin).code is ErrorCode.PIN_WRONG


def test_staff_of_another_store_cannot_sign_in_here(till: Till) -> None:
    till.write(appointed(StaffId("elsewhere"), rights.STORE_MANAGER, "864209", store="B"))
    assert refusal(till, "864209").code is ErrorCode.PIN_WRONG


def test_staff_whose_hash_is_no_hash_does_not_stop_the_others(till: Till) -> None:
    for number, text in enumerate(["", "nonsense", "$argon2id$v=19$m=65536,t=3,p=4$AAAA$BBBB"]):
        staff = Staff(staff_id=StaffId(f"a{number}"), name="坏", role=rights.CASHIER, pin_hash=text)
        till.write(StaffAppointed(store=StoreId("A"), staff=staff))
    assert till.machinery.counter.sign_in(CASHIER_PIN).staff_id == CASHIER


def test_the_wait_after_wrong_pins_grows(quick_till: Till) -> None:
    till = quick_till
    lock(till, FREE_ATTEMPTS - 1)
    for wait_s in [*WAITS_S, WAITS_S[-1]]:
        assert refusal(till).code is ErrorCode.PIN_WRONG
        locked = refusal(till, MANAGER_PIN)
        assert (locked.code, locked.values) == (ErrorCode.PIN_LOCKED, {"seconds": wait_s})
        till.clock.advance(wait_s * 1000 - 1)
        assert refusal(till, MANAGER_PIN).values == {"seconds": 1}
        till.clock.advance(1)


def test_a_right_pin_forgets_the_wrong_ones(quick_till: Till) -> None:
    till = quick_till
    lock(till, FREE_ATTEMPTS - 1)
    till.machinery.counter.sign_in(MANAGER_PIN)
    lock(till, FREE_ATTEMPTS - 1)
    till.machinery.counter.sign_in(MANAGER_PIN)


def test_a_restart_does_not_shorten_the_wait(quick_till: Till) -> None:
    till = quick_till
    lock(till, FREE_ATTEMPTS - 1)
    assert refusal(till).code is ErrorCode.PIN_WRONG
    till.restart()
    assert refusal(till, MANAGER_PIN).values == {"seconds": WAITS_S[0]}
    till.clock.advance(WAITS_S[0] * 1000)
    assert refusal(till).code is ErrorCode.PIN_WRONG
    assert refusal(till).values == {"seconds": WAITS_S[1]}


@pytest.mark.parametrize("back_ms", [1_000, 3_600_000, 365 * 86_400_000])
def test_setting_the_clock_back_gains_nothing_and_locks_nobody_out(
    quick_till: Till, back_ms: int
) -> None:
    till = quick_till
    lock(till, FREE_ATTEMPTS - 1)
    assert refusal(till).code is ErrorCode.PIN_WRONG
    till.clock.set_wall(till.clock.wall_ms - back_ms)
    assert refusal(till, MANAGER_PIN).values == {"seconds": WAITS_S[0]}
    till.restart()
    assert refusal(till, MANAGER_PIN).code is ErrorCode.PIN_LOCKED
    till.clock.advance(WAITS_S[0] * 1000)
    till.machinery.counter.sign_in(MANAGER_PIN)


@pytest.mark.parametrize(
    "pin",
    ["", "12345", "1234567", "111111", "123456", "654321", "012345", "１３５７９１", "abcdef"],
)
def test_a_pin_that_is_easily_guessed_is_refused(pin: str) -> None:
    with pytest.raises(TillfoldError) as caught:
        hash_pin(pin)
    assert caught.value.code is ErrorCode.PIN_TOO_WEAK


def test_two_hashes_of_one_pin_differ_and_tell_nothing(till: Till) -> None:
    first, second = hash_pin("135791"), hash_pin("135791")
    assert first != second
    assert "135791" not in first
    assert first.startswith("$argon2id$")


def test_a_shop_of_its_own_begins_with_its_manager(tmp_path: Path) -> None:
    till = Till(tmp_path)
    try:
        assert till.machinery.is_new()
        for name, pin, code in [
            ("", "135791", ErrorCode.NAME_MISSING),
            ("  ", "135791", ErrorCode.NAME_MISSING),
            ("王芳", "111111", ErrorCode.PIN_TOO_WEAK),
            ("王" * 121, "135791", ErrorCode.NAME_TOO_LONG),
        ]:
            with pytest.raises(TillfoldError) as caught:
                till.machinery.counter.appoint_first_manager(name, pin)
            assert caught.value.code is code
            assert till.machinery.is_new()
        signed_in = till.machinery.counter.appoint_first_manager(" 王芳 ", "135791")
        assert (signed_in.name, signed_in.role) == ("王芳", rights.STORE_MANAGER)
        till.restart()
        assert till.machinery.counter.sign_in("135791") == signed_in
        home = till.machinery.counter.home()
        assert (home.standalone, home.staffed, home.label) == (True, True, "A1")
        with pytest.raises(TillfoldError) as caught:
            till.machinery.counter.appoint_first_manager("李雷", "246802")
        assert caught.value.code is ErrorCode.TILL_HAS_OWN_BOOKS
    finally:
        till.close()


def test_whoever_is_not_staff_may_do_nothing(till: Till) -> None:
    for actor in (StaffId(""), StaffId("nobody")):
        with pytest.raises(TillfoldError) as caught:
            till.machinery.counter.close_sale(actor, order(RICE, total_fen=300))
        assert caught.value.code is ErrorCode.RIGHT_MISSING
    assert till.machinery.counter.home().store_name == IDENTITY.store_name


def test_rights_follow_the_roles_that_head_office_has_published(till: Till) -> None:
    trainee = Role(
        role_id=rights.CASHIER, name="实习", rights=frozenset({Right.SELL, Right.MANAGE_STAFF})
    )
    till.write(RulesPublished(version="2", book=RuleBook(roles=(trainee,))))
    counter = till.machinery.counter
    assert counter.sign_in(CASHIER_PIN).rights == {Right.SELL, Right.MANAGE_STAFF}
    assert counter.sign_in(MANAGER_PIN).rights == frozenset()
    with pytest.raises(TillfoldError) as caught:
        counter.enrol_member(CASHIER, phone="13800138000", name="李雷", birthday="")
    assert caught.value.code is ErrorCode.RIGHT_MISSING
