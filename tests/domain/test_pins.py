"""Which PINs staff may have."""

import pytest

from domain.errors import ErrorCode, TillfoldError
from domain.pins import check_pin


@pytest.mark.parametrize("pin", ["284716", "010203", "901234", "112234"])
def test_six_digits_without_a_pattern_are_a_pin(pin: str) -> None:
    check_pin(pin)


@pytest.mark.parametrize(
    "pin",
    [
        *("", "28471", "2847163", "28471a", "２８４７１６", "28471²"),
        *("111111", "123456", "234567", "654321", "987654"),
        *("123123", "520520", "147258"),
    ],
)
def test_what_anybody_would_guess_is_no_pin(pin: str) -> None:
    with pytest.raises(TillfoldError) as refused:
        check_pin(pin)
    assert refused.value.code is ErrorCode.PIN_TOO_WEAK
