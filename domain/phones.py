"""Phone numbers: text as people write it in, E.164 inside, masked text out."""

import unicodedata
from typing import Final, NewType

import phonenumbers

from domain.errors import ErrorCode, TillfoldError

Phone = NewType("Phone", str)

HOME_REGION: Final = "CN"
LONGEST_TEXT: Final = 40
_HOME_CODE: Final = "86"
HOME_PREFIX: Final = f"+{_HOME_CODE}"
_HOME_DIGITS: Final = 11
_SHOWN_IN_FRONT: Final = 3
_SHOWN_AT_END: Final = 4
_FEWEST_HIDDEN: Final = 4


def parse_phone(text: str, region: str = HOME_REGION) -> Phone:
    """E.164 of a number written with any usual spaces, dashes, brackets or full-width digits.

    `region` is the ISO 3166 code of the place whose local way of writing is understood. A country
    code may follow a plus, or 00 where that is no local number.

    Raises:
        TillfoldError: `phone_malformed` where no valid number of the region can be read.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    # The library would read letters as keypad digits, and digits out of a sentence.
    if not plain or len(plain) > LONGEST_TEXT or any(sign.isalpha() for sign in plain):
        raise TillfoldError(ErrorCode.PHONE_MALFORMED)
    # 00 is dialled in most places before a country code, and written where it is not: in Taiwan.
    ways = [plain, f"+{plain.removeprefix('00')}"] if plain.startswith("00") else [plain]
    phone = next(filter(None, (_read(way, region) for way in ways)), None)
    if phone is None:
        raise TillfoldError(ErrorCode.PHONE_MALFORMED)
    return phone


def _read(text: str, region: str) -> Phone | None:
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number) or number.extension:
        return None
    return Phone(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def is_phone(text: str) -> bool:
    """Whether a text is a whole phone number."""
    try:
        parse_phone(text)
    except TillfoldError:
        return False
    return True


def national_digits(phone: str) -> str:
    """The digits a guest would say: 13800138000 for +8613800138000, others with country code."""
    return phone.removeprefix(HOME_PREFIX).removeprefix("+")


def typed_digits(digits: str, *, with_country: bool) -> str:
    """Digits as far as they are typed, without the home country's code where it stands in front.

    `with_country`: a plus stood before them. Without one only more digits than a number at home
    has can begin with a country: 8613800138000, but not 86138.
    """
    if with_country or len(digits) > _HOME_DIGITS:
        return digits.removeprefix(_HOME_CODE)
    return digits


def mask_phone(phone: str) -> str:
    """138****8000: three digits in front, four at the end, and at least four in between hidden.

    A short number shows fewer at its end, and none at all where only the front would be left.
    """
    digits = national_digits(phone)
    at_end = min(_SHOWN_AT_END, len(digits) - _SHOWN_IN_FRONT - _FEWEST_HIDDEN)
    if at_end <= 0:
        return "*" * len(digits)
    return f"{digits[:_SHOWN_IN_FRONT]}****{digits[-at_end:]}"


def shown_phone(phone: str, *, whole: bool) -> str:
    """What a screen shows: `whole` for those who hold the right `see_full_phone`."""
    return national_digits(phone) if whole else mask_phone(phone)


def mask_name(name: str) -> str:
    """李** : the first character, then one star for each further one, two at the most."""
    return name[:1] + "*" * min(len(name) - 1, 2)
