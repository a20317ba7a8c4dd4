"""Errors between till and server, of head office's interface, and of entries set aside."""

from typing import Final

from domain.errors import ErrorCode

SYNC_ERROR_TEXTS: Final[dict[ErrorCode, tuple[str, str]]] = {
    ErrorCode.SERVER_UNREACHABLE: (
        "连不上服务器，照常收款，联网后自动补传。",
        "The server cannot be reached. Selling goes on; everything is sent when it is back.",
    ),
    ErrorCode.SERVER_NOT_OURS: (
        "网络需要登录，或地址不是本系统的服务器。照常收款，请检查网络。",
        (
            "The network wants a sign-in, or the address is not our server. Selling goes on; check "
            "the network."
        ),
    ),
    ErrorCode.SERVER_GARBLED: (
        "服务器的回答无法读懂。照常收款，程序会再试。",
        "The server's answer cannot be read. Selling goes on; the program tries again.",
    ),
    ErrorCode.SERVER_CODE_UNKNOWN: (
        "服务器回答了 {answer}，本版程序不认识。照常收款，请升级收银程序。",
        "The server answered {answer}, which is not known here. Selling goes on; update the till.",
    ),
    ErrorCode.SERVER_FAILED: (
        "服务器出错。照常收款，程序会再试。",
        "The server failed. Selling goes on; the program tries again.",
    ),
    ErrorCode.PROTOCOL_UNSUPPORTED: (
        "服务器版本不匹配，请升级收银程序或服务器。照常收款。",
        "The server speaks another version. Upgrade the till or the server. Selling goes on.",
    ),
    ErrorCode.TILL_OUTDATED: (
        "本机程序版本太旧，服务器不再支持。请升级本机。照常收款。",
        "This till's program is too old for the server. Upgrade it. Selling goes on.",
    ),
    ErrorCode.SERVER_OUTDATED: (
        "服务器版本比本机旧。请总部升级服务器。照常收款。",
        "The server is older than this till. Ask head office to upgrade it. Selling goes on.",
    ),
    ErrorCode.SIGNATURE_WRONG: (
        "签名不符，已拒绝。请联系总部核对本机登记。",
        "The signature does not fit and was refused. Ask head office to check this till.",
    ),
    ErrorCode.NONCE_STALE: (
        "会话已过期，程序会自动重试。",
        "The session expired; the program tries again by itself.",
    ),
    ErrorCode.TERMINAL_UNKNOWN: (
        "服务器不认识这台收银机，请联系总部重新登记。",
        "The server does not know this till. Ask head office to enrol it.",
    ),
    ErrorCode.TERMINAL_REVOKED: (
        "这台收银机已被总部停用，请联系总部。",
        "Head office has switched this till off. Ask head office.",
    ),
    ErrorCode.ENROLMENT_CODE_WRONG: (
        "登记码不对或已过期，请向总部要新的登记码。",
        "The enrolment code is wrong or has expired. Ask head office for a new one.",
    ),
    ErrorCode.REQUEST_MALFORMED: (
        "请求格式有误：{where}。",
        "The request is malformed: {where}.",
    ),
    ErrorCode.REQUEST_TOO_LARGE: ("请求太大。", "The request is too large."),
    ErrorCode.TOO_MANY_REQUESTS: (
        "请求太频繁，请稍后再试。",
        "Too many requests. Try again in a while.",
    ),
    ErrorCode.MUST_REFETCH: (
        "本机离线太久，程序会自动重新下载资料。照常收款，未上传的记录不会丢失。",
        (
            "This till was away for too long; the program fetches everything anew by itself. "
            "Selling goes on, and nothing unsent is lost."
        ),
    ),
    ErrorCode.JOURNAL_GAP: (
        "服务器缺少较早的记录，程序会自动补传。",
        "The server lacks earlier entries; the program sends them again.",
    ),
    ErrorCode.JOURNAL_FORKED: (
        "本机日志与服务器所存不一致（可能恢复过旧备份）。照常收款，请联系总部。",
        (
            "This till's journal differs from what the server holds (an old backup may have been "
            "restored). Selling goes on; call head office."
        ),
    ),
    ErrorCode.ENTRY_MALFORMED: ("记录格式有误。", "The entry is malformed."),
    ErrorCode.ENTRY_FORGED: (
        "记录签名或链条不符。",
        "The entry's signature or chain does not fit.",
    ),
    ErrorCode.FACT_UNKNOWN: (
        "记录类型 {kind} 需要更新的版本。",
        "The entry kind {kind} needs a newer version.",
    ),
    ErrorCode.FACT_MALFORMED: ("记录内容不合规则。", "The entry's content does not fit the rules."),
    ErrorCode.TOKEN_WRONG: ("访问令牌无效。", "The access token is not valid."),
    ErrorCode.NOT_FOUND: ("没有找到。", "Not found."),
    ErrorCode.ALREADY_EXISTS: ("已经存在。", "It exists already."),
    ErrorCode.CASE_CLOSED: (
        "事项已自行关闭，无需裁定。",
        "The case has closed by itself; there is nothing to decide.",
    ),
    ErrorCode.CASE_CHANGED: (
        "事项在您查看后有了变化，请重新查看。",
        "The case has changed since it was looked at; look again.",
    ),
    ErrorCode.DECISION_UNFIT: (
        "此类事项只能裁定为：{allowed}。",
        "A case of this kind can only be decided as: {allowed}.",
    ),
}
