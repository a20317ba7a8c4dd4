"""docs/members.md says what the code does."""

from typing import get_args

from domain.facts import KINDS
from domain.fold.members import MERGED_KEPT
from domain.fold.people import MOST_STEPS
from domain.members.facts import MemberFact
from domain.members.profile import ProfileField
from domain.phones import mask_phone, parse_phone
from domain.texts.members import CONSENT_TEXTS, FIELD_TEXTS
from tests.architecture.tree import codes_in, rows, rows_by_code, section

PAGE = "docs/members.md"
REGIONS = {"CN", "HK", "MO", "TW"}


def test_every_fact_about_a_member_is_named() -> None:
    named = {code for row in rows(section(PAGE, "## Facts")) for code in codes_in(row[0])}
    assert named == {KINDS[fact][0] for fact in get_args(MemberFact)}


def test_every_field_and_purpose_has_a_row_with_its_texts() -> None:
    fields = rows_by_code(section(PAGE, "## Profile"))
    assert {*fields} - {"custom.…"} == set(ProfileField)
    assert all(fields[field][1] == "<br>".join(pair) for field, pair in FIELD_TEXTS.items())
    purposes = rows_by_code(section(PAGE, "## Consent"))
    shown = {code: row[1] for code, row in purposes.items()}
    assert shown == {code: "<br>".join(pair) for code, pair in CONSENT_TEXTS.items()}


def test_the_phones_of_the_page_are_read_and_masked_as_it_says() -> None:
    table = rows(section(PAGE, "## Phones"))[1:]
    seen = set()
    for place, said, phone, masked in table:
        region = next((code for code in REGIONS if f"({code})" in place), "CN")
        seen.add(region)
        assert parse_phone(said, region) == phone
        assert mask_phone(phone) == masked
    assert seen == REGIONS


def test_the_limits_of_the_page_are_those_of_the_code() -> None:
    assert (MOST_STEPS, MERGED_KEPT) == (8, 50)
