"""`sync-server verify`: what does not hold, in words, and what to do about it."""

from argparse import Namespace
from typing import Any, Final

import msgspec

from domain.wording import Language, Wording
from sync_server.operations.result import Desk, Result
from sync_server.use_cases import brands
from sync_server.use_cases.verification import Finding, Problem, Verification, verify

# What it means and what to do: Chinese, English.
WORDS: Final[dict[Problem, tuple[tuple[str, str], tuple[str, str]]]] = {
    Problem.GAP: (
        ("日志缺少记录", "entries are missing from a journal"),
        (
            "从备份恢复；收银机会把缺的再传一次",
            "restore the backup; the tills send again what it lacks",
        ),
    ),
    Problem.HASH: (
        (
            "记录内容与其校验值不符，数据已被改动",
            "an entry was changed after it was stored",
        ),
        (
            "查明谁能写数据库；从备份恢复该品牌",
            "find out who can write to the database; restore the brand from the backup",
        ),
    ),
    Problem.SIGNATURE: (
        ("记录的签名不是该收银机的", "an entry is not signed by its till"),
        (
            "查明谁能写数据库；从备份恢复该品牌",
            "find out who can write to the database; restore the brand from the backup",
        ),
    ),
    Problem.CHAIN: (
        ("记录没有接在前一条之后", "an entry does not follow the one before"),
        (
            "核对前一条记录；从备份恢复该品牌",
            "look at the entry before; restore the brand from the backup",
        ),
    ),
    Problem.HEAD: (
        (
            "日志末尾与登记的不符，可能被截断",
            "a journal does not end where it should",
        ),
        (
            "从备份恢复；收银机会把缺的再传一次",
            "restore the backup; the tills send again what it lacks",
        ),
    ),
    Problem.EPOCH: (
        ("新一期日志没有接在原日志的那一条之后", "an epoch does not go on from where it says"),
        (
            "这台收银机的日志分过叉，请联系技术支持",
            "this till's journal has forked; ask support to look at it",
        ),
    ),
    Problem.FEED: (
        ("记录的版本号超过品牌的最新版本", "an entry is newer than the brand's feed"),
        (
            "数据库只恢复了一部分；请用完整备份恢复",
            "the database was restored in parts; restore a whole backup",
        ),
    ),
    Problem.POINTS: (
        ("会员积分余额与明细之和不符", "a member's points are not the sum of the lines"),
        ("请联系技术支持，先不要调整积分", "ask support; adjust no points until then"),
    ),
    Problem.STORED_VALUE: (
        ("储值余额与日志不符", "a stored-value account is not what the journals say"),
        ("请联系技术支持，先冻结该账户", "freeze the account and ask support"),
    ),
    Problem.PASS: (
        ("次卡与日志不符", "a pass is not what the journals say"),
        ("请联系技术支持", "ask support"),
    ),
    Problem.SALES: (
        ("销售合计与日志不符", "a till's sales are not what its journal says"),
        ("以日志为准；请联系技术支持", "the journal holds; ask support"),
    ),
    Problem.FEED_ROW: (
        (
            "下发给收银机的一行数据与其校验值不符，数据已被改动",
            "a row of the feed was changed after it was stored",
        ),
        (
            "查明谁能写数据库；从备份恢复该品牌",
            "find out who can write to the database; restore the brand from the backup",
        ),
    ),
    Problem.FEED_SUM: (
        (
            "下发数据的合计与各行不符，收银机会反复核对",
            "a sum of the feed is not that of its rows: tills compare in vain",
        ),
        (
            "收银机照常营业；从备份恢复该品牌",
            "tills go on selling; restore the brand from the backup",
        ),
    ),
}


class FoundLine(msgspec.Struct, frozen=True, kw_only=True):
    """A finding with its words, for programs that show them."""

    problem: str
    where: str
    text: str
    advice: str


def verify_books(desk: Desk, arguments: Namespace) -> Result:
    brand = brands.only_brand(desk.context, arguments.brand)
    done = verify(desk.context, brand.brand_id)
    found = [_line(desk.wording, finding) for finding in done.findings]
    lines = [
        desk.wording.text("verify.finding", text=one.text, where=one.where, advice=one.advice)
        for one in found
    ]
    key = "verify.holds" if done.holds else "verify.fails"
    counts = _counts(done)
    lines.append(desk.wording.text(key, found=len(found)))
    lines.append(desk.wording.text("verify.checked", **counts))
    return Result(values=counts | {"findings": found}, lines=tuple(lines), succeeded=done.holds)


def _line(wording: Wording, finding: Finding) -> FoundLine:
    place = 0 if wording.language is Language.CHINESE else 1
    text, advice = WORDS[finding.problem]
    return FoundLine(
        problem=finding.problem.value,
        where=finding.where,
        text=text[place],
        advice=advice[place],
    )


def _counts(done: Verification) -> dict[str, Any]:
    names = ("journals", "entries", "set_aside", "members", "accounts")
    return {name: getattr(done, name) for name in names}
