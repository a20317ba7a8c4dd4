"""What a person reads for each error, in Chinese and English; `domain.wording` fills the places."""

from typing import Final

from domain.errors import ErrorCode
from domain.texts.payments import PAYMENT_ERROR_TEXTS
from domain.texts.spending import SPENDING_ERROR_TEXTS
from domain.texts.sync_errors import SYNC_ERROR_TEXTS

ERROR_TEXTS: Final[dict[ErrorCode, tuple[str, str]]] = {
    **PAYMENT_ERROR_TEXTS,
    **SPENDING_ERROR_TEXTS,
    ErrorCode.AMOUNT_MALFORMED: (
        "“{text}”不是有效金额。请输入数字，最多两位小数。",
        "“{text}” is not an amount. Enter digits with at most two decimals.",
    ),
    ErrorCode.PHONE_MALFORMED: (
        "手机号无法识别。请核对位数；境外号码请加国家代码，如 +852。",
        (
            "This phone number cannot be read. Check the digits; numbers from abroad need the "
            "country code, such as +852."
        ),
    ),
    ErrorCode.NAME_MISSING: ("请填写名字。", "Enter a name."),
    ErrorCode.NAME_TOO_LONG: (
        "名字太长，最多 {longest} 个字。",
        "The name is too long; at most {longest} characters.",
    ),
    ErrorCode.BIRTHDAY_MALFORMED: (
        "生日无法识别。请写成 1990-05-20。",
        "This birthday cannot be read. Write it as 1990-05-20.",
    ),
    ErrorCode.FIELD_UNKNOWN: ("没有这个资料项。", "There is no such field."),
    ErrorCode.FIELD_TOO_LONG: (
        "内容太长，最多 {longest} 个字。",
        "The text is too long; at most {longest} characters.",
    ),
    ErrorCode.EMAIL_MALFORMED: (
        "邮箱无法识别，请核对。",
        "This e-mail address cannot be read. Check it.",
    ),
    ErrorCode.GENDER_UNKNOWN: ("性别请选女、男或其他。", "Choose female, male or other."),
    ErrorCode.STORE_UNKNOWN: (
        "没有这家门店，请从列表中选择。",
        "There is no such store. Choose one from the list.",
    ),
    ErrorCode.TOO_MANY_FIELDS: (
        "自定义资料项太多，最多 {most} 项。",
        "Too many fields of your own; at most {most}.",
    ),
    ErrorCode.TAG_MALFORMED: (
        "标签须为 1 到 {longest} 个字。",
        "A tag has 1 to {longest} characters.",
    ),
    ErrorCode.TOO_MANY_TAGS: (
        "标签太多，最多 {most} 个。请先去掉一些。",
        "Too many tags; at most {most}. Take some off first.",
    ),
    ErrorCode.PHONE_ALREADY_ENROLLED: (
        "该手机号已是会员，请直接查找。",
        "This phone number is a member already. Look it up instead.",
    ),
    ErrorCode.PHONE_TWICE_IN_FILE: (
        "与第 {row} 行的手机号重复，保留先出现的一行。",
        "Same phone number as row {row}; the earlier row is kept.",
    ),
    ErrorCode.MEMBER_UNKNOWN: (
        "没有找到会员。可按 F3 登记新会员。",
        "No member found. Press F3 to enrol a new one.",
    ),
    ErrorCode.CARD_MALFORMED: (
        "这个卡号不能用作会员卡。请换一张卡。",
        "This number cannot be a member card. Take another card.",
    ),
    ErrorCode.CARD_CHANGES: (
        "手机等设备每次给出的卡号都不同，不能用作会员卡。请换一张实体卡。",
        "A phone shows another number at each tap and cannot be a member card. Take a real card.",
    ),
    ErrorCode.CARD_TAKEN: (
        "这张卡已属于另一位会员。请换一张卡；若卡换了主人，请先停用原会员的卡。",
        (
            "This card belongs to another member. Take another one; if it has changed hands, "
            "first take it off the other member."
        ),
    ),
    ErrorCode.CARD_UNKNOWN: (
        "没有会员使用这张卡，或卡已停用。请按手机号查找会员（F3），再为其登记此卡。",
        (
            "No member has this card, or it was taken off. Look the member up by phone (F3), "
            "then give her this card."
        ),
    ),
    ErrorCode.COUPON_REVOKED: (
        "这张券已被总部作废，不能使用。",
        "Head office has revoked this coupon; it cannot be used.",
    ),
    ErrorCode.CODE_UNREADABLE: (
        "这个码读不出来。请再扫一次，或改用手机号或券码。",
        "This code cannot be read. Scan it again, or use the phone number or the coupon code.",
    ),
    ErrorCode.CODE_KEY_UNKNOWN: (
        "收银机还不认识这个码的签名。请联网一次后再扫。",
        "The till does not know this code's signature yet. Connect once, then scan again.",
    ),
    ErrorCode.CODE_FORGED: (
        "这个码的签名不对，不是本品牌发的，请勿使用。",
        "The signature of this code is wrong: your brand did not issue it. Do not accept it.",
    ),
    ErrorCode.CODE_EXPIRED: (
        "会员码已过期。请客人打开会员码，等它刷新后再扫。",
        "The member code is too old. Ask the guest to open it again, then scan the new one.",
    ),
    ErrorCode.CODE_SEEN: (
        "这个会员码刚才用过。请等它刷新（30 秒）后再扫。",
        "This member code was used just now. Wait until it changes (30 seconds), then scan again.",
    ),
    ErrorCode.COUPON_UNKNOWN: (
        "没有找到这张券。请核对券码，或等联网后再试。",
        "No such coupon here. Check the code, or try again when online.",
    ),
    ErrorCode.FORMULA_REFUSED: (
        "“{column}”一格含有公式，已拒绝。请改为纯文本。",
        "The cell “{column}” holds a formula and was refused. Replace it by plain text.",
    ),
    ErrorCode.ITEM_TWICE_IN_FILE: (
        "与第 {row} 行的菜品编号重复。",
        "Same item number as row {row}.",
    ),
    ErrorCode.ITEM_NUMBER_MISSING: ("请填写菜品编号。", "Enter an item number."),
    ErrorCode.CATEGORY_MISSING: ("请填写分类。", "Enter a category."),
    ErrorCode.SOLD_OUT_MALFORMED: (
        "“{text}”无法识别。售罄一列请填“是”或“否”。",
        "“{text}” cannot be read. Write yes or no in the sold out column.",
    ),
    ErrorCode.COLUMN_MISSING: (
        "文件缺少“{column}”一列。请参照样例文件补上表头。",
        "The file lacks the column “{column}”. Add the heading as in the sample file.",
    ),
    ErrorCode.FILE_UNREADABLE: (
        "文件无法读取。请另存为 .xlsx 或 UTF-8 的 .csv 后再试。",
        "The file cannot be read. Save it as .xlsx or as .csv in UTF-8 and try again.",
    ),
    ErrorCode.FILE_TOO_LARGE: (
        "文件太大，最多 {rows} 行。请拆分后导入。",
        "The file is too large; at most {rows} rows. Split it and import the parts.",
    ),
    ErrorCode.FILE_EMPTY: (
        "文件里没有数据。请确认选对了文件。",
        "The file holds no rows. Check that it is the right file.",
    ),
    ErrorCode.FILE_UNWRITABLE: (
        "文件无法保存到这里。请换一个文件夹，或关闭正在打开它的程序后再试。",
        (
            "The file cannot be saved here. Choose another folder, or close the program that has "
            "it open, and try again."
        ),
    ),
    ErrorCode.IMPORT_CANCELLED: (
        "导入已取消，没有写入任何数据。",
        "The import was cancelled; nothing was written.",
    ),
    ErrorCode.PIN_WRONG: ("密码不对，请重试。", "Wrong PIN. Try again."),
    ErrorCode.PIN_LOCKED: (
        "输错次数过多，请 {seconds} 秒后再试。",
        "Too many wrong PINs. Try again in {seconds} seconds.",
    ),
    ErrorCode.PIN_TOO_WEAK: (
        "密码须为 6 位数字，不能是连号、同一数字或常见组合。",
        "A PIN has 6 digits: no run, not all the same, none that everybody takes.",
    ),
    ErrorCode.DRAWER_MISSING: (
        "没有设置钱箱。请用钥匙打开，并请店长检查打印机设置。",
        "No drawer is set up. Open it with its key, and ask a manager to look at the printer.",
    ),
    ErrorCode.RIGHT_MISSING: (
        "您没有此权限，请让店长登录后操作。",
        "You have no right to do this. Ask a manager to sign in.",
    ),
    ErrorCode.LIMIT_EXCEEDED: (
        "超出您的限额，请有权限的人输入密码批准。",
        "This is beyond your limit. Ask somebody with a higher one to approve it with a PIN.",
    ),
    ErrorCode.APPROVER_SAME_PERSON: (
        "不能自己批准自己，请另一人批准。",
        "Nobody approves their own action. Ask another person.",
    ),
    ErrorCode.APPROVER_RIGHT_MISSING: (
        "批准人没有此权限，请换一位。",
        "The approver has no right to do this. Ask somebody else.",
    ),
    ErrorCode.APPROVER_LIMIT_EXCEEDED: (
        "也超出批准人的限额，请上级批准。",
        "This is beyond the approver's limit too. Ask somebody higher up.",
    ),
    ErrorCode.BASKET_EMPTY: ("还没有点菜，请先选择菜品。", "Nothing to pay yet. Add a dish first."),
    ErrorCode.TENDER_INSUFFICIENT: (
        "还差 ¥{missing}，请继续收款。",
        "¥{missing} is still to pay.",
    ),
    ErrorCode.TENDER_EXCEEDS_DUE: (
        "非现金收款不能超过应付金额。",
        "Only cash may exceed the amount due.",
    ),
    ErrorCode.PRINT_JOB_GONE: (
        "这张打印任务已不在队列里，请关闭后重新打开打印队列。",
        "This print is no longer in the queue. Close the print queue and open it again.",
    ),
    ErrorCode.PRICE_CHANGED: (
        "价格或优惠刚有变化，请核对新的应付金额后再收款。",
        "A price or benefit has just changed. Check the new amount due and take payment again.",
    ),
    ErrorCode.QUANTITY_OUT_OF_RANGE: (
        "数量须在 1 到 {largest} 之间。",
        "The quantity must be between 1 and {largest}.",
    ),
    ErrorCode.WEIGHT_OUT_OF_RANGE: (
        "重量须在 1 到 {largest} 克之间，每次称重单独一行。",
        "The weight must be between 1 and {largest} grams, each weighing on a line of its own.",
    ),
    ErrorCode.TOO_MANY_COUPONS: (
        "一单最多放 {largest} 张券，请先取下一张。",
        "At most {largest} coupons can lie on one order. Take one off first.",
    ),
    ErrorCode.CHOICE_INCOMPLETE: (
        "“{group}”须选 {least} 到 {most} 份。",
        "Choose {least} to {most} from “{group}”.",
    ),
    ErrorCode.CHOICE_UNKNOWN: (
        "“{name}”不在可选范围内，请重新选择。",
        "“{name}” is not on offer here. Choose again.",
    ),
    ErrorCode.RULES_REFUSED: (
        "规则有 {count} 处问题，未发布。第一处：{where}：{flaw}",
        "The rules hold {count} flaws and were not published. First: {where}: {flaw}",
    ),
    ErrorCode.REASON_MISSING: (
        "请填写原因，最多 {longest} 个字。",
        "Enter a reason of at most {longest} characters.",
    ),
    ErrorCode.REFUND_EMPTY: (
        "请先选择要退的菜品。",
        "Choose what to refund first.",
    ),
    ErrorCode.REFUND_LINE_UNKNOWN: (
        "这一单没有第 {line} 行。",
        "This order has no line {line}.",
    ),
    ErrorCode.REFUND_EXCEEDS_LEFT: (
        "第 {line} 行最多还能退 {left} 份。",
        "At most {left} of line {line} can still be refunded.",
    ),
    ErrorCode.REFUND_NOTHING_LEFT: (
        "这一单没有可退的了。",
        "Nothing of this order is left to refund.",
    ),
    ErrorCode.REFUND_NOT_IN_CASH: (
        "须按原付款方式退回，不能退现金。",
        "It goes back the way it was paid, not in cash.",
    ),
    ErrorCode.VOID_DAY_OVER: (
        "已过当天营业日，不能作废，请改用退款。",
        "The business day is over: refund it instead of voiding it.",
    ),
    ErrorCode.ORDER_TOO_LARGE: (
        "这一单太大，请分成几单收款。",
        "This order is too large. Split it into several.",
    ),
    ErrorCode.SQLITE_UNSAFE: (
        "数据库组件版本 {version} 有已知的数据损坏缺陷，程序不能启动。请重新安装本软件。",
        (
            "The database library {version} has a known corruption fault, so the program does not "
            "start. Install this software again."
        ),
    ),
    ErrorCode.DATABASE_DAMAGED: (
        "本机数据库已损坏。可从第二日志重建，已成交的销售不会丢失。",
        (
            "The local database is damaged. It can be rebuilt from the second journal; no closed "
            "sale is lost."
        ),
    ),
    ErrorCode.DATABASE_MISSING: (
        "本机数据库不见了，但第二日志还在。可以由它重建。",
        "The local database is missing; it can be rebuilt from the second journal.",
    ),
    ErrorCode.DATABASE_KEY_WRONG: (
        "数据库密钥不匹配。请恢复本机原来的密钥，或将旧库移开后重新登记本机。",
        (
            "The database key does not fit. Restore this machine's own key, or set the old "
            "database aside and enrol the till again."
        ),
    ),
    ErrorCode.DATABASE_KEY_MISSING: (
        "找不到数据库密钥。请恢复密钥文件，或将旧库移开后重新登记本机。",
        (
            "The database key is missing. Restore the key file, or set the old database aside "
            "and enrol the till again."
        ),
    ),
    ErrorCode.DATABASE_NEWER: (
        "数据库来自更新的版本。请安装新版软件后再启动。",
        "The database was written by a newer version. Install that version and start again.",
    ),
    ErrorCode.DATABASE_NOT_EMPTY: (
        "数据库里已有数据，恢复没有进行。请换一个空的数据库。",
        "The database holds something already; nothing was restored. Name an empty one.",
    ),
    ErrorCode.BACKUP_DAMAGED: (
        "备份不完整或已损坏（{where}），恢复没有进行。请用另一份备份。",
        "The backup is incomplete or damaged ({where}); nothing was restored. Use another one.",
    ),
    ErrorCode.DISK_FULL: (
        "磁盘已满，这一步没有保存。请清理磁盘后重试。",
        "The disk is full; this step was not saved. Free some space and try again.",
    ),
    ErrorCode.DISK_FAILED: (
        "磁盘读写失败，这一步没有保存。请停止收款并联系技术支持。",
        "The disk failed; this step was not saved. Stop taking payments and call support.",
    ),
    ErrorCode.JOURNAL_DAMAGED: (
        "第二日志已损坏，已另存备查。数据库完好，可以继续营业。",
        "The second journal is damaged and was set aside. The database is sound; selling goes on.",
    ),
    ErrorCode.TILL_ALREADY_RUNNING: (
        "收银程序已在运行，请切换到已打开的窗口。",
        "The till is running already. Switch to its window.",
    ),
    ErrorCode.TILL_HAS_OWN_BOOKS: (
        "这台收银机已有自己的账目，不能直接加入品牌。请联系技术支持。",
        "This till has books of its own and cannot simply join a brand. Call support.",
    ),
    ErrorCode.SETTINGS_MALFORMED: (
        "设置文件有误：{where}。请改正后再启动。",
        "The settings file is wrong: {where}. Correct it and start again.",
    ),
    **SYNC_ERROR_TEXTS,
}
