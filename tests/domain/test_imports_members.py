import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import ErrorCode, TillfoldError
from domain.imports import LARGEST_SHEET_ROWS, Cell, Sheet, SheetRow
from domain.imports_members import read_member_rows
from tests.domain.sheets import TODAY, read_members, sheet_of


@pytest.mark.parametrize(
    "text",
    [
        "13800138000",
        "138 0013 8000",
        "138-0013-8000",
        "138—0013—8000",
        "138.0013.8000",
        "+86 13800138000",
        "+8613800138000",
        "(+86)13800138000",
        "0086 138 0013 8000",
        "8613800138000",
        "86-138-0013-8000",
        "13800138000.0",
        "13800138000.",
        "'13800138000",
        "’13800138000",
        "１３８００１３８０００",
        "＋８６　１３８００１３８０００",
        "\ufeff13800138000\u200b",
        "\t13800138000\u00a0",
    ],
)
def test_a_phone_is_read_in_every_usual_form(text: str) -> None:
    assert [row.phone for row in read_members((text, "李四")).accepted] == ["+8613800138000"]


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("+852 9123 4567", "+85291234567"),
        ("00852-91234567", "+85291234567"),
        ("+853 6612 3456", "+85366123456"),
        ("+886 912 345 678", "+886912345678"),
        ("010-65529988", "+861065529988"),
        ("+14155552671", "+14155552671"),
    ],
)
def test_numbers_from_elsewhere_keep_their_country(text: str, phone: str) -> None:
    assert [row.phone for row in read_members((text, "Chan Ka Yan")).accepted] == [phone]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "无",
        "1380013800",
        "138001380001",
        "1.38E+10",
        "1.3800138E10",
        "13800l38000",
        "138O0138000",
        "13800138000/13900139000",
        "13800138000、13900139000",
        "13800138000 李四",
        "91234567",
        "00000000000",
        "13800138000.5",
        "#N/A",
        "1" * 41,
    ],
)
def test_a_phone_that_cannot_be_trusted_is_refused(text: str) -> None:
    reading = read_members((text, "李四"))
    assert [row.code for row in reading.refused] == [ErrorCode.PHONE_MALFORMED]


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("李四", "李四"),
        ("　李　四　", "李四"),
        (" 欧阳  若 曦 ", "欧阳若曦"),
        ("Chan  Ka　Yan", "Chan Ka Yan"),
        ("Ａｎｎａ　王", "Anna 王"),
        ("阿依古丽·买买提", "阿依古丽·买买提"),
        ("'王五", "王五"),
        ("O'Brien", "O'Brien"),
        ("\u200e王\u0007五", "王五"),
    ],
)
def test_a_name_is_cleaned_of_what_spreadsheets_leave_in_it(written: str, name: str) -> None:
    assert [row.name for row in read_members(("13800138000", written)).accepted] == [name]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("", ErrorCode.NAME_MISSING),
        ("　 \t", ErrorCode.NAME_MISSING),
        ("'", ErrorCode.NAME_MISSING),
        ("李" * 121, ErrorCode.NAME_TOO_LONG),
    ],
)
def test_a_row_needs_a_name_of_usual_length(name: str, code: ErrorCode) -> None:
    assert [row.code for row in read_members(("13800138000", name)).refused] == [code]


@pytest.mark.parametrize(
    ("written", "birthday"),
    [
        ("1990-05-20", "1990-05-20"),
        ("1990-5-2", "1990-05-02"),
        ("1990/5/20", "1990-05-20"),
        ("1990.5.20", "1990-05-20"),
        ("1990 / 05 / 20", "1990-05-20"),
        ("1990年5月20日", "1990-05-20"),
        ("1990 年 5 月 20 号", "1990-05-20"),
        ("1990年5月20", "1990-05-20"),
        ("19900520", "1990-05-20"),
        ("19900520.0", "1990-05-20"),
        ("１９９０－０５－２０", "1990-05-20"),
        ("1990-05-20 00:00:00", "1990-05-20"),
        ("1990-05-20T00:00:00", "1990-05-20"),
        ("1990/5/20 0:00", "1990-05-20"),
        ("2000-02-29", "2000-02-29"),
        ("2026-11-21", "2026-11-21"),
        ("", ""),
        (" ", ""),
        ("无", ""),
        ("-", ""),
        ("N/A", ""),
    ],
)
def test_a_birthday_is_read_year_first_in_every_usual_form(written: str, birthday: str) -> None:
    reading = read_members(("13800138000", "李四", written))
    assert [row.birthday for row in reading.accepted] == [birthday]


@pytest.mark.parametrize(
    "written",
    [
        "1990-02-30",
        "1990-13-01",
        "2001-02-29",
        "1899-12-31",
        "0000-00-00",
        "2026-11-22",
        "2031-05-20",
        "90-05-20",
        "5月20日",
        "05/20/1990",
        "20/05/1990",
        "1990-05/20",
        "1990-05",
        "33013",
        "1990-05-20 13:45:00",
        "属马",
        "199005200",
    ],
)
def test_a_birthday_that_may_be_misread_is_refused(written: str) -> None:
    reading = read_members(("13800138000", "李四", written))
    assert [row.code for row in reading.refused] == [ErrorCode.BIRTHDAY_MALFORMED]


def test_the_first_accepted_row_holds_a_phone_and_later_ones_name_it() -> None:
    reading = read_members(
        ("13800138000", ""),
        ("13800138000", "李四"),
        ("+86 138 0013 8000", "李四"),
    )
    assert [(row.row_number, row.name) for row in reading.accepted] == [(3, "李四")]
    refused = [(row.row_number, row.code, row.values) for row in reading.refused]
    assert refused == [
        (2, ErrorCode.NAME_MISSING, {}),
        (4, ErrorCode.PHONE_TWICE_IN_FILE, {"row": 3}),
    ]


@pytest.mark.parametrize("as_question", [False, True])
def test_a_known_member_is_refused_each_time_it_stands_in_the_file(as_question: bool) -> None:
    known = frozenset({"+8613800138000"})
    sheet = sheet_of(("phone", "name"), ("13800138000", "A"), ("138 0013 8000", "B"))
    reading = read_member_rows(sheet, known.__contains__ if as_question else known, today=TODAY)
    assert [row.code for row in reading.refused] == [ErrorCode.PHONE_ALREADY_ENROLLED] * 2


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize(
    "cell", [Cell("=A1", is_formula=True), Cell("=A1"), Cell("'＝A1"), Cell("", is_formula=True)]
)
def test_a_formula_in_a_read_column_refuses_its_row(place: int, cell: Cell) -> None:
    cells: list[str | Cell] = ["13800138000", "李四", "1990-05-20"]
    cells[place] = cell
    (refused,) = read_members(cells).refused
    assert refused.code is ErrorCode.FORMULA_REFUSED
    assert refused.values == {"column": ("手机号", "姓名", "生日")[place]}
    assert refused.cells[place] == cell


def test_a_formula_in_a_column_that_is_not_read_changes_nothing() -> None:
    sheet = sheet_of(
        ("电话", "称呼", "累计消费"), ("13800138000", "李四", Cell("=SUM(A1)", is_formula=True))
    )
    assert len(read_member_rows(sheet, frozenset(), today=TODAY).accepted) == 1


@pytest.mark.parametrize(
    "header",
    [
        ("手机号", "姓名", "生日"),
        ("手机", "名字", "出生日期"),
        ("电话", "称呼", "生日"),
        ("联系电话", "姓名", "生日"),
        ("Phone", "NAME", "Birthday"),
        ("mobile", "Full Name", "date of birth"),
        ("* 手机号码（必填）", "姓 名：", "生日（选填）"),
        ("Ｐｈｏｎｅ　Ｎｏ．", "\ufeffname", "birth_date"),
    ],
)
def test_headings_are_known_in_chinese_and_english(header: tuple[str, ...]) -> None:
    sheet = sheet_of(header, ("13800138000", "李四", "1990-05-20"))
    (row,) = read_member_rows(sheet, frozenset(), today=TODAY).accepted
    assert (row.phone, row.name, row.birthday) == ("+8613800138000", "李四", "1990-05-20")


def test_columns_stand_in_any_order_and_unknown_ones_are_passed_over() -> None:
    sheet = sheet_of(
        ("序号", "生日", "姓名", "等级", "手机号"), ("1", "19900520", "李四", "金卡", "13800138000")
    )
    (row,) = read_member_rows(sheet, frozenset(), today=TODAY).accepted
    assert (row.phone, row.name, row.birthday) == ("+8613800138000", "李四", "1990-05-20")


def test_of_two_fitting_columns_the_left_one_is_read() -> None:
    sheet = sheet_of(("手机", "电话", "姓名"), ("13800138000", "13900139000", "李四"))
    (row,) = read_member_rows(sheet, frozenset(), today=TODAY).accepted
    assert row.phone == "+8613800138000"


@pytest.mark.parametrize(
    ("header", "column"),
    [(("姓名", "生日"), "手机号 / phone"), (("手机号", "生日"), "姓名 / name")],
)
def test_a_file_without_a_required_column_is_refused_as_a_whole(
    header: tuple[str, ...], column: str
) -> None:
    with pytest.raises(TillfoldError) as caught:
        read_member_rows(sheet_of(header, ("a", "b")), frozenset(), today=TODAY)
    assert caught.value.code is ErrorCode.COLUMN_MISSING
    assert caught.value.values == {"column": column}


def test_rows_of_blanks_are_passed_over_and_counted() -> None:
    reading = read_members((), ("", "　", "\t"), ("13800138000", "李四"), ("'", ""))
    assert (len(reading.accepted), reading.refused, reading.blank_count) == (1, (), 3)


def test_a_short_row_is_refused_for_what_it_lacks() -> None:
    assert [row.code for row in read_members(("13800138000",)).refused] == [ErrorCode.NAME_MISSING]


def test_a_sheet_has_at_most_fifty_thousand_rows() -> None:
    rows = tuple(SheetRow(number, ()) for number in range(2, LARGEST_SHEET_ROWS + 3))
    with pytest.raises(TillfoldError) as caught:
        read_member_rows(Sheet(("手机号", "姓名"), rows), frozenset(), today=TODAY)
    assert caught.value.code is ErrorCode.FILE_TOO_LARGE
    assert (
        read_member_rows(Sheet(("手机号", "姓名"), rows[1:]), frozenset(), today=TODAY) is not None
    )


def test_a_sheet_without_rows_is_empty() -> None:
    with pytest.raises(TillfoldError) as caught:
        read_members()
    assert caught.value.code is ErrorCode.FILE_EMPTY


ANY_TEXT = st.text(st.characters(codec=None), max_size=60)
PHONE_LIKE = st.from_regex(r"\+?[0-9０-９ ()\-.E]{0,20}", fullmatch=True)
DAY_LIKE = st.from_regex(r"[0-9]{0,5}[-/.年 ]?[0-9]{0,3}[-/.月 ]?[0-9]{0,3}日?", fullmatch=True)
CELLS = st.builds(
    Cell,
    st.one_of(ANY_TEXT, PHONE_LIKE, DAY_LIKE, st.sampled_from(["", "13800138000", "李四"])),
    is_formula=st.booleans() | st.just(value=False),
    is_number=st.booleans(),
)
ROWS = st.lists(st.lists(CELLS, max_size=4).map(tuple), min_size=1, max_size=12)


@given(ROWS)
def test_every_row_is_accepted_refused_or_blank_exactly_once(rows: list[tuple[Cell, ...]]) -> None:
    sheet = sheet_of(("手机号", "姓名", "生日"), *rows)
    reading = read_member_rows(sheet, frozenset(), today=TODAY)
    numbers = [row.row_number for row in reading.accepted]
    numbers += [row.row_number for row in reading.refused]
    assert len(numbers) == len(set(numbers))
    assert len(numbers) + reading.blank_count == len(rows)
    assert set(numbers) <= {row.number for row in sheet.rows}
    phones = [row.phone for row in reading.accepted]
    assert len(phones) == len(set(phones))
    assert all(phone.startswith("+") and phone[1:].isascii() for phone in phones)
    assert all(phone[1:].isdigit() and 8 <= len(phone) <= 16 for phone in phones)
    by_number = {row.number: row.cells for row in sheet.rows}
    assert all(by_number[row.row_number] == row.cells for row in reading.refused)


@given(st.lists(ANY_TEXT, max_size=6), ROWS)
def test_any_header_is_read_or_refused_with_a_code(
    header: list[str], rows: list[tuple[Cell, ...]]
) -> None:
    try:
        read_member_rows(sheet_of(header, *rows), frozenset(), today=TODAY)
    except TillfoldError as error:
        assert error.code is ErrorCode.COLUMN_MISSING  # noqa: PT017 - most headers lack a column
