"""Receipts as a shop would print them."""

from hardware.receipt import (
    Align,
    Blank,
    Buzzer,
    Cut,
    Document,
    ItemLine,
    QrCode,
    Rule,
    Size,
    TextLine,
    TwoColumns,
)

ORDER_URL = "https://example.com/r/0193-7C2E?s=8f31d0"


def restaurant_receipt() -> Document:
    return Document(
        (
            TextLine("稻田小馆", align=Align.CENTRE, size=Size.DOUBLE, bold=True),
            TextLine("东湖路店", align=Align.CENTRE),
            Blank(),
            TwoColumns("桌号 A12", "4 位", size=Size.TALL, bold=True),
            TwoColumns("单号 D0712-0086", "收银员 王敏"),
            TwoColumns("2026-11-21 19:32", "收银台 2"),
            Rule(),
            ItemLine("数量", "品名", "金额"),
            Rule(),
            ItemLine("1", "招牌剁椒鱼头（大份，双色剁椒，配手工面两份）", "128.00"),
            TextLine("少辣 · 鱼头现杀", indent=5),
            TwoColumns("加 手工面 ×1", "8.00", indent=5),
            ItemLine("2", "酸梅汤", "25.00"),
            TwoColumns("优惠 买一赠一", "-12.50", indent=5),
            ItemLine("1", "蒜蓉粉丝蒸扇贝（6只）", "58.00"),
            TwoColumns("会员价", "-6.00", indent=5),
            ItemLine("4", "东北大米饭", "12.00"),
            ItemLine("0.35", "椒盐濑尿虾 kg", "68.60"),
            Rule(),
            TwoColumns("小计", "299.60"),
            TwoColumns("优惠合计", "-18.50"),
            TwoColumns("优惠券 C-满200减30", "-30.00"),
            Blank(),
            TwoColumns("应付", "¥251.10", size=Size.DOUBLE, bold=True),
            Blank(),
            TwoColumns("微信支付", "200.00"),
            TwoColumns("储值卡", "51.10"),
            Rule(),
            TwoColumns("会员 李** (银卡)", "138****8000"),
            TwoColumns("本次积分", "+251"),
            TwoColumns("积分余额", "1,491"),
            TwoColumns("储值余额", "¥36.90"),
            Rule(),
            Blank(),
            QrCode(ORDER_URL, module_dots=6),
            TextLine("扫码评价 · 开具电子发票", align=Align.CENTRE),
            Blank(),
            TextLine("谢谢惠顾，欢迎再来", align=Align.CENTRE, bold=True),
            TextLine("电话 027-8888 0000", align=Align.CENTRE),
            Cut(),
        )
    )


def kitchen_ticket() -> Document:
    return Document(
        (
            TextLine("热菜档", align=Align.CENTRE, size=Size.DOUBLE, bold=True),
            TextLine("A12 桌", align=Align.CENTRE, size=Size.TRIPLE),
            TwoColumns("单号 86 · 第 2 次加菜", "19:32"),
            TextLine("可能重复", align=Align.CENTRE, size=Size.DOUBLE, inverse=True),
            Rule("="),
            TwoColumns("剁椒鱼头（大份）", "×1", size=Size.DOUBLE, bold=True),
            TextLine("少辣 · 鱼头现杀 · 配手工面", indent=2, size=Size.TALL),
            TwoColumns("蒜蓉粉丝蒸扇贝", "×6", size=Size.DOUBLE, bold=True),
            TextLine("退 凉拌黄瓜 ×1", size=Size.DOUBLE, inverse=True),
            Rule("="),
            TextLine("会员 𠮷田 生日", size=Size.TALL),
            Buzzer(),
            Cut(),
        )
    )
