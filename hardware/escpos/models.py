"""The printer models, one row each. A new model is a new row here, not new code.

`source` says where a row is from; what it does not say stands in `assumed` and is a guess from
relatives, to be tried with the test page. None of these rows was run on the device itself.
"""

from hardware.escpos.model import (
    BuzzerWay,
    CompletionWay,
    CutWay,
    DrawerPulse,
    PrinterModel,
    PulseForm,
    StatusWay,
)

_QUEUED_PULSE = DrawerPulse(form=PulseForm.QUEUED)
_OWN = "the command set that most printers for the Chinese market share"
_EPSON = "Epson ESC/POS reference; python-escpos 3.1 profile TM-T20II; ReceiptPrinterEncoder"
_EPSON_ASSUMED = ("line_dots", "buzzer")

GENERIC_80MM = PrinterModel(name="generic-80mm", cells=48, dots=576, source=_OWN)
GENERIC_58MM = PrinterModel(name="generic-58mm", cells=32, dots=384, cut=CutWay.NONE, source=_OWN)
# Cheap clones: they print, and never say a word. Their QR codes go out as pictures.
BASIC_80MM = PrinterModel(
    name="basic-80mm",
    cells=48,
    dots=576,
    source="mike42/escpos-php #43: clones whose manual knows no status",
    has_native_qr=False,
    status=StatusWay.NONE,
    completion=CompletionWay.NONE,
)
BASIC_58MM = PrinterModel(
    name="basic-58mm",
    cells=32,
    dots=384,
    source="mike42/escpos-php #43: clones whose manual knows no status",
    cut=CutWay.NONE,
    has_native_qr=False,
    status=StatusWay.NONE,
    completion=CompletionWay.NONE,
    drawer=_QUEUED_PULSE,
)
# Epson sells the same type with and without Chinese characters; the self-test page shows which.
EPSON_TM_T20III = PrinterModel(
    name="epson-tm-t20iii",
    cells=48,
    dots=576,
    source=_EPSON,
    assumed=_EPSON_ASSUMED,
    completion=CompletionWay.PROCESS_ID,
    chinese=None,
)
EPSON_TM_T20III_CHINESE = PrinterModel(
    name="epson-tm-t20iii-chinese",
    cells=48,
    dots=576,
    source=_EPSON,
    assumed=(*_EPSON_ASSUMED, "chinese"),
    completion=CompletionWay.PROCESS_ID,
)
EPSON_TM_M30 = PrinterModel(
    name="epson-tm-m30",
    cells=48,
    dots=576,
    source=_EPSON,
    assumed=(*_EPSON_ASSUMED, "cells"),
    completion=CompletionWay.PROCESS_ID,
    chinese=None,
)
XPRINTER_XP_80 = PrinterModel(
    name="xprinter-xp-80",
    cells=48,
    dots=576,
    source="XP-80XX programmer manual; ReceiptPrinterEncoder xprinter-xp-t80q",
    assumed=("buzzer", "completion", "chinese"),
    buzzer=BuzzerWay.ESC_B,
)
XPRINTER_XP_58 = PrinterModel(
    name="xprinter-xp-58",
    cells=32,
    dots=384,
    source="58mm Programming Manual v1.0.0: GS r, GS a, ESC p, GS ( k; no real-time pulse listed",
    assumed=("status", "chinese"),
    cut=CutWay.NONE,
    drawer=_QUEUED_PULSE,
)
GPRINTER_GP_80 = PrinterModel(
    name="gprinter-gp-80",
    cells=48,
    dots=576,
    source="none found; as generic-80mm",
    assumed=("status", "completion", "has_native_qr", "cut", "chinese", "buzzer"),
    buzzer=BuzzerWay.ESC_B,
)
RONGTA_RP80 = PrinterModel(
    name="rongta-rp80",
    cells=48,
    dots=576,
    source="Rongta RP80 command set: DLE EOT, DLE DC4, FS S, ESC SP",
    assumed=("completion", "has_native_qr", "cells"),
)
RONGTA_RP326 = PrinterModel(
    name="rongta-rp326",
    cells=48,
    dots=576,
    source="python-escpos 3.1 profile RP326: QR, cut, pulse",
    assumed=("cells", "dots", "status", "completion", "chinese"),
)
SUNMI_V2 = PrinterModel(
    name="sunmi-v2",
    cells=32,
    dots=384,
    source="python-escpos 3.1 profile Sunmi-V2: QR, no cut",
    assumed=("status", "completion", "chinese"),
    status=StatusWay.NONE,
    completion=CompletionWay.NONE,
    cut=CutWay.NONE,
    drawer=_QUEUED_PULSE,
)
# Star printers have to be switched to ESC/POS emulation; their own language is another one.
STAR_ESCPOS_80MM = PrinterModel(
    name="star-escpos-80mm",
    cells=48,
    dots=576,
    source="ReceiptPrinterEncoder star-tsp100iv: 48 columns, 203 dpi, cutter",
    assumed=("status", "completion", "has_native_qr", "chinese", "drawer"),
    chinese=None,
)
NETUM_NT_5890K = PrinterModel(
    name="netum-nt-5890k",
    cells=32,
    dots=384,
    source="python-escpos 3.1 profile NT-5890K: no QR, no cut; mike42/escpos-php #43: no status",
    assumed=("chinese",),
    status=StatusWay.NONE,
    completion=CompletionWay.NONE,
    cut=CutWay.NONE,
    has_native_qr=False,
    drawer=_QUEUED_PULSE,
)
ZJIANG_POS_5890 = PrinterModel(
    name="zjiang-pos-5890",
    cells=32,
    dots=384,
    source="python-escpos 3.1 profile POS-5890: no QR, no cut; mike42/escpos-php #43: no status",
    assumed=("chinese",),
    status=StatusWay.NONE,
    completion=CompletionWay.NONE,
    cut=CutWay.NONE,
    has_native_qr=False,
    drawer=_QUEUED_PULSE,
)

MODELS = {
    model.name: model
    for model in (
        GENERIC_80MM,
        GENERIC_58MM,
        BASIC_80MM,
        BASIC_58MM,
        EPSON_TM_T20III,
        EPSON_TM_T20III_CHINESE,
        EPSON_TM_M30,
        XPRINTER_XP_80,
        XPRINTER_XP_58,
        GPRINTER_GP_80,
        RONGTA_RP80,
        RONGTA_RP326,
        SUNMI_V2,
        STAR_ESCPOS_80MM,
        NETUM_NT_5890K,
        ZJIANG_POS_5890,
    )
}


class UnknownPrinterModelError(LookupError):
    """Settings name a printer model that is not in the table."""


def model_named(name: str) -> PrinterModel:
    """The model of that name.

    Raises:
        UnknownPrinterModelError: there is none.
    """
    try:
        return MODELS[name]
    except KeyError:
        raise UnknownPrinterModelError(name) from None
