from typing import get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import ErrorCode, TillfoldError
from domain.facts import (
    KINDS,
    Fact,
    decode_fact,
    encode_fact,
)
from tests.domain.builders import edit, enrolment, sale_of
from tests.domain.samples import SAMPLES


def by_kind(fact: Fact) -> str:
    return KINDS[type(fact)][0]


def refusal(kind: str, schema: int, body: bytes) -> ErrorCode:
    with pytest.raises(TillfoldError) as caught:
        decode_fact(kind, schema, body)
    return caught.value.code


def test_every_kind_has_a_name_and_a_sample_here() -> None:
    assert set(KINDS) == set(get_args(Fact)) == {type(fact) for fact in SAMPLES}
    assert len({name for name, _ in KINDS.values()}) == len(KINDS)


@pytest.mark.parametrize("fact", SAMPLES, ids=by_kind)
def test_a_fact_reads_back_as_it_was_written(fact: Fact) -> None:
    assert decode_fact(*encode_fact(fact)) == fact


@pytest.mark.parametrize("fact", SAMPLES, ids=by_kind)
def test_a_field_of_a_later_release_is_passed_over(fact: Fact) -> None:
    kind, schema, body = encode_fact(fact)
    fields = {"later": {"deep": [1, 2]}, **msgspec.msgpack.decode(body), "last": b"\0"}
    assert decode_fact(kind, schema, msgspec.msgpack.encode(fields)) == fact


@pytest.mark.parametrize("fact", SAMPLES, ids=by_kind)
def test_a_body_cut_short_is_malformed(fact: Fact) -> None:
    kind, schema, body = encode_fact(fact)
    for length in range(len(body)):
        assert refusal(kind, schema, body[:length]) is ErrorCode.FACT_MALFORMED


@pytest.mark.parametrize("fact", SAMPLES, ids=by_kind)
@given(body=st.binary(max_size=200))
def test_any_bytes_are_a_fact_or_malformed(fact: Fact, body: bytes) -> None:
    kind, schema, _ = encode_fact(fact)
    try:
        decode_fact(kind, schema, body)
    except TillfoldError as error:
        assert error.code is ErrorCode.FACT_MALFORMED  # noqa: PT017 - either outcome is right


@pytest.mark.parametrize("fact", SAMPLES, ids=by_kind)
def test_a_body_nested_without_end_is_malformed(fact: Fact) -> None:
    kind, schema, _ = encode_fact(fact)
    body = b"\x81\xa1x" + b"\x91" * 100_000 + b"\0"
    assert refusal(kind, schema, body) is ErrorCode.FACT_MALFORMED


@pytest.mark.parametrize(("kind", "schema"), [("member_enrolled", 2), ("gift_sent", 1), ("", 1)])
def test_a_kind_or_schema_of_a_later_release_is_unknown(kind: str, schema: int) -> None:
    assert refusal(kind, schema, b"\x80") is ErrorCode.FACT_UNKNOWN


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("list_fen", 1_001),
        ("total_fen", 999),
        ("tenders", []),
        ("lines", []),
        ("total_fen", -1),
        ("points_earned", -1),
        ("shares", [{"line": 2, "rule_id": "r", "stage": "S5", "base_fen": 0, "saving_fen": 0}]),
    ],
)
def test_a_sale_that_does_not_add_up_is_malformed(field: str, value: object) -> None:
    kind, schema, body = encode_fact(sale_of("s1"))
    fields = msgspec.msgpack.decode(body)
    fields["sale"][field] = value
    assert refusal(kind, schema, msgspec.msgpack.encode(fields)) is ErrorCode.FACT_MALFORMED


@pytest.mark.parametrize(
    ("field", "value"),
    [("list_fen", 999), ("net_fen", 900), ("quantity", 2), ("quantity", 0), ("number", 0)],
)
def test_a_sale_whose_line_does_not_add_up_is_malformed(field: str, value: int) -> None:
    kind, schema, body = encode_fact(sale_of("s1"))
    fields = msgspec.msgpack.decode(body)
    fields["sale"]["lines"][0][field] = value
    assert refusal(kind, schema, msgspec.msgpack.encode(fields)) is ErrorCode.FACT_MALFORMED


def test_cash_that_does_not_add_up_is_malformed() -> None:
    kind, schema, body = encode_fact(sale_of("s1"))
    fields = msgspec.msgpack.decode(body)
    fields["sale"]["tenders"][0]["received_fen"] = 2_000
    assert refusal(kind, schema, msgspec.msgpack.encode(fields)) is ErrorCode.FACT_MALFORMED
    fields["sale"]["tenders"][0]["change_fen"] = 1_000
    decode_fact(kind, schema, msgspec.msgpack.encode(fields))


@pytest.mark.parametrize("phone", ["13800138000", "+86 138", "+", "+８６１３８", "+86138x"])
def test_an_enrolment_needs_a_phone_in_e164(phone: str) -> None:
    assert refusal(*encode_fact(enrolment("m1", phone=phone))) is ErrorCode.FACT_MALFORMED


def test_an_edit_changes_something_and_never_the_phone() -> None:
    kind, schema, _ = encode_fact(edit("m1", name="x"))
    own = {f"custom.f{number}": "x" for number in range(31)}
    wrong: tuple[dict[str, str], ...] = (
        {},
        {"phone": "+8613800138000"},
        {"note": "x" * 201},
        {"custom.": "x"},
        own,
    )
    for changes in (*wrong, {"custom.Größe": "x"}, {"name\n": "x"}):
        body = msgspec.msgpack.encode({"member_id": "m1", "changes": changes})
        assert refusal(kind, schema, body) is ErrorCode.FACT_MALFORMED
