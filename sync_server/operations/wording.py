"""The command line's own texts in both languages; errors come from `domain.wording`."""

from collections.abc import Mapping
from typing import Final

from domain.wording import Language, Wording
from sync_server.operations.wording_doctor import DOCTOR_TEXTS

# Key: Chinese, English.
TEXTS: Final[dict[str, tuple[str, str]]] = {
    "help.program": (
        "Tillfold 同步服务器：合并各门店的日志，向每台收银机供给结果。",
        "The Tillfold sync server: merges the journals of all stores and feeds every till.",
    ),
    "help.first_steps": (
        "首次使用：create-brand，然后 create-store、enrol、hq-user add，最后 run。",
        "First steps: create-brand, then create-store, enrol, hq-user add, and at last run.",
    ),
    "help.settings": (
        "TOML 设置文件；也可用环境变量 TILLFOLD_SERVER_SETTINGS 指定",
        "settings file in TOML; the variable TILLFOLD_SERVER_SETTINGS can name it too",
    ),
    "help.json": ("以一行 JSON 输出结果", "print the result as one line of JSON"),
    "help.brand": (
        "品牌编号；只有一个品牌时不必给出",
        "id of the brand; not needed where there is only one",
    ),
    "help.create_brand": (
        "新建品牌；首个品牌同时建立数据库和服务器密钥",
        "make a brand; with the first one also the database and the server's key",
    ),
    "help.create_brand.name": ("品牌名称", "name of the brand"),
    "help.create_brand.id": (
        "品牌编号；不给则自动生成",
        "id of the brand; made up where not given",
    ),
    "help.migrate": ("把数据库升级到本版本", "bring the database to this release's state"),
    "help.run": ("运行服务器，直到被停止", "run the server until it is stopped"),
    "help.run.host": ("监听地址，覆盖设置", "address to listen on, instead of the settings'"),
    "help.run.port": (
        "端口，覆盖设置；0 表示任选空闲端口",
        "port, instead of the settings'; 0 takes a free one",
    ),
    "help.run.migrate": ("先升级数据库", "migrate the database first"),
    "help.worker": (
        "执行定时任务，直到被停止；可同时启动多个",
        "do the scheduled jobs until it is stopped; any number may run",
    ),
    "help.worker.once": ("只执行到期的任务，然后结束", "do what is due, then end"),
    "help.backup": (
        "把全部数据写入一个新文件夹；服务器照常运行",
        "write everything into a new folder; the server goes on meanwhile",
    ),
    "help.backup.folder": ("新文件夹，不能已存在", "the new folder; it may not be there yet"),
    "help.backup.key": ("也写入服务器密钥", "put the server's key in too"),
    "help.restore": (
        "用备份填充空的数据库，并开始新的历史：各收银机会补传缺少的记录",
        "fill an empty database from a backup and begin a new history: tills offer what it lacks",
    ),
    "help.restore.folder": ("备份文件夹", "the folder of the backup"),
    "help.import": (
        "从 CSV 或 XLSX 文件登记会员；规则与收银机导入相同，全部或全不",
        "enrol the members of a CSV or XLSX file by the rules of a till's import, all or none",
    ),
    "help.import.file": ("CSV 或 XLSX 文件", "CSV or XLSX file"),
    "help.import.refused": (
        "把被拒绝的行连同原因存入此文件，更正后可再导入",
        "save the refused rows here with their reasons, to be mended and imported again",
    ),
    "help.price": (
        "试算一单：检查规则，解释价格；不需要数据库",
        "try rules on a cart: check them and explain the price; needs no database",
    ),
    "help.price.file": (
        "JSON 文件，见 docs/price-command.md；- 为标准输入",
        "JSON file, see docs/price-command.md; - for standard input",
    ),
    "help.price.schema": ("输出该文件的 JSON Schema", "print the JSON Schema of such a file"),
    "help.language": ("说明所用语言", "language of the explanation"),
    "help.create_store": ("新增门店", "add a store"),
    "help.store.id": ("门店编号，如 A", "id of the store, such as A"),
    "help.store.name": ("门店名称", "name of the store"),
    "help.store.zone": ("门店所在时区", "time zone of the store"),
    "help.enrol": (
        "生成收银机登记码，15 分钟内可用一次",
        "make a code that enrols one till within 15 minutes",
    ),
    "help.enrol.label": (
        "收银机代号，小票号以它开头，如 A1",
        "label of the till; its receipt numbers begin with it, such as A1",
    ),
    "help.tills": ("列出收银机", "list the tills"),
    "help.revoke": (
        "停用一台收银机；其未上传的记录仍留在机内",
        "switch a till off; what it has not sent stays on it",
    ),
    "help.revoke.terminal": ("收银机编号或代号", "id or label of the till"),
    "help.hand_in": (
        "允许已停用的收银机补传尚未上传的记录，不能做别的",
        "let a till that is switched off hand in what it still holds, and nothing else",
    ),
    "help.hand_in.hours": ("允许多少小时", "for how many hours"),
    "help.code_key": ("签名券码和会员码的密钥", "the key that signs coupon and member codes"),
    "help.code_key.change": (
        "从现在起用新密钥签名；旧密钥签的码照常有效",
        "sign with a new key from now on; codes of older keys stay valid",
    ),
    "help.code_key.revoke": (
        "旧密钥签的码一律作废（密钥可能泄露时）",
        "refuse all codes of older keys (where a key may have been stolen)",
    ),
    "help.hq_user": ("总部用户", "head office's users"),
    "help.hq_user.add": (
        "新增总部用户并显示一次访问令牌",
        "add a user of head office and show the access token once",
    ),
    "help.name": ("姓名", "name"),
    "help.staff": ("门店员工", "staff of stores"),
    "help.staff.add": (
        "新增可在门店登录的员工；密码从终端、文件或标准输入读取",
        "let someone sign in at a store; the PIN is read from the terminal, a file or stdin",
    ),
    "help.staff.role": ("职务", "role"),
    "help.staff.id": (
        "员工编号；已有编号则替换",
        "id of the person; one that is there is replaced",
    ),
    "help.staff.pin_file": (
        "含密码的文件；- 为标准输入",
        "file that holds the PIN; - for standard input",
    ),
    "help.publish": (
        "发布 TOML 文件中的菜单、规则和优惠券",
        "publish the menu, rules and coupons of a TOML file",
    ),
    "help.publish.file": ("TOML 文件，见 docs/server.md", "TOML file, see docs/server.md"),
    "help.issue_coupon": ("发行一次性优惠券", "issue single-use coupons"),
    "help.issue_coupon.threshold": ("满多少元可用", "from how many yuan"),
    "help.issue_coupon.saving": ("减多少元", "how many yuan less"),
    "help.issue_coupon.percent": (
        "减百分之几，如 20 为八折，12.5 为八七五折",
        "percent less, such as 20 or 12.5",
    ),
    "help.issue_coupon.cap": (
        "按百分比最多减多少元",
        "how many yuan a percentage takes off at the most",
    ),
    "help.issue_coupon.days": ("自现在起有效天数", "days for which they hold, from now"),
    "help.issue_coupon.count": ("张数", "how many"),
    "help.issue_coupon.member": ("仅限该会员使用", "for this member alone"),
    "help.issue_coupon.code": ("券码；不给则随机", "code of the coupon; drawn where not given"),
    "help.books": (
        "各收银机的账目合计，用于核对",
        "totals of every terminal, for reconciliation",
    ),
    "help.cases": ("列出需要处理的事项", "list the cases"),
    "help.cases.all": ("也列出已关闭的", "closed ones too"),
    "help.cases.losses": ("各门店的损失合计", "what they cost each store, added up"),
    "help.cases.show": ("显示一件事项及双方记录", "show a case with what its facts say"),
    "help.cases.decide": ("裁定一件事项", "decide a case"),
    "help.cases.id": ("事项编号", "id of the case"),
    "help.cases.as": ("裁定为：{decisions}", "one of {decisions}"),
    "help.cases.note": ("说明", "a note"),
    "help.cases.seen": (
        "查看时的标记（--json 的 seen）；事项有变化则不裁定",
        "what --json showed as seen; a case that has changed since is not decided",
    ),
    "help.members": ("会员", "members"),
    "help.duplicates": ("列出可能重复的会员", "list members that may be one person"),
    "help.merge": ("合并两位会员", "merge two members into one"),
    "help.part": ("撤销合并", "undo a merge"),
    "help.keep_apart": (
        "确认不是同一人，不再提示",
        "two people: do not propose them again",
    ),
    "help.member.id": ("会员编号", "id of the member"),
    "help.member.into": ("并入的会员编号", "id that both go by from then on"),
    "help.member.other": ("另一位会员编号", "id of the other one"),
    "help.verify": (
        "核验全部日志链、签名和余额",
        "check every chain, every signature and every balance",
    ),
    "done.create_brand": ("品牌 {name}（{id}）已就绪", "brand {name} ({id}) is ready"),
    "done.migrate": ("数据库已是版本 {revision}", "the database is at revision {revision}"),
    "done.store": ("门店 {id} 已新增", "store {id} is added"),
    "done.enrol": (
        "登记码 {code}（{minutes} 分钟内有效，仅一次）；收银机应显示核对码 {check_number}",
        "enrolment code {code} (valid {minutes} minutes, once); the till must show {check_number}",
    ),
    "done.revoke": ("收银机 {label} 已停用", "till {label} is switched off"),
    "done.hand_in": (
        "收银机 {label} 可在 {until} 之前补传记录",
        "till {label} may hand in what it holds until {until}",
    ),
    "tills.line": (
        "{label}  门店 {store}  日志 {head}（第 {epoch} 期）  最近上传 {seen}  {state}  {id}",
        "{label}  store {store}  entries {head} (epoch {epoch})  last push {seen}  {state}  {id}",
    ),
    "tills.none": ("没有收银机", "no tills"),
    "tills.never": ("从未", "never"),
    "tills.works": ("使用中", "works"),
    "tills.revoked": ("已停用", "switched off"),
    "tills.forked": ("日志分叉", "its journal forked"),
    "tills.set_aside": ("搁置 {count} 条", "{count} entries set aside"),
    "done.hq_user": (
        "访问令牌（只显示这一次）：{token}",
        "access token (shown this once): {token}",
    ),
    "done.staff": ("{name} 可在门店 {store} 登录", "{name} can sign in at store {store}"),
    "done.publish": (
        "已发布：菜品 {items}，规则 {rules}，优惠券 {coupons}",
        "published: {items} dishes, {rules} rules, {coupons} coupons",
    ),
    "done.code_key": (
        "已启用第 {generation} 代密钥；收银机下次联网后生效，共认 {known} 个密钥",
        "key generation {generation} signs now, {known} known; tills learn it at the next contact",
    ),
    "done.signed_coupon": ("二维码内容 {code}", "for a QR code {code}"),
    "done.coupon": ("券码 {code}", "coupon code {code}"),
    "books.terminal": (
        "{label}  日志 {head}  销售 {sales}  合计 ¥{total}  {tenders}",
        "{label}  entries {head}  sales {sales}  total ¥{total}  {tenders}",
    ),
    "books.brand": (
        "会员 {members}  积分 {points}  待处理事项 {cases}",
        "members {members}  points {points}  open cases {cases}",
    ),
    "cases.closed": ("已关闭", "closed"),
    "cases.decided": ("  裁定：{decision}，{who} {note}", "  decided: {decision}, {who} {note}"),
    "cases.choices": ("  可裁定为：{choices}", "  can be decided as: {choices}"),
    "cases.loss": ("  损失：{store} ¥{amount}", "  loss: {store} ¥{amount}"),
    "cases.total": (
        "{store}  ¥{amount}  共 {cases} 件",
        "{store}  ¥{amount}  in {cases} cases",
    ),
    "cases.no_losses": ("没有损失", "they cost nothing"),
    "cases.no_store": ("不属任何门店", "no store"),
    "duplicates.pair": ("{first} ~ {second}：{reasons}", "{first} ~ {second}: {reasons}"),
    "duplicates.none": ("没有可能重复的会员", "no members that may be one person"),
    "done.member": (
        "会员 {id}（其他编号：{ids}），积分 {points}",
        "member {id} (other ids: {ids}), points {points}",
    ),
    "cases.none": ("没有事项", "no cases"),
    "verify.checked": (
        "已核验：{journals} 本日志，{entries} 条记录，{members} 位会员，{accounts} 个预付账户",
        "checked {journals} journals, {entries} entries, {members} members, {accounts} accounts",
    ),
    "verify.holds": ("全部相符", "everything holds"),
    "verify.fails": ("{found} 处不符", "{found} things do not hold"),
    "verify.finding": ("不符：{text}（{where}）。{advice}", "{text} ({where}): {advice}"),
    "run.listening": ("listening on {address}", "listening on {address}"),
    "worker.works": ("等待定时任务", "looking for jobs"),
    "worker.done": ("已完成：{jobs}", "done: {jobs}"),
    "backup.brand": ("{name}（{id}）：{entries} 条记录", "{name} ({id}): {entries} entries"),
    "backup.without_key": (
        "服务器密钥不在其中，请另外妥善保存；没有它，所有收银机都要重新登记",
        "the server's key is not in it: keep it elsewhere; without it every till is enrolled again",
    ),
    "done.backup": ("已备份 {rows} 行到 {folder}", "backed up {rows} rows into {folder}"),
    "restore.brand": (
        "{name}（{id}）：{entries} 条记录，历史重新开始",
        "{name} ({id}): {entries} entries, a new history begins",
    ),
    "done.restore": (
        "已恢复，数据库版本 {revision}；请运行 sync-server verify 核验，然后 sync-server run",
        "restored at revision {revision}; check with sync-server verify, then sync-server run",
    ),
    "import.read": ("已读取 {rows} 行", "{rows} rows read"),
    "import.written": ("已写入 {rows} 位会员", "{rows} members written"),
    "import.refused": ("第 {row} 行：{reason}", "row {row}: {reason}"),
    "import.more": ("另有 {rows} 行被拒绝", "{rows} more rows were refused"),
    "done.import": (
        "已登记 {accepted} 位会员，拒绝 {refused} 行",
        "{accepted} members enrolled, {refused} rows refused",
    ),
    "prompt.pin": ("六位数字密码：", "PIN of six digits: "),
    "where.migrate": (
        "database：请先运行 sync-server migrate",
        "database: run sync-server migrate first",
    ),
    "where.database": ("database：连不上", "database: cannot be reached"),
    **DOCTOR_TEXTS,
}


def wording_for(environment: Mapping[str, str]) -> Wording:
    """Chinese on a machine whose locale is Chinese, else English."""
    locale = environment.get("LC_ALL") or environment.get("LANG", "")
    language = Language.CHINESE if locale.lower().startswith("zh") else Language.ENGLISH
    place = 0 if language is Language.CHINESE else 1
    return Wording(language, {key: pair[place] for key, pair in TEXTS.items()})
