"""A provider's statement of a day (交易账单, 业务明细) as lines. Pure, bounded, and tolerant.

WeChat Pay: comma-separated, each value behind a back-tick, a heading first, two lines of sums last
(pay.weixin.qq.com, 交易账单). Alipay: comma-separated in GBK, with lines that begin with # around
the table (opendocs.alipay.com, 业务明细). Both come packed too: gzip and zip. Columns are found by
their headings, because both providers have added some over the years. A statement is data: nothing
in it is carried out, and control characters are dropped.
"""

import csv
import gzip
import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from hardware.payments.port import ProviderName
from hardware.payments.reading import fen_of_yuan

LARGEST_STATEMENT_BYTES: Final = 64 * 1024 * 1024
MOST_LINES: Final = 500_000
LONGEST_LINE: Final = 10_000
LONGEST_CELL: Final = 64
_GZIP: Final = b"\x1f\x8b"
_ZIP: Final = b"PK\x03\x04"
_SUMS: Final = "汇总"
_TICK: Final = "`"
# ValueError: a name in the archive that is not written as it should be.
_BROKEN: Final = (
    OSError,
    EOFError,
    RuntimeError,
    NotImplementedError,
    ValueError,
    zlib.error,
    zipfile.BadZipFile,
)
# The whole price before what the provider pays for itself, by its present name and an older one.
_WECHAT_PAID: Final = ("订单金额", "总金额", "应结订单金额")
_WECHAT_BACK: Final = ("申请退款金额", "退款金额")
_WECHAT_BACK_STATES: Final = frozenset({"REFUND", "REVOKED"})
_ALIPAY_PAID: Final = ("订单金额(元)",)
_ALIPAY_REFUND: Final = "退款"


class StatementError(Exception):
    """`code`: `unreadable`, `too_large` or `no_heading`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class StatementLine(msgspec.Struct, frozen=True, kw_only=True):
    """One movement: `amount_fen` came in, or with `back` went back to the guest.

    `order_id` is our number of the payment, `reference` the provider's; `at` as it is written.
    """

    order_id: str
    reference: str
    amount_fen: int
    back: bool
    at: str


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """`unread` counts lines of the table that could not be read."""

    lines: tuple[StatementLine, ...]
    unread: int = 0


def read_statement(provider: ProviderName, content: bytes) -> Statement:
    """Raises StatementError."""
    text = _decoded(_unpacked(content))
    rows = _wechat_rows(text) if provider is ProviderName.WECHAT_PAY else _alipay_rows(text)
    read = _wechat_line if provider is ProviderName.WECHAT_PAY else _alipay_line
    lines, unread = [], 0
    try:
        for count, row in enumerate(rows):
            if count >= MOST_LINES:
                raise StatementError("too_large")
            line = read(row)
            if line is None:
                unread += 1
            else:
                lines.append(line)
    except csv.Error as error:  # a quote that is never closed
        raise StatementError("unreadable") from error
    return Statement(lines=tuple(lines), unread=unread)


Row = dict[str, str]


def _wechat_rows(text: str) -> Iterator[Row]:
    """Values are told apart by comma and back-tick together: a name may hold a comma."""
    heading: list[str] = []
    for line in _lines(text):
        if not heading:
            if line.startswith("交易时间"):
                heading = _headings(line.split(","))
        elif line.startswith(_TICK):
            cells = line[1:].split("," + _TICK)
            yield dict(zip(heading, map(_clean, cells), strict=False))
        else:
            return
    if not heading:
        raise StatementError("no_heading")


def _alipay_rows(text: str) -> Iterator[Row]:
    heading: list[str] = []
    for cells in csv.reader(_lines(text)):
        first = cells[0].strip() if cells else ""
        if not heading:
            if first == "支付宝交易号":
                heading = _headings(cells)
        elif first.startswith("#"):
            return
        elif first:
            yield dict(zip(heading, map(_clean, cells), strict=False))
    if not heading:
        raise StatementError("no_heading")


def _wechat_line(row: Row) -> StatementLine | None:
    back = row.get("交易状态") in _WECHAT_BACK_STATES
    amount_fen = _amount(row, _WECHAT_BACK if back else _WECHAT_PAID)
    return _line(row, amount_fen, back=back, reference="微信订单号", at="交易时间")


def _alipay_line(row: Row) -> StatementLine | None:
    back = row.get("业务类型", "").startswith(_ALIPAY_REFUND)
    amount_fen = _amount(row, _ALIPAY_PAID)
    return _line(row, amount_fen, back=back, reference="支付宝交易号", at="完成时间")


def _line(
    row: Row, amount_fen: int | None, *, back: bool, reference: str, at: str
) -> StatementLine | None:
    order_id = row.get("商户订单号", "")
    if not order_id or amount_fen is None:
        return None
    return StatementLine(
        order_id=order_id,
        reference=row.get(reference, ""),
        amount_fen=amount_fen,
        back=back,
        at=row.get(at, ""),
    )


def _amount(row: Row, names: Iterable[str]) -> int | None:
    """Refunds are written with and without a sign."""
    for name in names:
        amount_fen = fen_of_yuan(row.get(name, "").removeprefix("-"))
        if amount_fen is not None:
            return amount_fen
    return None


def _headings(cells: Iterable[str]) -> list[str]:
    return [_clean(cell).replace("（", "(").replace("）", ")") for cell in cells]


def _clean(cell: str) -> str:
    printable = "".join(sign for sign in cell[:LONGEST_CELL] if sign.isprintable())
    return printable.strip().removeprefix(_TICK)


def _lines(text: str) -> Iterator[str]:
    for line in io.StringIO(text, newline=None):
        if len(line) > LONGEST_LINE:
            raise StatementError("unreadable")
        yield line.rstrip("\n").strip(" \ufeff")


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise StatementError("unreadable")


def _unpacked(content: bytes) -> bytes:
    if len(content) > LARGEST_STATEMENT_BYTES:
        raise StatementError("too_large")
    try:
        if content.startswith(_GZIP):
            with gzip.open(io.BytesIO(content)) as opened:
                content = opened.read(LARGEST_STATEMENT_BYTES + 1)
        elif content.startswith(_ZIP):
            content = _from_zip(content)
    except _BROKEN as error:
        raise StatementError("unreadable") from error
    if len(content) > LARGEST_STATEMENT_BYTES:
        raise StatementError("too_large")
    return content


def _from_zip(content: bytes) -> bytes:
    """The table of movements; a second file in it holds sums."""
    with zipfile.ZipFile(io.BytesIO(content), metadata_encoding="gbk") as packed:
        names = [name for name in packed.namelist() if name.lower().endswith(".csv")]
        tables = [name for name in names if _SUMS not in name]
        if not tables:
            raise StatementError("unreadable")
        with packed.open(tables[0]) as opened:
            return opened.read(LARGEST_STATEMENT_BYTES + 1)
