from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.identifiers import ENTROPY_BYTES, new_identifier

TIMES = st.integers(0, (1 << 48) - 1)
ENTROPY = st.binary(min_size=ENTROPY_BYTES, max_size=ENTROPY_BYTES)


@given(TIMES, ENTROPY)
def test_an_identifier_is_a_uuid_of_version_7_that_holds_its_time(
    unix_ms: int, entropy: bytes
) -> None:
    identifier = UUID(new_identifier(unix_ms, entropy))
    assert identifier.int >> 76 & 0xF == 7
    assert identifier.int >> 62 & 0b11 == 0b10
    assert identifier.int >> 80 == unix_ms


@given(TIMES, TIMES, ENTROPY, ENTROPY)
def test_identifiers_sort_by_time_of_making(
    first_ms: int, second_ms: int, one: bytes, other: bytes
) -> None:
    if first_ms != second_ms:
        first, second = new_identifier(first_ms, one), new_identifier(second_ms, other)
        assert (first < second) == (first_ms < second_ms)


@given(TIMES, st.sets(st.integers(0, (1 << 74) - 1), min_size=2, max_size=2))
def test_74_bits_of_the_entropy_tell_identifiers_apart(unix_ms: int, bits: set[int]) -> None:
    made = {
        new_identifier(
            unix_ms, (value >> 62).to_bytes(2, "big") + (value & (1 << 62) - 1).to_bytes(8, "big")
        )
        for value in bits
    }
    assert len(made) == 2


def test_the_example_of_the_rfc_is_made() -> None:
    # RFC 9562, appendix A.6: rand_a 0xCC3, rand_b 0b01, 0x8C4DC0C0C07398F.
    entropy = bytes.fromhex("0cc3") + (0x18C4DC0C0C07398F).to_bytes(8, "big")
    made = new_identifier(0x017F22E279B0, entropy)
    assert made == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"


@pytest.mark.parametrize(
    ("unix_ms", "entropy"), [(-1, bytes(10)), (1 << 48, bytes(10)), (0, bytes(9)), (0, bytes(11))]
)
def test_a_wrong_time_or_too_little_entropy_is_refused(unix_ms: int, entropy: bytes) -> None:
    with pytest.raises(ValueError, match=str(len(entropy))):
        new_identifier(unix_ms, entropy)
