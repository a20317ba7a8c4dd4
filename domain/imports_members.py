"""Members from a sheet: one row, one phone number."""

from collections.abc import Callable, Container
from datetime import date
from enum import StrEnum
from typing import Final

import msgspec

from domain.birthdays import parse_birthday
from domain.errors import ErrorCode, TillfoldError
from domain.imports import (
    Column,
    ImportReading,
    RowCells,
    Sheet,
    clean_name,
    read_rows,
    whole_number_text,
)
from domain.phones import Phone, parse_phone


class MemberRow(msgspec.Struct, frozen=True, kw_only=True):
    """`phone` is E.164; `birthday` an ISO date or empty."""

    row_number: int
    phone: Phone
    name: str
    birthday: str = ""


class MemberColumn(StrEnum):
    PHONE = "phone"
    NAME = "name"
    BIRTHDAY = "birthday"


MEMBER_COLUMNS: Final = (
    Column(
        key=MemberColumn.PHONE,
        title="手机号 / phone",
        required=True,
        headings=frozenset(
            {
                *("手机号", "手机", "手机号码", "电话", "电话号码", "联系电话", "联系方式"),
                *("会员手机", "会员手机号", "移动电话", "phone", "phoneno", "phonenumber"),
                *("mobile", "mobileno", "mobilenumber", "mobilephone", "telephone", "tel"),
            }
        ),
    ),
    Column(
        key=MemberColumn.NAME,
        title="姓名 / name",
        required=True,
        headings=frozenset(
            {
                *("姓名", "名字", "称呼", "会员姓名", "会员名称", "客户姓名", "顾客姓名"),
                *("name", "fullname", "membername", "customername", "customer"),
            }
        ),
    ),
    Column(
        key=MemberColumn.BIRTHDAY,
        title="生日 / birthday",
        headings=frozenset(
            {
                *("生日", "出生日期", "出生年月日", "会员生日"),
                *("birthday", "birthdate", "dateofbirth", "dob"),
            }
        ),
    ),
)
# How people write that they do not know.
_NO_BIRTHDAY: Final = frozenset(
    {"", "-", "--", "/", "无", "未知", "不详", "n/a", "na", "null", "none"}
)

KnownPhones = Container[str] | Callable[[Phone], bool]


def read_member_rows(
    sheet: Sheet, known_phones: KnownPhones, *, today: date
) -> ImportReading[MemberRow]:
    """Read members; `known_phones` (E.164) are those enrolled already, as a set or a question.

    A phone number is taken by the first row that is accepted with it. `today` in the store's zone
    bounds birthdays.

    Raises:
        TillfoldError: `column_missing`, `file_empty` or `file_too_large`: about the whole file.
    """
    is_known = known_phones if callable(known_phones) else known_phones.__contains__
    return read_rows(sheet, MEMBER_COLUMNS, _MemberRows(is_known, today).read)


class _MemberRows:
    def __init__(self, is_known: Callable[[Phone], bool], today: date) -> None:
        self._is_known = is_known
        self._today = today
        self._row_of: dict[Phone, int] = {}

    def read(self, cells: RowCells) -> MemberRow:
        # All cells first: a formula is named before anything that follows from it.
        phone_text, name_text, birthday_text = map(cells.text, MemberColumn)
        phone = parse_phone(whole_number_text(phone_text))
        member = MemberRow(
            row_number=cells.row.number,
            phone=phone,
            name=clean_name(name_text),
            birthday=self._birthday(birthday_text),
        )
        self._claim(phone, cells.row.number)
        return member

    def _birthday(self, text: str) -> str:
        if text.casefold() in _NO_BIRTHDAY:
            return ""
        return parse_birthday(text, today=self._today)

    def _claim(self, phone: Phone, row_number: int) -> None:
        if self._is_known(phone):
            raise TillfoldError(ErrorCode.PHONE_ALREADY_ENROLLED)
        if phone in self._row_of:
            raise TillfoldError(ErrorCode.PHONE_TWICE_IN_FILE, row=self._row_of[phone])
        self._row_of[phone] = row_number
