"""A receipt of a restaurant laid out and made into the bytes of a job: time and size."""

import time
from collections.abc import Callable

import msgspec

from hardware.escpos.commands import encode_job
from hardware.escpos.layout import lay_out
from hardware.escpos.library import initialise
from hardware.escpos.models import BASIC_80MM, EPSON_TM_M30, GENERIC_58MM, GENERIC_80MM
from hardware.escpos.preview import preview_png
from hardware.escpos.raster import LineArtist
from hardware.fonts import FontWeight, find_cjk_font
from hardware.receipt import Document, TextLine
from tests.benchmarks.measure import Measured, judged, percentile, time_ms
from tests.hardware.samples import restaurant_receipt

RUNS = 300
FEW_RUNS = 30  # for what is drawn dot by dot
BUDGET_MS = 5


def measure() -> list[Measured]:
    regular = find_cjk_font()
    artist = LineArtist(regular, find_cjk_font(FontWeight.BOLD)) if regular else None
    initialise()  # the command library is loaded once, before the first sale
    receipt = restaurant_receipt()
    rare = Document((*receipt.blocks, TextLine("会员 𠮷田")))
    measured = [
        _timed("receipt laid out", lambda: lay_out(receipt, cells=48), RUNS),
        _timed(
            "receipt laid out and encoded, 80 mm",
            lambda: encode_job(receipt, GENERIC_80MM, artist=artist),
            RUNS,
            budget_ms=BUDGET_MS,
        ),
        _timed(
            "receipt laid out and encoded, 58 mm",
            lambda: encode_job(receipt, GENERIC_58MM, artist=artist),
            RUNS,
            budget_ms=BUDGET_MS,
        ),
        _timed(
            "… with a line that is drawn",
            lambda: encode_job(rare, GENERIC_80MM, artist=artist),
            FEW_RUNS,
        ),
        _timed(
            "… with its code as a picture",
            lambda: encode_job(receipt, BASIC_80MM, artist=artist),
            FEW_RUNS,
        ),
    ]
    sizes = {
        "text, code by the printer": encode_job(receipt, GENERIC_80MM, artist=artist),
        "a line drawn": encode_job(rare, GENERIC_80MM, artist=artist),
        "code as a picture": encode_job(receipt, BASIC_80MM, artist=artist),
    }
    if artist:
        sizes["no Chinese in the printer"] = encode_job(receipt, EPSON_TM_M30, artist=artist)
        measured.append(
            _timed(
                "preview of it as PNG",
                lambda: preview_png(receipt, GENERIC_80MM, artist=artist),
                FEW_RUNS,
            )
        )
    return [
        *measured,
        *(judged(f"bytes of a receipt: {what}", len(job), "B") for what, job in sizes.items()),
        judged("bytes of it stored", len(msgspec.msgpack.encode(receipt)), "B"),
    ]


def _timed(
    name: str, work: Callable[[], object], runs: int, *, budget_ms: float | None = None
) -> Measured:
    """On the wall, and in brackets of CPU, which a busy machine does not stretch."""
    times, cpu_times = [], []
    for _ in range(runs):
        before = time.process_time_ns()
        times.append(time_ms(work))
        cpu_times.append((time.process_time_ns() - before) / 1e6)
    named = f"{name}, p99 ({percentile(cpu_times, 0.99):.1f} ms of CPU)"
    return judged(named, percentile(times, 0.99), "ms", budget=budget_ms)
