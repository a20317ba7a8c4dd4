"""Statements of WeChat Pay and Alipay, in every form in which they are handed out."""

import gzip
import io
import zipfile
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.payments.port import ProviderName
from hardware.payments.statements import (
    LONGEST_LINE,
    StatementError,
    StatementLine,
    read_statement,
)

WECHAT_HEADING = (
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,"
    "付款银行,货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,"
    "退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注"
)
OLD_WECHAT_HEADING = (
    "交易时间,公众账号ID,商户号,子商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,"
    "付款银行,货币种类,总金额,代金券或立减优惠金额,微信退款单号,商户退款单号,退款金额,"
    "代金券或立减优惠退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率"
)


def wechat_row(state: str, *, paid: str, back: str = "0.00", name: str = "晚餐") -> str:
    cells = [
        "2026-11-27 19:30:05", "wx1", "1900000109", "0", "", "4200001", "A1", "openid", "MICROPAY",
        state, "OTHERS", "CNY", paid, "0.00", "5000", "R1", back, "0.00", "ORIGINAL", "SUCCESS",
        name, "", "0.00000", "0.60%", paid, back, "",
    ]  # fmt: skip
    return ",".join(f"`{cell}" for cell in cells)


WECHAT = "\r\n".join(
    [
        WECHAT_HEADING,
        wechat_row("SUCCESS", paid="12.50", name="鱼,汤"),
        wechat_row("REFUND", paid="0.00", back="2.50"),
        wechat_row("REVOKED", paid="0.00", back="10.00"),
        "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额",
        "`3,`12.50,`12.50,`0.00,`0.00000,`12.50,`12.50",
    ]
)
ALIPAY_HEADING = (
    "支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,"
    "对方账户,订单金额（元）,商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,"
    "商家优惠（元）,券核销金额（元）,券名称,商家红包消费金额（元）,卡消费金额（元）,"
    "退款批次号/请求号,服务费（元）,分润（元）,备注"
)
ALIPAY = f"""#支付宝业务明细查询
#账号：[20880000000000000156]
#-----------------------------------------业务明细列表----------------------------------------
{ALIPAY_HEADING}
2026001\t,A1\t,交易\t,"鱼, 汤",2026-11-27 19:30:00,2026-11-27 19:30:05,,,,,**(1),12.50,12.50,0,0
2026001\t,A1\t,退款\t,汤,2026-11-27 20:00:00,2026-11-27 20:00:05,,,,,**(1),-2.50,-2.50,0,0
#-----------------------------------------业务明细列表结束------------------------------------
#交易合计：1笔，商家实收共12.50元
""".replace("\n", "\r\n")
PAID = StatementLine(
    order_id="A1", reference="4200001", amount_fen=1_250, back=False, at="2026-11-27 19:30:05"
)


def amounts(provider: ProviderName, content: bytes) -> list[int]:
    lines = read_statement(provider, content).lines
    return [-line.amount_fen if line.back else line.amount_fen for line in lines]


def test_wechat() -> None:
    statement = read_statement(ProviderName.WECHAT_PAY, WECHAT.encode())
    assert statement.lines[0] == PAID
    assert amounts(ProviderName.WECHAT_PAY, WECHAT.encode()) == [1_250, -250, -1_000]
    assert statement.unread == 0


def test_an_older_wechat_heading() -> None:
    row = ",".join(wechat_row("SUCCESS", paid="12.50").split(",")[:24])
    content = f"{OLD_WECHAT_HEADING}\n{row}\n".encode()
    assert read_statement(ProviderName.WECHAT_PAY, content).lines == (PAID,)


def test_alipay() -> None:
    assert amounts(ProviderName.ALIPAY, ALIPAY.encode("gbk")) == [1_250, -250]


def zipped(content: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as packed:
        packed.writestr("20881_业务明细(汇总).csv", "#sums")
        packed.writestr("20881_业务明细.csv", content)
    return target.getvalue()


@pytest.mark.parametrize(
    "content",
    [WECHAT.encode("gbk"), WECHAT.encode("utf-8-sig"), gzip.compress(WECHAT.encode())],
    ids=["gbk", "byte order mark", "gzip"],
)
def test_every_form_is_the_same(content: bytes) -> None:
    assert amounts(ProviderName.WECHAT_PAY, content) == [1_250, -250, -1_000]


def test_a_zip_with_sums_beside_the_table() -> None:
    assert amounts(ProviderName.ALIPAY, zipped(ALIPAY.encode("gbk"))) == [1_250, -250]


def test_lines_that_cannot_be_read_are_counted_and_nothing_is_carried_out() -> None:
    bad = wechat_row("SUCCESS", paid="=1+1")
    content = "\n".join([WECHAT_HEADING, bad, wechat_row("SUCCESS", paid="12.50", name="=cmd()")])
    statement = read_statement(ProviderName.WECHAT_PAY, content.encode())
    assert statement.lines == (PAID,)
    assert statement.unread == 1


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "no_heading"),
        (b"a,b\n1,2\n", "no_heading"),
        (b"\xff\xff\xff", "unreadable"),
        (b"PK\x03\x04rubbish", "unreadable"),
        (b"\x1f\x8brubbish", "unreadable"),
        (b"x" * (LONGEST_LINE + 1), "unreadable"),
    ],
)
def test_what_is_no_statement_is_refused(content: bytes, code: str) -> None:
    for provider in (ProviderName.WECHAT_PAY, ProviderName.ALIPAY):
        with pytest.raises(StatementError) as caught:
            read_statement(provider, content)
        assert caught.value.code == code


def zipped_with_a_broken_name() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as packed:
        packed.writestr("xy.csv", "a")
    return content.getvalue().replace(b"xy.csv", b"\xff\xff.csv")


def broken_gzip() -> bytes:
    packed = bytearray(gzip.compress(ALIPAY_HEADING.encode() * 20))
    packed[12:20] = b"\xff" * 8
    return bytes(packed)


@pytest.mark.parametrize(
    "content",
    [
        broken_gzip(),
        zipped_with_a_broken_name(),
        (ALIPAY_HEADING + '\n"' + "a line that goes on\n" * 10_000).encode(),
    ],
    ids=["gzip", "zip", "quote"],
)
def test_what_is_broken_inside_is_refused(content: bytes) -> None:
    with pytest.raises(StatementError) as caught:
        read_statement(ProviderName.ALIPAY, content)
    assert caught.value.code == "unreadable"


@given(st.binary(max_size=200), st.sampled_from([ProviderName.WECHAT_PAY, ProviderName.ALIPAY]))
def test_any_bytes_are_a_statement_or_refused(content: bytes, provider: ProviderName) -> None:
    heading = WECHAT_HEADING if provider is ProviderName.WECHAT_PAY else ALIPAY_HEADING
    for tried in (content, heading.encode() + b"\n`" + content):
        with suppress(StatementError):
            read_statement(provider, tried)
