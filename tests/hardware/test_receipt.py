import msgspec
import pytest

from hardware.receipt import (
    Document,
    DocumentInvalidError,
    QrCode,
    TextLine,
    decode_document,
    encode_document,
)
from tests.hardware.samples import restaurant_receipt


def test_a_stored_document_comes_back_as_it_was() -> None:
    assert decode_document(encode_document(restaurant_receipt())) == restaurant_receipt()


@pytest.mark.parametrize(
    "stored",
    [
        b"",
        b"\xc1",
        encode_document(restaurant_receipt())[:-5],
        msgspec.msgpack.encode({"blocks": [{"type": "hologram"}]}),
        encode_document(Document((QrCode("x", module_dots=99),))),
        encode_document(Document((TextLine("x" * 3_000),))),
    ],
)
def test_stored_bytes_that_are_no_document_are_refused(stored: bytes) -> None:
    with pytest.raises(DocumentInvalidError):
        decode_document(stored)


def test_a_refusal_does_not_repeat_what_the_document_says() -> None:
    stored = encode_document(Document((TextLine("13800138000" * 300),)))
    with pytest.raises(DocumentInvalidError) as refused:
        decode_document(stored)
    assert "13800138000" not in str(refused.value)
