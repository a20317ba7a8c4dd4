"""The page that shows whether a model was chosen rightly.

Each part says beside it what it should look like, so a person at the printer sees what is wrong.
"""

from hardware.escpos.model import BuzzerWay, CutWay, PrinterModel
from hardware.receipt import (
    Align,
    Block,
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

QR_CONTENT = "https://example.com/test-page?打印测试"


def trial_page(model: PrinterModel, *, address: str = "") -> Document:
    """One page for this model."""
    return Document((*_head(model, address), *_text(model), *_sizes(), *_end(model)))


def _head(model: PrinterModel, address: str) -> tuple[Block, ...]:
    return (
        TextLine("打印测试 TEST PAGE", align=Align.CENTRE, size=Size.DOUBLE, bold=True),
        TwoColumns("型号 Model", model.name),
        *((TwoColumns("地址 Address", address),) if address else ()),
        TwoColumns("状态 Status", model.status),
        TwoColumns("确认 Confirmation", model.completion),
    )


def _text(model: PrinterModel) -> tuple[Block, ...]:
    ruler = "".join(str((cell + 1) % 10) for cell in range(model.cells))
    return (
        TextLine(f"标尺 {model.cells} 格，应占满一行，不换行。The ruler fills one line:"),
        TextLine(ruler),
        TextLine("永和豆浆油条，宫保鸡丁，鱼香肉丝，麻婆豆腐，镕喆囍龘"),
        TextLine("×—…·①°“”★√№℃ ￥€ 0123456789 ABC abc"),
        TextLine("𠮷 😀 （此行以图片打印 this line is a picture）"),
        ItemLine("2", "招牌剁椒鱼头（大份，双色剁椒）", "¥128.00"),
        TwoColumns("合计 Total", "¥256.00", bold=True),
    )


def _sizes() -> tuple[Block, ...]:
    return (
        TextLine("倍高 tall", size=Size.TALL),
        TextLine("倍大 double", size=Size.DOUBLE),
        TextLine("三倍 8", size=Size.TRIPLE),
        TextLine("反白 inverse", inverse=True),
        Rule(),
    )


def _end(model: PrinterModel) -> tuple[Block, ...]:
    sound: tuple[Block, ...] = () if model.buzzer is BuzzerWay.NONE else (Buzzer(times=2),)
    cut = "不切纸 no cut" if model.cut is CutWay.NONE else "应切纸 cut below"
    return (QrCode(QR_CONTENT), TextLine(cut, align=Align.CENTRE), *sound, Cut())
