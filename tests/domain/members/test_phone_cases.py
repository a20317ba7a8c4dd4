"""Phone numbers of the mainland, Hong Kong, Macao, Taiwan and elsewhere, from a table of cases."""

import tomllib
from pathlib import Path

import msgspec
import pytest

from domain.errors import ErrorCode, TillfoldError
from domain.phones import mask_phone, national_digits, parse_phone, shown_phone

TABLE = Path(__file__).with_name("phone_cases.toml")


class PhoneCase(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    claim: str
    region: str
    text: str
    phone: str = ""
    masked: str = ""


CASES = msgspec.convert(tomllib.loads(TABLE.read_text("utf-8"))["case"], list[PhoneCase])
READ = [case for case in CASES if case.phone]


@pytest.mark.parametrize("case", READ, ids=lambda case: case.claim)
def test_a_number_is_read_and_masked(case: PhoneCase) -> None:
    phone = parse_phone(case.text, case.region)
    assert phone == case.phone
    assert parse_phone(phone, case.region) == phone
    assert shown_phone(phone, whole=False) == mask_phone(phone) == case.masked
    assert shown_phone(phone, whole=True) == national_digits(phone)


@pytest.mark.parametrize(
    "case", [case for case in CASES if not case.phone], ids=lambda case: case.claim
)
def test_what_is_no_number_is_refused(case: PhoneCase) -> None:
    assert case.claim.startswith("refused: ")
    with pytest.raises(TillfoldError) as caught:
        parse_phone(case.text, case.region)
    assert caught.value.code is ErrorCode.PHONE_MALFORMED


@pytest.mark.parametrize("case", READ, ids=lambda case: case.claim)
def test_a_mask_hides_at_least_four_digits(case: PhoneCase) -> None:
    shown = sum(sign != "*" for sign in case.masked)
    assert len(national_digits(case.phone)) - shown >= 4


def test_each_claim_is_made_once_and_the_four_regions_are_there() -> None:
    assert len({case.claim for case in CASES}) == len(CASES)
    assert {"CN", "HK", "MO", "TW"} <= {case.region for case in CASES}


@pytest.mark.parametrize(
    ("digits", "masked"),
    [
        ("1234567", "*******"),
        ("12345678", "123****8"),
        ("123456789", "123****89"),
        ("1234567890", "123****890"),
        ("12345678901", "123****8901"),
        ("123456789012345", "123****2345"),
        ("", ""),
    ],
)
def test_a_short_number_shows_less_at_its_end(digits: str, masked: str) -> None:
    assert mask_phone(f"+{digits}") == masked
