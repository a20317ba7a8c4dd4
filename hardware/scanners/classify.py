"""What a scanned text is, from its form alone: one pure function, and no form fits two kinds.

Payment codes are credentials that pay for about a minute: they are marked `secret`, and their text
is kept out of `repr`, logs and storage. Of a bank card nothing is kept at all. Sources of the
forms: reference pages of the payment providers (18 digits starting 10 to 15; 16 to 24 digits
starting 25 to 30; 19 digits starting 62), GS1 for EAN and element strings, ISO/IEC 15424 for the
symbology identifiers, ISO/IEC 7811 and 7813 for magnetic stripes.
"""

import re
from enum import StrEnum
from typing import Final

import msgspec

from hardware.cards.magstripe import BankCard, StripeCard, is_stripe, read_stripe
from hardware.cards.taps import CardChanges, CardSeen, CardTap
from hardware.check_digits import is_ean
from hardware.scanners.gs1 import CARRIERS, FNC1, Gs1, may_be_gs1, read_gs1
from hardware.scanners.labels import Carries, Label, LabelLayout, read_label

MAX_SCANNED_CHARACTERS: Final = 512

_SYMBOLOGY: Final = re.compile(r"^\](?P<letter>[A-Za-z])(?P<modifier>[0-9A-Za-z])")
_CONTROLS: Final = re.compile(r"[\x00-\x1c\x1e\x1f\x7f]")  # 0x1d separates the fields of GS1 codes
_EAN_SYMBOLOGY: Final = "]E"
# An input method can widen what a keyboard scanner types.
_FULL_WIDTH: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_MOBILE: Final = re.compile(r"(?:\+?86)?(1[3-9][0-9]{9})")


class ScanKind(StrEnum):
    MEMBER_PHONE = "member_phone"  # a mobile number of mainland China
    MEMBER_CARD = "member_card"  # `M-` and a code
    STRIPE_CARD = "stripe_card"  # a magnetic stripe of the house; `text` is the canonical number
    CHIP_CARD = "chip_card"  # from a card reader, not from a scanner: the canonical number
    CHANGING_CARD = "changing_card"  # the same: a phone, whose number is another one each time
    BANK_CARD = "bank_card"  # a magnetic stripe of a bank; without any text
    CARD_UNREADABLE = "card_unreadable"  # a card that wants to be swiped or held again
    COUPON = "coupon"  # `C-` and a code
    SIGNED_COUPON = "signed_coupon"  # `CS-` and base 32
    SIGNED_MEMBER = "signed_member"  # `MS-` and base 32
    ORDER = "order"  # `O-` and a code, as printed on receipts
    EAN = "ean"  # EAN-8, UPC-A or EAN-13 with a right check digit, or a GTIN
    WEIGHT_LABEL = "weight_label"  # a scale's label: `items` and `grams`
    PRICE_LABEL = "price_label"  # a scale's label: `items` and `price_fen`
    GS1 = "gs1"  # element strings without a product in them
    WECHAT_PAYMENT = "wechat_payment"
    ALIPAY_PAYMENT = "alipay_payment"
    UNIONPAY_PAYMENT = "unionpay_payment"
    UNKNOWN = "unknown"


_FORMS: Final = (
    (re.compile(r"1[0-5][0-9]{16}"), ScanKind.WECHAT_PAYMENT),
    (re.compile(r"(?:2[5-9]|30)[0-9]{14,22}"), ScanKind.ALIPAY_PAYMENT),
    (re.compile(r"62[0-9]{17}"), ScanKind.UNIONPAY_PAYMENT),
    (re.compile(r"(?i:CS)-[2-7A-Za-z]{40,}"), ScanKind.SIGNED_COUPON),
    (re.compile(r"(?i:MS)-[2-7A-Za-z]{40,}"), ScanKind.SIGNED_MEMBER),
    (re.compile(r"C-[0-9A-Za-z._~-]{4,}"), ScanKind.COUPON),
    (re.compile(r"M-[0-9A-Za-z._~-]{4,60}"), ScanKind.MEMBER_CARD),
    (re.compile(r"O-[0-9A-Za-z._~-]{4,}"), ScanKind.ORDER),
    (_MOBILE, ScanKind.MEMBER_PHONE),
)
PAYMENT_CODES: Final = frozenset(
    {ScanKind.WECHAT_PAYMENT, ScanKind.ALIPAY_PAYMENT, ScanKind.UNIONPAY_PAYMENT}
)


# What no scanned text can be: a card reader alone gives these.
FROM_CARD_READERS: Final = frozenset({ScanKind.CHIP_CARD, ScanKind.CHANGING_CARD})


class Scan(msgspec.Struct, frozen=True):
    """A scanned text and what it is.

    Attributes:
        text: without symbology identifier and control characters; the number alone for a phone or
            a product, nothing at all for a bank card.
        symbology: the identifier the scanner sent (`]E0`), or None.
        items: the numbers that the dish on a label may have, most exact first.
        elements: (AI, value) of a GS1 code.
    """

    kind: ScanKind
    text: str
    symbology: str | None = None
    items: tuple[str, ...] = ()
    grams: int = 0
    price_fen: int = 0
    elements: tuple[tuple[str, str], ...] = ()

    @property
    def secret(self) -> bool:
        """Whether the text must never be stored, logged or shown."""
        return self.kind in PAYMENT_CODES

    def __repr__(self) -> str:
        """Never the text: it may be a payment code or a phone number."""
        return f"Scan(kind={self.kind.value!r}, length={len(self.text)})"


def classify(scanned: str, layouts: tuple[LabelLayout, ...] = ()) -> Scan:
    """The scan in its typed form; anything not recognised is `UNKNOWN`, never an error."""
    cleaned = _CONTROLS.sub("", scanned[:MAX_SCANNED_CHARACTERS]).translate(_FULL_WIDTH)
    cleaned = cleaned.strip(" \t")
    found = _SYMBOLOGY.match(cleaned)
    symbology = found.group() if found else None
    text = cleaned[found.end() :] if found else cleaned
    if symbology in CARRIERS or (symbology is None and may_be_gs1(text)):
        return _of_gs1(text, symbology)
    text = text.replace(FNC1, "")
    if symbology is not None and symbology.startswith(_EAN_SYMBOLOGY):
        return _of_ean(text, symbology, layouts)
    if is_stripe(text):
        return _of_stripe(text)
    kind = _kind_by_form(text)
    if kind is None:
        return _of_ean(text, symbology, layouts)
    return Scan(kind, text[-11:] if kind is ScanKind.MEMBER_PHONE else text, symbology)


def _kind_by_form(text: str) -> ScanKind | None:
    return next((kind for form, kind in _FORMS if form.fullmatch(text)), None)


def _of_ean(text: str, symbology: str | None, layouts: tuple[LabelLayout, ...]) -> Scan:
    if not is_ean(text):
        return Scan(ScanKind.UNKNOWN, text, symbology)
    label = read_label(text, layouts)
    return _of_label(text, symbology, label) if label else Scan(ScanKind.EAN, text, symbology)


def _of_label(text: str, symbology: str | None, label: Label) -> Scan:
    if label.carries is Carries.WEIGHT_GRAMS:
        kind, grams, price_fen = ScanKind.WEIGHT_LABEL, label.measure, 0
    else:
        kind, grams, price_fen = ScanKind.PRICE_LABEL, 0, label.measure
    return Scan(kind, text, symbology, items=label.items, grams=grams, price_fen=price_fen)


def _of_gs1(text: str, symbology: str | None) -> Scan:
    gs1 = read_gs1(text)
    if gs1 is None:
        # Some scanners send a separator with every code: what pays is secret all the same.
        plain = text.replace(FNC1, "")
        kind = _kind_by_form(plain)
        return Scan(
            kind if kind is not None and kind in PAYMENT_CODES else ScanKind.UNKNOWN,
            plain,
            symbology,
        )
    return Scan(
        _kind_of_gs1(gs1),
        gs1.item or text.replace(FNC1, ""),
        symbology,
        items=(gs1.item,) if gs1.item else (),
        grams=gs1.grams,
        price_fen=gs1.price_fen,
        elements=gs1.elements,
    )


def _kind_of_gs1(gs1: Gs1) -> ScanKind:
    """A product with a weight is a weight label, also where it tells the price too."""
    if not gs1.item:
        return ScanKind.GS1
    if gs1.grams:
        return ScanKind.WEIGHT_LABEL
    return ScanKind.PRICE_LABEL if gs1.price_fen else ScanKind.EAN


def _of_stripe(text: str) -> Scan:
    match read_stripe(text):
        case StripeCard(card=card):
            return Scan(ScanKind.STRIPE_CARD, card)
        case BankCard():
            return Scan(ScanKind.BANK_CARD, "")
        case _:
            return Scan(ScanKind.CARD_UNREADABLE, "")


def scan_of_tap(tap: CardTap) -> Scan:
    """What a card reader told, in the form of a scan."""
    match tap:
        case CardSeen(card=card):
            return Scan(ScanKind.CHIP_CARD, card)
        case CardChanges():
            return Scan(ScanKind.CHANGING_CARD, "")
        case _:
            return Scan(ScanKind.CARD_UNREADABLE, "")
