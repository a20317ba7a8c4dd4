"""What people type into a member's fields and tags."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import ErrorCode, TillfoldError
from domain.facts import decode_fact, encode_fact
from domain.fold.aggregates import AggregateKey, AggregateKind, Member
from domain.identifiers import MemberId
from domain.members.facts import MemberEdited, MemberTagged, MemberUntagged
from domain.members.profile import (
    LONGEST_FIELD,
    MOST_CUSTOM_FIELDS,
    Gender,
    ProfileField,
    checked_changes,
)
from domain.members.tags import LONGEST_TAG, MOST_TAGS, checked_tags, standing_tags
from domain.texts.members import FIELD_TEXTS, GENDER_TEXTS
from domain.wording import Language, Wording
from tests.domain.builders import folded
from tests.domain.members.journals import ONE, steps

TODAY = date(2026, 11, 22)
STORES = {"A", "B"}


def checked(held: dict[str, str], **changes: str) -> dict[str, str]:
    named = {name.replace("__", "."): text for name, text in changes.items()}
    return checked_changes(named, today=TODAY, stores=STORES, held=held)


def refusal(held: dict[str, str], **changes: str) -> ErrorCode:
    with pytest.raises(TillfoldError) as caught:
        checked(held, **changes)
    return caught.value.code


@pytest.mark.parametrize(
    ("field", "typed", "value"),
    [
        ("name", " 李　四 ", "李四"),
        ("birthday", "1990年5月20日", "1990-05-20"),
        ("birthday", "2026-11-22", "2026-11-22"),
        ("note", "  靠窗 \n 坐 ", "靠窗 坐"),
        ("gender", "female", "female"),
        ("email", " Wang.Fang+tillfold@Example.COM ", "wang.fang+tillfold@example.com"),
        ("email", "a@b.cn", "a@b.cn"),
        ("address", "人民路１号", "人民路1号"),
        ("preferences", "不吃香菜", "不吃香菜"),
        ("usual_store", "A", "A"),
        ("custom__seat", "二楼", "二楼"),
        ("note", "x" * LONGEST_FIELD, "x" * LONGEST_FIELD),
    ],
)
def test_a_field_is_cleaned_and_read(field: str, typed: str, value: str) -> None:
    assert checked({}, **{field: typed}) == {field.replace("__", "."): value}


@pytest.mark.parametrize(
    ("field", "typed", "code"),
    [
        ("name", " ", ErrorCode.NAME_MISSING),
        ("name", "长" * 121, ErrorCode.NAME_TOO_LONG),
        ("birthday", "20.5.1990", ErrorCode.BIRTHDAY_MALFORMED),
        ("birthday", "2026-11-23", ErrorCode.BIRTHDAY_MALFORMED),
        ("gender", "Female", ErrorCode.GENDER_UNKNOWN),
        ("email", "a@b", ErrorCode.EMAIL_MALFORMED),
        ("email", "a b@c.cn", ErrorCode.EMAIL_MALFORMED),
        ("email", "a@b.cn,d@e.cn", ErrorCode.EMAIL_MALFORMED),
        ("email", "@b.cn", ErrorCode.EMAIL_MALFORMED),
        ("email", "a@-b.cn", ErrorCode.EMAIL_MALFORMED),
        ("usual_store", "C", ErrorCode.STORE_UNKNOWN),
        ("phone", "+8613800138000", ErrorCode.FIELD_UNKNOWN),
        ("custom__", "x", ErrorCode.FIELD_UNKNOWN),
        ("custom__Seat", "x", ErrorCode.FIELD_UNKNOWN),
        ("custom__" + "x" * 33, "x", ErrorCode.FIELD_UNKNOWN),
        ("seat", "x", ErrorCode.FIELD_UNKNOWN),
        ("note", "x" * (LONGEST_FIELD + 1), ErrorCode.FIELD_TOO_LONG),
        ("custom__seat", "x" * (LONGEST_FIELD + 1), ErrorCode.FIELD_TOO_LONG),
    ],
)
def test_what_does_not_fit_a_field_is_refused(field: str, typed: str, code: ErrorCode) -> None:
    assert refusal({}, **{field: typed}) is code


@pytest.mark.parametrize("field", [f for f in ProfileField if f is not ProfileField.NAME])
def test_every_field_but_the_name_can_be_cleared(field: ProfileField) -> None:
    assert checked({field: "held"}, **{field: " "}) == {field: ""}


def test_what_stays_as_it_is_is_left_out() -> None:
    held = {"name": "李四", "note": "靠窗"}
    assert checked(held, name="李 四", note="靠窗", email="") == {}
    assert checked(held, name="李四", note="靠门") == {"note": "靠门"}


def test_a_member_has_so_many_fields_of_the_brand() -> None:
    held = {f"custom.f{n}": "x" for n in range(MOST_CUSTOM_FIELDS - 1)} | {"custom.old": ""}
    assert checked(held, custom__new="y") == {"custom.new": "y"}
    full = held | {"custom.new": "y"}
    assert refusal(full, custom__more="z") is ErrorCode.TOO_MANY_FIELDS
    assert checked(full, custom__more="z", custom__f0="") == {"custom.more": "z", "custom.f0": ""}
    assert checked(full, note="z") == {"note": "z"}


@given(
    st.dictionaries(
        st.sampled_from([*ProfileField, "custom.seat"]), st.text(max_size=230), max_size=4
    )
)
def test_whatever_is_typed_is_refused_with_a_code_or_fits_the_journal(
    typed: dict[str, str],
) -> None:
    try:
        changes = checked_changes(typed, today=TODAY, stores=STORES, held={})
    except TillfoldError:
        return
    if changes:
        fact = MemberEdited(member_id=MemberId("m1"), changes=changes)
        assert decode_fact(*encode_fact(fact)) == fact


def tags(*typed: str, held: frozenset[str] = frozenset()) -> tuple[str, ...]:
    return checked_tags(typed, held=held)


def tag_refusal(*typed: str, held: frozenset[str] = frozenset()) -> ErrorCode:
    with pytest.raises(TillfoldError) as caught:
        checked_tags(typed, held=held)
    return caught.value.code


def test_tags_are_cleaned_and_each_is_there_once() -> None:
    assert tags(" 素食 ", "贵宾", "素食", "ＶＩＰ") == ("素食", "贵宾", "VIP")
    assert tags("x" * LONGEST_TAG) == ("x" * LONGEST_TAG,)
    assert tag_refusal(" ") is ErrorCode.TAG_MALFORMED
    assert tag_refusal("好", "x" * (LONGEST_TAG + 1)) is ErrorCode.TAG_MALFORMED


def test_a_member_has_so_many_tags() -> None:
    held = frozenset(f"t{n}" for n in range(MOST_TAGS - 1))
    assert tags("new", held=held) == ("new",)
    assert tags("t0", "new", held=held) == ("t0", "new")
    assert tag_refusal("new", "more", held=held) is ErrorCode.TOO_MANY_TAGS


def test_of_tagging_and_untagging_the_later_stamp_stands_and_the_terminal_breaks_a_tie() -> None:
    made = steps(
        (1, MemberTagged(member_id=ONE, tags=("素食", "靠窗"))),
        (3, MemberUntagged(member_id=ONE, tags=("素食",))),
        (2, MemberTagged(member_id=ONE, tags=("素食", "贵宾"))),
    )
    for order in (made, made[::-1]):
        member = folded(order)[AggregateKey(AggregateKind.MEMBER, ONE)]
        assert isinstance(member, Member)
        assert standing_tags(member.tags) == {"靠窗", "贵宾"}


def test_every_field_and_gender_has_a_text_in_both_languages() -> None:
    assert set(FIELD_TEXTS) == set(ProfileField)
    assert set(GENDER_TEXTS) == set(Gender)
    assert Wording(Language.ENGLISH, {}).text("field.usual_store") == "Usual store"
    assert Wording(Language.CHINESE, {}).text("gender.other") == "其他"
