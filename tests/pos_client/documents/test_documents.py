"""What every printed document says, in both languages; `golden` is written by this package."""

from pathlib import Path
from typing import Final

import pytest

from domain.orders import Sale
from domain.wording import Language
from hardware.escpos.commands import encode_job
from hardware.escpos.layout import Line, lay_out
from hardware.escpos.models import MODELS
from hardware.escpos.preview import preview_text
from hardware.receipt import Cut, Document, decode_document, encode_document
from pos_client.devices.print_marks import as_printed
from pos_client.storage.spool import JobKind, JobState, PrintJob
from pos_client.texts.catalogue import wording_in
from pos_client.use_cases.documents.sale_receipt import sale_receipt
from tests.pos_client.documents.samples import documents, paper_in, sample_sale

GOLDEN: Final = Path(__file__).parent / "golden"
NAMES: Final = tuple(documents(Language.CHINESE))


def said(document: Document) -> str:
    return preview_text(document, cells=48) + "\n"


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("name", NAMES)
def test_a_document_says_what_it_said(name: str, language: Language) -> None:
    expected = (GOLDEN / f"{name}.{language}.txt").read_text(encoding="utf-8")
    assert said(documents(language)[name]) == expected


@pytest.mark.parametrize("name", NAMES)
def test_a_document_fits_every_paper_and_ends_with_a_cut(name: str) -> None:
    document = documents(Language.CHINESE)[name]
    assert isinstance(document.blocks[-1], Cut)
    assert decode_document(encode_document(document)) == document
    for cells in (32, 42, 48):
        lines = [laid for laid in lay_out(document, cells=cells) if isinstance(laid, Line)]
        assert max(line.cells for line in lines) <= cells
    for model in ("generic-58mm", "generic-80mm", "basic-80mm"):
        assert encode_job(document, MODELS[model], artist=None)


def test_a_receipt_names_every_saving_and_adds_up_to_what_was_paid() -> None:
    text = said(documents(Language.CHINESE)["sale"])
    sale = sample_sale()
    for rule in sale.used_rules:
        assert text.count(rule.name) == 2  # under its line, and among the sums
    assert "￥308.10" in text.replace("¥", "￥")
    assert "离线" not in text
    assert "断网时使用" in text


def test_a_receipt_never_says_who_the_guest_is_unless_it_is_asked_to() -> None:
    plain: Sale = sample_sale()
    text = said(sale_receipt(plain, paper_in(Language.CHINESE)))
    assert "member-1" not in text
    assert "积分余额" not in text


def test_what_was_spent_with_the_server_s_leave_is_not_told_as_offline() -> None:
    text = said(documents(Language.CHINESE)["sale"])
    after = text.split("断网时使用", maxsplit=1)[1]
    assert "储值" in after
    assert "券" not in after.split("=", maxsplit=1)[0]


def test_a_mark_stands_on_every_sheet() -> None:
    job = PrintJob(
        job_id=1,
        document_id="d",
        copy_number=1,
        kind=JobKind.LABEL,
        title="A1-000042/L1",
        printer="杯贴",
        document=b"",
        state=JobState.QUEUED,
        attempts=1,
        reason="",
        created_ms=1,
        station="",
        copied_by="",
        expires_ms=0,
        doubts=1,
        doubt_reason="interrupted",
    )
    wording = wording_in(Language.CHINESE)
    text = said(as_printed(job, documents(Language.CHINESE)["label"], wording))
    assert text.count("可能重复") == text.count("珍珠奶茶") == 2
