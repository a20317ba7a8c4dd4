"""What a scanned text is, from its form alone.

Payment codes are credentials that pay for about a minute: they are marked `secret`, and their text
is kept out of `repr`, logs and storage. Sources of the forms: reference pages of the payment
providers (18 digits starting 10 to 15; 16 to 24 digits starting 25 to 30), GS1 for EAN, ISO/IEC
15424 for the symbology identifiers.
"""

import re
from enum import StrEnum

import msgspec

MAX_SCANNED_CHARACTERS = 512

_SYMBOLOGY = re.compile(r"^\](?P<letter>[A-Za-z])(?P<modifier>[0-9A-Za-z])")
_CONTROLS = re.compile(r"[\x00-\x1c\x1e\x1f\x7f]")  # 0x1d separates the fields of GS1 codes
_WECHAT = re.compile(r"1[0-5][0-9]{16}")
_ALIPAY = re.compile(r"(?:2[5-9]|30)[0-9]{14,22}")
_MOBILE = re.compile(r"(?:\+?86)?(1[3-9][0-9]{9})")
_EAN_LENGTHS = frozenset({8, 12, 13})


class ScanKind(StrEnum):
    MEMBER_PHONE = "member_phone"  # a mobile number of mainland China
    MEMBER_CARD = "member_card"  # `M-` and a code
    COUPON = "coupon"  # `C-` and a code
    SIGNED_COUPON = "signed_coupon"  # `CS-` and base 32
    SIGNED_MEMBER = "signed_member"  # `MS-` and base 32
    ORDER = "order"  # `O-` and a code, as printed on receipts
    EAN = "ean"  # EAN-8, UPC-A or EAN-13 with a right check digit
    WECHAT_PAYMENT = "wechat_payment"
    ALIPAY_PAYMENT = "alipay_payment"
    UNKNOWN = "unknown"


_FORMS = (
    (re.compile(r"(?i:CS)-[2-7A-Za-z]{40,}"), ScanKind.SIGNED_COUPON),
    (re.compile(r"(?i:MS)-[2-7A-Za-z]{40,}"), ScanKind.SIGNED_MEMBER),
    (re.compile(r"C-[0-9A-Za-z._~-]{4,}"), ScanKind.COUPON),
    (re.compile(r"M-[0-9A-Za-z._~-]{4,}"), ScanKind.MEMBER_CARD),
    (re.compile(r"O-[0-9A-Za-z._~-]{4,}"), ScanKind.ORDER),
)
_SECRET = frozenset({ScanKind.WECHAT_PAYMENT, ScanKind.ALIPAY_PAYMENT})


class Scan(msgspec.Struct, frozen=True):
    """A scanned text and what it is.

    Attributes:
        text: without symbology identifier and control characters; the number alone for a phone.
        symbology: the identifier the scanner sent (`]E0`), or None.
    """

    kind: ScanKind
    text: str
    symbology: str | None = None

    @property
    def secret(self) -> bool:
        """Whether the text must never be stored, logged or shown."""
        return self.kind in _SECRET

    def __repr__(self) -> str:
        """Never the text: it may be a payment code or a phone number."""
        return f"Scan(kind={self.kind.value!r}, length={len(self.text)})"


def classify(scanned: str) -> Scan:
    """The scan in its typed form; anything not recognised is `UNKNOWN`, never an error."""
    cleaned = _CONTROLS.sub("", scanned[:MAX_SCANNED_CHARACTERS]).strip()
    found = _SYMBOLOGY.match(cleaned)
    symbology = found.group() if found else None
    text = cleaned[found.end() :] if found else cleaned
    kind = _kind(text)
    if kind is ScanKind.MEMBER_PHONE:
        text = text[-11:]
    return Scan(kind, text, symbology)


def _kind(text: str) -> ScanKind:
    if _WECHAT.fullmatch(text):
        return ScanKind.WECHAT_PAYMENT
    if _ALIPAY.fullmatch(text):
        return ScanKind.ALIPAY_PAYMENT
    for form, kind in _FORMS:
        if form.fullmatch(text):
            return kind
    if _MOBILE.fullmatch(text):
        return ScanKind.MEMBER_PHONE
    return ScanKind.EAN if _is_ean(text) else ScanKind.UNKNOWN


def _is_ean(text: str) -> bool:
    """Whether length and check digit fit (GS1 General Specifications, 7.9)."""
    if len(text) not in _EAN_LENGTHS or not (text.isascii() and text.isdigit()):
        return False
    digits = [int(digit) for digit in reversed(text)]
    return (sum(digits[0::2]) + 3 * sum(digits[1::2])) % 10 == 0
