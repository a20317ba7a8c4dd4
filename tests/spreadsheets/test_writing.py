import csv
import os
import re
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from domain.errors import ErrorCode, TillfoldError
from domain.imports import Cell, RefusedRow
from domain.imports_members import read_member_rows
from domain.wording import Language, Wording
from spreadsheets.reading import read_sheet
from spreadsheets.writing import guarded, write_refused_rows
from tests.domain.sheets import TODAY, sheet_of

RISKY = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
NUMBER = re.compile(r"-[0-9]+(\.[0-9]+)?")
CHINESE = Wording(Language.CHINESE, {})
ENGLISH = Wording(Language.ENGLISH, {})
HEADER = ("手机号", "姓名", "消费")
REFUSED = (
    RefusedRow(
        row_number=5,
        cells=(Cell("13800138000"), Cell("李四"), Cell("38.5", is_number=True)),
        code=ErrorCode.PHONE_TWICE_IN_FILE,
        values={"row": 3},
    ),
    RefusedRow(
        row_number=9,
        cells=(Cell("007"), Cell("=A1", is_formula=True)),
        code=ErrorCode.PHONE_MALFORMED,
    ),
)


def test_refused_rows_are_saved_as_csv_that_a_chinese_excel_opens(tmp_path: Path) -> None:
    path = write_refused_rows(tmp_path / "refused.csv", HEADER, REFUSED, wording=CHINESE)
    assert path.read_bytes().decode("utf-8-sig").splitlines() == [
        "原行号,手机号,姓名,消费,拒绝原因",
        "5,13800138000,李四,38.5,与第 3 行的手机号重复，保留先出现的一行。",
        "9,007,'=A1,,手机号无法识别。请核对位数；境外号码请加国家代码，如 +852。",
    ]
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")


def test_refused_rows_are_saved_as_xlsx_with_typed_numbers(tmp_path: Path) -> None:
    path = write_refused_rows(tmp_path / "refused.XLSX", HEADER, REFUSED, wording=ENGLISH)
    workbook = load_workbook(path)
    sheet = workbook.active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    workbook.close()
    assert rows == [
        ("Original row", *HEADER, "Why refused"),
        (
            *(5, "13800138000", "李四", 38.5),
            "Same phone number as row 3; the earlier row is kept.",
        ),
        (9, "007", "'=A1", None, ENGLISH.error(ErrorCode.PHONE_MALFORMED, {})),
    ]


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"])
def test_a_text_that_could_run_gets_an_apostrophe(sign: str) -> None:
    assert guarded(f"{sign}cmd|' /C calc'!A0") == f"'{sign}cmd|' /C calc'!A0"


def test_what_no_cell_can_hold_is_taken_out_before_the_guard() -> None:
    assert guarded("\0\x1f=A1\ufffe") == "'=A1"
    assert len(guarded("=" * 40_000)) == 32_767


@pytest.mark.parametrize("text", ["", "李四", "13800138000", "a=b", " =A1", "'=A1"])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert guarded(text) == text


@pytest.mark.parametrize("text", ["1e999999", "inf", "nan", "9" * 40, "=1", "-", "1.5.2", ""])
def test_a_number_that_no_spreadsheet_keeps_is_written_as_text(tmp_path: Path, text: str) -> None:
    row = RefusedRow(
        row_number=2, cells=(Cell(text, is_number=True),), code=ErrorCode.PHONE_MALFORMED
    )
    path = write_refused_rows(tmp_path / "n.xlsx", ("a",), (row,), wording=CHINESE)
    assert read_sheet(path).rows[0].cells[1].text == guarded(text)


@pytest.mark.parametrize("name", ["refused", "refused.2026", "名单"])
def test_a_name_without_a_known_ending_becomes_csv(tmp_path: Path, name: str) -> None:
    path = write_refused_rows(tmp_path / name, HEADER, REFUSED, wording=CHINESE)
    assert path == tmp_path / f"{name}.csv"
    assert path.exists()


def test_an_existing_file_is_replaced_and_nothing_else_is_left(tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text("old")
    write_refused_rows(tmp_path / "r.csv", HEADER, REFUSED, wording=CHINESE)
    assert [path.name for path in tmp_path.iterdir()] == ["r.csv"]
    assert "old" not in (tmp_path / "r.csv").read_text("utf-8-sig")


@pytest.mark.skipif(os.name != "posix", reason="permissions and links as on Unix")
def test_a_link_is_replaced_and_never_written_through(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("precious")
    (tmp_path / "r.csv").symlink_to(tmp_path / "precious")
    path = write_refused_rows(tmp_path / "r.csv", HEADER, REFUSED, wording=CHINESE)
    assert (tmp_path / "precious").read_text() == "precious"
    assert not path.is_symlink()
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("place", ["missing/r.csv", "file/r.csv", "folder.csv"])
def test_a_place_that_cannot_be_written_is_refused_with_a_code(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("a file, no folder")
    (tmp_path / "folder.csv" / "inside").mkdir(parents=True)
    with pytest.raises(TillfoldError) as caught:
        write_refused_rows(tmp_path / place, HEADER, REFUSED, wording=CHINESE)
    assert caught.value.code is ErrorCode.FILE_UNWRITABLE
    assert not list(tmp_path.glob(".*"))


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_saved_file_is_refused_again_for_the_same_reasons(tmp_path: Path, ending: str) -> None:
    sheet = sheet_of(
        ("手机号", "姓名", "生日"),
        ("+852123", "李四"),
        ("13800138000", Cell("=A1", is_formula=True)),
        ("13800138000", "王五", "属马"),
        ("", "@某人", ""),
    )
    first = read_member_rows(sheet, frozenset(), today=TODAY)
    path = write_refused_rows(
        tmp_path / f"again.{ending}", sheet.header, first.refused, wording=CHINESE
    )
    again = read_member_rows(read_sheet(path), frozenset(), today=TODAY)
    assert [row.code for row in again.refused] == [row.code for row in first.refused]
    assert len(first.refused) == 4


REFUSED_ROWS = st.lists(
    st.builds(
        RefusedRow,
        row_number=st.integers(1, 50_000),
        cells=st.lists(
            st.builds(
                Cell, st.text(st.characters(codec=None), max_size=20), is_number=st.booleans()
            ),
            max_size=4,
        ).map(tuple),
        code=st.just(ErrorCode.AMOUNT_MALFORMED),
        values=st.fixed_dictionaries({"text": st.text(max_size=20)}),
    ),
    min_size=1,
    max_size=5,
)


@given(REFUSED_ROWS, st.sampled_from(["csv", "xlsx"]))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_saved_cell_can_run_whatever_it_holds(
    tmp_path: Path, refused: list[RefusedRow], ending: str
) -> None:
    path = write_refused_rows(tmp_path / f"any.{ending}", ("a",), refused, wording=CHINESE)
    sheet = read_sheet(path)
    assert len(sheet.rows) == len(refused)
    assert not any(cell.is_formula for row in sheet.rows for cell in row.cells)
    if ending == "csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            cells = [cell for row in csv.reader(file) for cell in row]
        assert not any(cell.startswith(RISKY) and not NUMBER.fullmatch(cell) for cell in cells)
    else:
        with zipfile.ZipFile(path) as archive:
            assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")
