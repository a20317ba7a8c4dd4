"""What a scanned text is: by its form alone, and never two things at once."""

import string

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.cards.taps import CardChanges, CardSeen, CardUnreadable
from hardware.check_digits import is_ean
from hardware.scanners.classify import (
    FROM_CARD_READERS,
    PAYMENT_CODES,
    ScanKind,
    classify,
    scan_of_tap,
)
from hardware.scanners.labels import Carries, LabelLayout, check_layouts

EAN = "6901234567892"
GS = "\x1d"
LAYOUTS = (
    LabelLayout(prefix="21", carries=Carries.WEIGHT_GRAMS),
    LabelLayout(prefix="22", carries=Carries.PRICE_FEN),
    LabelLayout(prefix="231", carries=Carries.PRICE_FEN, item_digits=4, measure_digits=5),
    LabelLayout(prefix="28", carries=Carries.PRICE_FEN, item_digits=4, measure_digits=5),
)


def with_check_digit(digits: str) -> str:
    return next(digits + last for last in string.digits if is_ean(digits + last))


@pytest.mark.parametrize(
    ("scanned", "kind", "text"),
    [
        ("13800138000", ScanKind.MEMBER_PHONE, "13800138000"),
        ("+8613800138000", ScanKind.MEMBER_PHONE, "13800138000"),
        ("１３８００１３８０００", ScanKind.MEMBER_PHONE, "13800138000"),
        ("M-7Q2X9K", ScanKind.MEMBER_CARD, "M-7Q2X9K"),
        ("C-aB3dEFgh9", ScanKind.COUPON, "C-aB3dEFgh9"),
        ("]Q1C-aB3dEFgh9\r", ScanKind.COUPON, "C-aB3dEFgh9"),
        ("O-D0712-0086", ScanKind.ORDER, "O-D0712-0086"),
        ("]E06901234567892", ScanKind.EAN, EAN),
        ("036000291452", ScanKind.EAN, "036000291452"),
        ("]E08613800138006", ScanKind.EAN, "8613800138006"),
        ("8613800138006", ScanKind.MEMBER_PHONE, "13800138006"),
        ("6901234567890", ScanKind.UNKNOWN, "6901234567890"),
        ("]E0134567890123456789", ScanKind.UNKNOWN, "134567890123456789"),
        ("134567890123456789", ScanKind.WECHAT_PAYMENT, "134567890123456789"),
        ("]Q1134567890123456789", ScanKind.WECHAT_PAYMENT, "134567890123456789"),
        ("164567890123456789", ScanKind.UNKNOWN, "164567890123456789"),
        ("2812345678901234", ScanKind.ALIPAY_PAYMENT, "2812345678901234"),
        ("301234567890123456789012", ScanKind.ALIPAY_PAYMENT, "301234567890123456789012"),
        ("6212345678901234567", ScanKind.UNIONPAY_PAYMENT, "6212345678901234567"),
        ("https://example.com", ScanKind.UNKNOWN, "https://example.com"),
        ("", ScanKind.UNKNOWN, ""),
        ("C-", ScanKind.UNKNOWN, "C-"),
        (";6000123456?", ScanKind.STRIPE_CARD, "mag-6000123456"),
        (";E?", ScanKind.CARD_UNREADABLE, ""),
    ],
)
def test_a_scanned_text_is_what_its_form_says(scanned: str, kind: ScanKind, text: str) -> None:
    scan = classify(scanned, LAYOUTS)
    assert (scan.kind, scan.text) == (kind, text)


@pytest.mark.parametrize(
    ("scanned", "kind", "text", "grams", "price_fen"),
    [
        ("]C10109501101530003", ScanKind.EAN, "9501101530003", 0, 0),
        ("0109501101530003310300125010AB", ScanKind.WEIGHT_LABEL, "9501101530003", 1_250, 0),
        (
            f"]d2{GS}010950110153000310A1{GS}3103000735",
            ScanKind.WEIGHT_LABEL,
            "9501101530003",
            735,
            0,
        ),
        ("]e001095011015300033922015", ScanKind.PRICE_LABEL, "9501101530003", 0, 15),
        ("]C10100000096385074", ScanKind.EAN, "96385074", 0, 0),
        ("]C10119501101530000", ScanKind.EAN, "19501101530000", 0, 0),
        ("]C100123456789012345675", ScanKind.GS1, "00123456789012345675", 0, 0),
        ("]C1010950110153000X", ScanKind.UNKNOWN, "010950110153000X", 0, 0),
        ("]Q3zz", ScanKind.UNKNOWN, "zz", 0, 0),
    ],
)
def test_gs1_codes_give_product_weight_and_price(
    scanned: str, kind: ScanKind, text: str, grams: int, price_fen: int
) -> None:
    scan = classify(scanned)
    assert (scan.kind, scan.text, scan.grams, scan.price_fen) == (kind, text, grams, price_fen)


def test_the_elements_of_a_gs1_code_are_kept() -> None:
    scan = classify(f"]C1010950110153000310AB-1{GS}17270101")
    assert scan.elements == (("01", "09501101530003"), ("10", "AB-1"), ("17", "270101"))


@pytest.mark.parametrize(
    ("digits", "kind", "items", "grams", "price_fen"),
    [
        ("210012301250", ScanKind.WEIGHT_LABEL, ("00123", "2100123", "123"), 1_250, 0),
        ("220012301250", ScanKind.PRICE_LABEL, ("00123", "2200123", "123"), 0, 1_250),
        ("231001201250", ScanKind.PRICE_LABEL, ("0012", "2310012", "12"), 0, 1_250),
        ("280012901250", ScanKind.PRICE_LABEL, ("0012", "280012", "12"), 0, 1_250),
        ("290012301250", ScanKind.EAN, (), 0, 0),
    ],
)
def test_a_scale_label_is_read_by_the_layout_of_its_prefix(
    digits: str, kind: ScanKind, items: tuple[str, ...], grams: int, price_fen: int
) -> None:
    scan = classify(with_check_digit(digits), LAYOUTS)
    assert (scan.kind, scan.items) == (kind, items)
    assert (scan.grams, scan.price_fen) == (grams, price_fen)


def test_a_label_with_a_wrong_check_digit_is_no_label() -> None:
    right = with_check_digit("210012301250")
    wrong = right[:-1] + str((int(right[-1]) + 1) % 10)
    assert classify(wrong, LAYOUTS).kind is ScanKind.UNKNOWN


@pytest.mark.parametrize(
    "layout",
    [
        {"prefix": "21", "carries": "weight_grams", "item_digits": 6, "measure_digits": 6},
        {"prefix": "21", "carries": "weight_grams", "item_digits": 3, "measure_digits": 4},
        {"prefix": "30", "carries": "weight_grams"},
        {"prefix": "21", "carries": "length"},
    ],
)
def test_a_layout_that_is_no_ean_13_is_refused(layout: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(layout, LabelLayout)


def test_layouts_whose_prefixes_collide_are_refused() -> None:
    with pytest.raises(ValueError, match="collide"):
        check_layouts(
            (*LAYOUTS, LabelLayout(prefix="211", carries=Carries.PRICE_FEN, item_digits=4))
        )


# No form fits two kinds.

DIGITS = st.text(string.digits, min_size=0, max_size=24)
CODE = st.text(string.ascii_letters + string.digits + "._~-", min_size=4, max_size=40)
BASE_32 = st.text(string.ascii_uppercase + "234567", min_size=40, max_size=120)


def digits(count: int) -> st.SearchStrategy[str]:
    return st.text(string.digits, min_size=count, max_size=count)


def numbers(first: st.SearchStrategy[str], count: int) -> st.SearchStrategy[str]:
    return st.builds(lambda start, rest: (start + rest)[:count], first, digits(count))


def of_scale(prefix: str) -> st.SearchStrategy[str]:
    return digits(12 - len(prefix)).map(lambda rest: with_check_digit(prefix + rest))


TEENS = st.sampled_from(["10", "11", "12", "13", "14", "15"])
TWENTIES = st.sampled_from(["25", "26", "27", "28", "29", "30"])
EAN_FIRST = st.sampled_from([f"{n:02}" for n in range(100) if not 20 <= n < 30 and n != 86])
FORMS: dict[ScanKind, st.SearchStrategy[str]] = {
    ScanKind.WECHAT_PAYMENT: numbers(TEENS, 18),
    ScanKind.ALIPAY_PAYMENT: st.integers(16, 24).flatmap(lambda count: numbers(TWENTIES, count)),
    ScanKind.UNIONPAY_PAYMENT: numbers(st.just("62"), 19),
    ScanKind.SIGNED_COUPON: BASE_32.map("CS-".__add__),
    ScanKind.SIGNED_MEMBER: BASE_32.map("MS-".__add__),
    ScanKind.COUPON: CODE.map("C-".__add__),
    ScanKind.MEMBER_CARD: CODE.map("M-".__add__),
    ScanKind.ORDER: CODE.map("O-".__add__),
    ScanKind.MEMBER_PHONE: numbers(st.sampled_from(["13", "15", "18", "19"]), 11),
    ScanKind.EAN: numbers(EAN_FIRST, 12).map(with_check_digit),
    ScanKind.WEIGHT_LABEL: of_scale("21"),
    ScanKind.PRICE_LABEL: of_scale("22"),
    ScanKind.GS1: digits(17).map(lambda rest: f"]C100{with_sscc_digit(rest)}"),
    ScanKind.STRIPE_CARD: digits(8).map(lambda number: f";{number}?"),
    ScanKind.CARD_UNREADABLE: st.just(";E?"),
    ScanKind.BANK_CARD: st.just(";4111111111111111=29121010000012300000?"),
}


def with_sscc_digit(rest: str) -> str:
    weighed = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(rest))
    return rest + str(-weighed % 10)


def test_every_kind_that_a_text_can_be_has_a_form_below() -> None:
    assert set(FORMS) == set(ScanKind) - FROM_CARD_READERS - {ScanKind.UNKNOWN}


@given(st.sampled_from(sorted(FORMS)).flatmap(lambda kind: st.tuples(st.just(kind), FORMS[kind])))
def test_a_code_of_one_kind_is_never_taken_for_another(made: tuple[ScanKind, str]) -> None:
    kind, text = made
    assert classify(text, LAYOUTS).kind is kind


def test_payment_codes_are_secret_and_no_scan_shows_its_text() -> None:
    for code in ("134567890123456789", "2812345678901234", "6212345678901234567"):
        payment = classify(code)
        assert payment.kind in PAYMENT_CODES
        assert payment.secret
        assert code[:4] not in f"{payment} {payment!r}"
    assert not classify(EAN).secret
    assert "138" not in repr(classify("13800138000"))


@given(st.text())
def test_no_scanned_text_is_an_error(scanned: str) -> None:
    assert len(classify(scanned, LAYOUTS).text) <= max(len(scanned), 4 + len(scanned))


@given(st.text("]C1d2Q3(01310392)" + GS + "0123456789AB", max_size=60))
def test_no_element_string_is_an_error(scanned: str) -> None:
    classify(scanned, LAYOUTS)


def test_what_a_card_reader_tells_has_the_form_of_a_scan() -> None:
    assert scan_of_tap(CardSeen("uid-04A224B1")).text == "uid-04A224B1"
    assert scan_of_tap(CardSeen("uid-04A224B1")).kind is ScanKind.CHIP_CARD
    assert scan_of_tap(CardChanges()).kind is ScanKind.CHANGING_CARD
    assert scan_of_tap(CardUnreadable()).kind is ScanKind.CARD_UNREADABLE
    assert "04A2" not in repr(CardSeen("uid-04A224B1"))


@pytest.mark.parametrize(
    "scanned", ["\x1d134567890123456789", "134567890123456789\x1d", "]Q3134567890123456789"]
)
def test_a_payment_code_with_a_separator_is_secret_too(scanned: str) -> None:
    scan = classify(scanned)
    assert scan.secret
    assert scan.text == "134567890123456789"
