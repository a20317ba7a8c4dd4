"""What a scan means at the counter: one table over its kind and what the till is at. Pure."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from hardware.scanners.classify import PAYMENT_CODES, ScanKind


class Situation(StrEnum):
    AWAY = "away"  # nobody is signed in, or the till is being set up
    SAVING = "saving"  # a sale is being closed
    CARD_WANTED = "card_wanted"  # the member sheet waits for the card that a member is to have
    SELLING = "selling"  # the sell page, with any sheet but the pay sheet
    PAYING = "paying"  # the pay sheet is open
    COLLECTING = "collecting"  # the same, and a payment is under way or came in in part
    PUT_BY = "put_by"  # the pay sheet was left while a payment is under way or came in in part
    PAID = "paid"  # the sale is closed and its change is shown


class Meaning(StrEnum):
    NOTHING = "nothing"
    WAIT = "wait"  # say that it has to be scanned again
    DISH = "dish"
    WEIGHED = "weighed"  # a dish with its weight
    PRICED = "priced"  # a dish with the price that its label says
    COUPON = "coupon"
    MEMBER_BY_CODE = "member_by_code"
    MEMBER_BY_PHONE = "member_by_phone"
    MEMBER_BY_CARD = "member_by_card"
    GIVE_CARD = "give_card"  # the card read is to be the member's
    GIVE_NUMBER = "give_number"  # the same, from a reader that types a bare number
    PAY = "pay"
    PAY_SHEET_FIRST = "pay_sheet_first"
    ALREADY_PAID = "already_paid"
    ORDER = "order"
    GUESS = "guess"  # no known form: a dish's number, else a coupon, else a member
    # Said, and nothing else.
    ORDER_HELD = "order_held"  # the order stays as it is until its payment is settled
    NO_CARD = "no_card"
    BANK_CARD = "bank_card"
    CARD_UNREADABLE = "card_unreadable"
    CARD_CHANGES = "card_changes"
    NO_PRODUCT = "no_product"


# Before these the next order begins where a sale has just been closed.
BEGIN_AN_ORDER: Final = frozenset(
    {
        Meaning.DISH,
        Meaning.WEIGHED,
        Meaning.PRICED,
        Meaning.COUPON,
        Meaning.MEMBER_BY_CODE,
        Meaning.MEMBER_BY_PHONE,
        Meaning.MEMBER_BY_CARD,
        Meaning.GUESS,
    }
)

_AT_THE_COUNTER: Final[Mapping[ScanKind, Meaning]] = {
    ScanKind.MEMBER_PHONE: Meaning.MEMBER_BY_PHONE,
    ScanKind.MEMBER_CARD: Meaning.MEMBER_BY_CARD,
    ScanKind.STRIPE_CARD: Meaning.MEMBER_BY_CARD,
    ScanKind.CHIP_CARD: Meaning.MEMBER_BY_CARD,
    ScanKind.CHANGING_CARD: Meaning.CARD_CHANGES,
    ScanKind.BANK_CARD: Meaning.BANK_CARD,
    ScanKind.CARD_UNREADABLE: Meaning.CARD_UNREADABLE,
    ScanKind.COUPON: Meaning.COUPON,
    ScanKind.SIGNED_COUPON: Meaning.COUPON,
    ScanKind.SIGNED_MEMBER: Meaning.MEMBER_BY_CODE,
    ScanKind.ORDER: Meaning.ORDER,
    ScanKind.EAN: Meaning.DISH,
    ScanKind.WEIGHT_LABEL: Meaning.WEIGHED,
    ScanKind.PRICE_LABEL: Meaning.PRICED,
    ScanKind.GS1: Meaning.NO_PRODUCT,
    ScanKind.WECHAT_PAYMENT: Meaning.PAY_SHEET_FIRST,
    ScanKind.ALIPAY_PAYMENT: Meaning.PAY_SHEET_FIRST,
    ScanKind.UNIONPAY_PAYMENT: Meaning.PAY_SHEET_FIRST,
    ScanKind.UNKNOWN: Meaning.GUESS,
}
_CARDS: Final[Mapping[ScanKind, Meaning]] = {
    ScanKind.MEMBER_CARD: Meaning.GIVE_CARD,
    ScanKind.STRIPE_CARD: Meaning.GIVE_CARD,
    ScanKind.CHIP_CARD: Meaning.GIVE_CARD,
    ScanKind.UNKNOWN: Meaning.GIVE_NUMBER,
    ScanKind.CHANGING_CARD: Meaning.CARD_CHANGES,
    ScanKind.BANK_CARD: Meaning.BANK_CARD,
    ScanKind.CARD_UNREADABLE: Meaning.CARD_UNREADABLE,
}

_HELD: Final[Mapping[ScanKind, Meaning]] = {
    **dict.fromkeys(ScanKind, Meaning.ORDER_HELD),
    ScanKind.BANK_CARD: Meaning.BANK_CARD,
}

MEANINGS: Final[Mapping[Situation, Mapping[ScanKind, Meaning]]] = {
    Situation.AWAY: dict.fromkeys(ScanKind, Meaning.NOTHING),
    Situation.SAVING: dict.fromkeys(ScanKind, Meaning.WAIT),
    Situation.CARD_WANTED: {**dict.fromkeys(ScanKind, Meaning.NO_CARD), **_CARDS},
    Situation.SELLING: _AT_THE_COUNTER,
    Situation.PAYING: {**_AT_THE_COUNTER, **dict.fromkeys(PAYMENT_CODES, Meaning.PAY)},
    Situation.COLLECTING: {**_HELD, **dict.fromkeys(PAYMENT_CODES, Meaning.PAY)},
    Situation.PUT_BY: {**_HELD, **dict.fromkeys(PAYMENT_CODES, Meaning.PAY_SHEET_FIRST)},
    # A guest who holds the phone there a second time must not pay for the next guest.
    Situation.PAID: {**_AT_THE_COUNTER, **dict.fromkeys(PAYMENT_CODES, Meaning.ALREADY_PAID)},
}


def meaning_of(kind: ScanKind, situation: Situation) -> Meaning:
    return MEANINGS[situation][kind]
