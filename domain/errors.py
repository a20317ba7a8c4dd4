"""Every error a person can meet: a closed list of stable codes, grouped by what to do next.

    TillfoldError
    ├─ RETRY     wait or try again; nothing has to be changed
    ├─ CORRECT   the input is wrong; change it and try again
    ├─ RECOVER   follow the recovery path that the program offers
    └─ CALL      someone with more rights, or support, has to act

Texts in both languages stand in `domain.wording`; cause and cure in `docs/errors.md`.
"""

from enum import StrEnum


class Remedy(StrEnum):
    RETRY = "retry"
    CORRECT = "correct"
    RECOVER = "recover"
    CALL = "call"


class ErrorCode(StrEnum):
    """The stable code of an error. A released code is never renamed or used again."""

    # What a person typed, scanned or imported.
    AMOUNT_MALFORMED = "amount_malformed"
    PHONE_MALFORMED = "phone_malformed"
    NAME_MISSING = "name_missing"
    NAME_TOO_LONG = "name_too_long"
    BIRTHDAY_MALFORMED = "birthday_malformed"
    FIELD_UNKNOWN = "field_unknown"
    FIELD_TOO_LONG = "field_too_long"
    EMAIL_MALFORMED = "email_malformed"
    GENDER_UNKNOWN = "gender_unknown"
    STORE_UNKNOWN = "store_unknown"
    TOO_MANY_FIELDS = "too_many_fields"
    TAG_MALFORMED = "tag_malformed"
    TOO_MANY_TAGS = "too_many_tags"
    PHONE_ALREADY_ENROLLED = "phone_already_enrolled"
    PHONE_TWICE_IN_FILE = "phone_twice_in_file"
    MEMBER_UNKNOWN = "member_unknown"
    CARD_MALFORMED = "card_malformed"
    CARD_CHANGES = "card_changes"
    CARD_TAKEN = "card_taken"
    CARD_UNKNOWN = "card_unknown"
    COUPON_UNKNOWN = "coupon_unknown"
    COUPON_REVOKED = "coupon_revoked"
    CODE_UNREADABLE = "code_unreadable"
    CODE_KEY_UNKNOWN = "code_key_unknown"
    CODE_FORGED = "code_forged"
    CODE_EXPIRED = "code_expired"
    CODE_SEEN = "code_seen"
    FORMULA_REFUSED = "formula_refused"
    ITEM_TWICE_IN_FILE = "item_twice_in_file"
    ITEM_NUMBER_MISSING = "item_number_missing"
    CATEGORY_MISSING = "category_missing"
    SOLD_OUT_MALFORMED = "sold_out_malformed"
    COLUMN_MISSING = "column_missing"
    FILE_UNREADABLE = "file_unreadable"
    FILE_TOO_LARGE = "file_too_large"
    FILE_EMPTY = "file_empty"
    IMPORT_CANCELLED = "import_cancelled"
    FILE_UNWRITABLE = "file_unwritable"

    # At the counter.
    PIN_WRONG = "pin_wrong"
    PIN_LOCKED = "pin_locked"
    PIN_TOO_WEAK = "pin_too_weak"
    DRAWER_MISSING = "drawer_missing"
    RIGHT_MISSING = "right_missing"
    LIMIT_EXCEEDED = "limit_exceeded"
    APPROVER_SAME_PERSON = "approver_same_person"
    APPROVER_RIGHT_MISSING = "approver_right_missing"
    APPROVER_LIMIT_EXCEEDED = "approver_limit_exceeded"
    BASKET_EMPTY = "basket_empty"
    TENDER_INSUFFICIENT = "tender_insufficient"
    TENDER_EXCEEDS_DUE = "tender_exceeds_due"
    PRICE_CHANGED = "price_changed"
    PRINT_JOB_GONE = "print_job_gone"
    PAYMENT_OPEN = "payment_open"
    PAYMENT_NOT_SET_UP = "payment_not_set_up"
    PAYMENT_NOT_HELD = "payment_not_held"
    PAYMENT_DECIDED = "payment_decided"
    PAYMENT_REFERENCE_MISSING = "payment_reference_missing"
    POINTS_HELD_BACK = "points_held_back"
    STORED_VALUE_HELD_BACK = "stored_value_held_back"
    PASS_HELD_BACK = "pass_held_back"  # noqa: S105 - the code of an error, not a password
    COUPON_HELD_BACK = "coupon_held_back"
    QUANTITY_OUT_OF_RANGE = "quantity_out_of_range"
    ORDER_TOO_LARGE = "order_too_large"
    WEIGHT_OUT_OF_RANGE = "weight_out_of_range"
    TOO_MANY_COUPONS = "too_many_coupons"
    CHOICE_INCOMPLETE = "choice_incomplete"
    CHOICE_UNKNOWN = "choice_unknown"
    RULES_REFUSED = "rules_refused"
    REASON_MISSING = "reason_missing"
    REFUND_EMPTY = "refund_empty"
    REFUND_LINE_UNKNOWN = "refund_line_unknown"
    REFUND_EXCEEDS_LEFT = "refund_exceeds_left"
    REFUND_NOTHING_LEFT = "refund_nothing_left"
    REFUND_NOT_IN_CASH = "refund_not_in_cash"
    VOID_DAY_OVER = "void_day_over"

    # The till's own storage.
    SQLITE_UNSAFE = "sqlite_unsafe"
    DATABASE_DAMAGED = "database_damaged"
    DATABASE_MISSING = "database_missing"
    DATABASE_KEY_WRONG = "database_key_wrong"
    DATABASE_KEY_MISSING = "database_key_missing"
    DATABASE_NEWER = "database_newer"
    DATABASE_NOT_EMPTY = "database_not_empty"
    BACKUP_DAMAGED = "backup_damaged"
    DISK_FULL = "disk_full"
    DISK_FAILED = "disk_failed"
    JOURNAL_DAMAGED = "journal_damaged"
    TILL_ALREADY_RUNNING = "till_already_running"
    TILL_HAS_OWN_BOOKS = "till_has_own_books"
    SETTINGS_MALFORMED = "settings_malformed"

    # Between till and server.
    SERVER_UNREACHABLE = "server_unreachable"
    SERVER_NOT_OURS = "server_not_ours"
    SERVER_GARBLED = "server_garbled"
    SERVER_FAILED = "server_failed"
    SERVER_CODE_UNKNOWN = "server_code_unknown"
    PROTOCOL_UNSUPPORTED = "protocol_unsupported"
    TILL_OUTDATED = "till_outdated"
    SERVER_OUTDATED = "server_outdated"
    SIGNATURE_WRONG = "signature_wrong"
    NONCE_STALE = "nonce_stale"
    TERMINAL_UNKNOWN = "terminal_unknown"
    TERMINAL_REVOKED = "terminal_revoked"
    ENROLMENT_CODE_WRONG = "enrolment_code_wrong"
    REQUEST_MALFORMED = "request_malformed"
    REQUEST_TOO_LARGE = "request_too_large"
    TOO_MANY_REQUESTS = "too_many_requests"
    MUST_REFETCH = "must_refetch"
    JOURNAL_GAP = "journal_gap"
    JOURNAL_FORKED = "journal_forked"

    # Why an entry is set aside.
    ENTRY_MALFORMED = "entry_malformed"
    ENTRY_FORGED = "entry_forged"
    FACT_UNKNOWN = "fact_unknown"
    FACT_MALFORMED = "fact_malformed"

    # The HQ interface.
    TOKEN_WRONG = "token_wrong"  # noqa: S105 - the code of an error, not a token
    NOT_FOUND = "not_found"
    ALREADY_EXISTS = "already_exists"
    CASE_CLOSED = "case_closed"
    CASE_CHANGED = "case_changed"
    DECISION_UNFIT = "decision_unfit"


_RETRY = {
    ErrorCode.SERVER_UNREACHABLE,
    ErrorCode.SERVER_NOT_OURS,
    ErrorCode.SERVER_GARBLED,
    ErrorCode.SERVER_FAILED,
    ErrorCode.NONCE_STALE,
    ErrorCode.MUST_REFETCH,
    ErrorCode.TOO_MANY_REQUESTS,
    ErrorCode.PIN_LOCKED,
    ErrorCode.PRICE_CHANGED,
    ErrorCode.PRINT_JOB_GONE,
    ErrorCode.PAYMENT_OPEN,
    ErrorCode.CODE_KEY_UNKNOWN,
    ErrorCode.CODE_EXPIRED,
    ErrorCode.CODE_SEEN,
}
_RECOVER = {
    ErrorCode.DATABASE_DAMAGED,
    ErrorCode.DATABASE_MISSING,
    ErrorCode.DATABASE_KEY_WRONG,
    ErrorCode.DATABASE_KEY_MISSING,
    ErrorCode.JOURNAL_DAMAGED,
    ErrorCode.DISK_FULL,
    ErrorCode.TILL_ALREADY_RUNNING,
}
_CALL = {
    ErrorCode.RIGHT_MISSING,
    ErrorCode.LIMIT_EXCEEDED,
    ErrorCode.APPROVER_SAME_PERSON,
    ErrorCode.APPROVER_RIGHT_MISSING,
    ErrorCode.APPROVER_LIMIT_EXCEEDED,
    ErrorCode.TILL_HAS_OWN_BOOKS,
    ErrorCode.PAYMENT_NOT_SET_UP,
    ErrorCode.DRAWER_MISSING,
    ErrorCode.SQLITE_UNSAFE,
    ErrorCode.DATABASE_NEWER,
    ErrorCode.DATABASE_NOT_EMPTY,
    ErrorCode.BACKUP_DAMAGED,
    ErrorCode.DISK_FAILED,
    ErrorCode.PROTOCOL_UNSUPPORTED,
    ErrorCode.SERVER_CODE_UNKNOWN,
    ErrorCode.TILL_OUTDATED,
    ErrorCode.SERVER_OUTDATED,
    ErrorCode.SIGNATURE_WRONG,
    ErrorCode.TERMINAL_UNKNOWN,
    ErrorCode.TERMINAL_REVOKED,
    ErrorCode.JOURNAL_GAP,
    ErrorCode.JOURNAL_FORKED,
    ErrorCode.ENTRY_MALFORMED,
    ErrorCode.ENTRY_FORGED,
    ErrorCode.FACT_UNKNOWN,
    ErrorCode.FACT_MALFORMED,
}


def remedy_of(code: ErrorCode) -> Remedy:
    if code in _RETRY:
        return Remedy.RETRY
    if code in _RECOVER:
        return Remedy.RECOVER
    return Remedy.CALL if code in _CALL else Remedy.CORRECT


class TillfoldError(Exception):
    """An error that a person can act on. `values` fill the text's places; no personal data."""

    def __init__(self, code: ErrorCode, **values: str | int) -> None:
        super().__init__(code.value)
        self.code = code
        self.values = values
