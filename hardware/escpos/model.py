"""What each printer model can do, as data. A new model is a new row here, not new code."""

from enum import StrEnum

import msgspec


class StatusWay(StrEnum):
    """How the printer tells its state: not at all, or by the real-time `DLE EOT n`."""

    NONE = "none"
    DLE_EOT = "dle_eot"


class CompletionWay(StrEnum):
    """How the printer tells that a job is done: not at all, or by answering a queued `GS r 1`."""

    NONE = "none"
    GS_R = "gs_r"


class PrinterModel(msgspec.Struct, frozen=True):
    """The abilities of one model.

    Attributes:
        name: its stable name in settings.
        cells: characters of font A across the paper.
        dots: printable dots across the paper; 12 for each cell.
        line_dots: height of one line of normal text with its spacing.
    """

    name: str
    cells: int
    dots: int
    line_dots: int = 34
    has_cut: bool = True
    has_native_qr: bool = True
    status: StatusWay = StatusWay.DLE_EOT
    completion: CompletionWay = CompletionWay.GS_R


class UnknownPrinterModelError(LookupError):
    """Settings name a printer model that is not in the table."""


GENERIC_80MM = PrinterModel(name="generic-80mm", cells=48, dots=576)
GENERIC_58MM = PrinterModel(name="generic-58mm", cells=32, dots=384, has_cut=False)
# Cheap clones: they print, and never say a word. Their QR codes go out as pictures.
BASIC_80MM = PrinterModel(
    name="basic-80mm",
    cells=48,
    dots=576,
    has_native_qr=False,
    status=StatusWay.NONE,
    completion=CompletionWay.NONE,
)
BASIC_58MM = PrinterModel(
    name="basic-58mm",
    cells=32,
    dots=384,
    has_cut=False,
    has_native_qr=False,
    status=StatusWay.NONE,
    completion=CompletionWay.NONE,
)

MODELS = {model.name: model for model in (GENERIC_80MM, GENERIC_58MM, BASIC_80MM, BASIC_58MM)}


def model_named(name: str) -> PrinterModel:
    """The model of that name.

    Raises:
        UnknownPrinterModelError: there is none.
    """
    try:
        return MODELS[name]
    except KeyError:
        raise UnknownPrinterModelError(name) from None
