"""The parts below: answers, the command library, fonts, the emulator as a program."""

import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from hardware.emulators.escpos_faults import Fault, pushed_report, queued_answer, real_time_answer
from hardware.emulators.escpos_server import EscposPrinterEmulator
from hardware.emulators.escpos_stream import CommandStream
from hardware.escpos.commands import encode_job
from hardware.escpos.models import GENERIC_80MM
from hardware.escpos.status import (
    ASKED,
    AnswerParser,
    PushedStatus,
    QueuedAnswer,
    RealTimeAnswer,
    read_status,
)
from hardware.fonts import FontWeight, find_cjk_font
from hardware.ports import DeviceReason, DeviceState, Done
from tests.hardware.conftest import MakePrinter
from tests.hardware.samples import restaurant_receipt

FAULTS = st.frozensets(st.sampled_from([Fault.PAPER_OUT, Fault.PAPER_LOW, Fault.COVER_OPEN]))


@given(FAULTS, st.lists(st.sampled_from(["asked", "queued", "pushed", "flow"]), max_size=8))
def test_mixed_answers_are_told_apart(faults: frozenset[Fault], order: list[str]) -> None:
    answers = {
        "asked": (real_time_answer(2, faults), RealTimeAnswer(real_time_answer(2, faults)[0])),
        "queued": (queued_answer(faults), QueuedAnswer(queued_answer(faults)[0])),
        "pushed": (pushed_report(faults), PushedStatus(pushed_report(faults))),
        "flow": (b"\x13\x11", None),
    }
    stream = b"".join(answers[name][0] for name in order)
    parser = AnswerParser()
    told = [answer for byte in stream for answer in parser.feed(bytes([byte]))]
    assert told == [answers[name][1] for name in order if answers[name][1]]


@given(st.binary())
def test_noise_from_a_printer_is_never_an_error(received: bytes) -> None:
    AnswerParser().feed(received)


@given(st.binary())
def test_noise_to_the_emulator_is_never_an_error(received: bytes) -> None:
    list(CommandStream().feed(received))


@pytest.mark.parametrize(
    ("faults", "state", "reason"),
    [
        ((), DeviceState.READY, None),
        ((Fault.PAPER_LOW,), DeviceState.DEGRADED, DeviceReason.PAPER_LOW),
        ((Fault.PAPER_OUT,), DeviceState.DEGRADED, DeviceReason.PAPER_OUT),
        ((Fault.COVER_OPEN, Fault.PAPER_OUT), DeviceState.DEGRADED, DeviceReason.COVER_OPEN),
    ],
)
def test_the_status_names_what_a_hand_must_do_first(
    faults: tuple[Fault, ...], state: DeviceState, reason: DeviceReason | None
) -> None:
    answers = tuple(real_time_answer(number, set(faults))[0] for number in ASKED)
    assert (read_status(answers).state, read_status(answers).reason) == (state, reason)


def test_the_command_library_leaves_no_trace(tmp_path: Path) -> None:
    program = (
        "import logging\n"
        "import hardware.escpos.printer, sys\n"
        "assert not any(name.split('.')[0] == 'escpos' for name in sys.modules)\n"
        "from hardware.escpos.library import initialise\n"
        "assert initialise() == b'\\x1b@'\n"
        "assert logging.getLogger().handlers == []\n"
    )
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ESCPOS")}
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        env=kept | {"TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")
    assert list(tmp_path.iterdir()) == []


def test_only_one_module_imports_the_command_library() -> None:
    root = Path(__file__).parents[2]
    importing = [
        path.relative_to(root).as_posix()
        for package in ("domain", "hardware", "pos_client", "sync_server")
        for path in (root / package).rglob("*.py")
        if re.search(r"^\s*(from|import) escpos\b", path.read_text(), re.MULTILINE)
    ]
    assert importing == ["hardware/escpos/library.py"]


def test_fonts_are_found_by_file_name_and_bold_falls_back(tmp_path: Path) -> None:
    assert find_cjk_font(folders=[tmp_path, tmp_path / "absent"]) is None
    (tmp_path / "deep").mkdir()
    regular = tmp_path / "deep" / "wqy-zenhei.ttc"
    regular.touch()
    assert find_cjk_font(FontWeight.BOLD, folders=[tmp_path]) == regular
    better = tmp_path / "msyh.ttc"
    better.touch()
    assert find_cjk_font(folders=[tmp_path]) == better


def test_a_client_cut_off_in_the_middle_of_a_command_does_not_hurt_the_next(
    emulator: EscposPrinterEmulator, make_printer: MakePrinter
) -> None:
    job = encode_job(restaurant_receipt(), GENERIC_80MM, artist=None)
    for end in (1, len(job) // 2, len(job) - 1):
        with socket.create_connection(("127.0.0.1", emulator.port)) as client:
            client.sendall(job[:end])
    assert make_printer().print(job, deadline_ms=10_000) == Done()
    assert emulator.receipts[-1].text.startswith(" " * 16 + "稻田小馆")


@pytest.mark.processes
def test_the_emulator_program_writes_pictures_and_texts_and_ends_when_told(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hardware.emulators.escpos_printer", "--port", "0"]
    with subprocess.Popen(
        [*command, "--serial", "--out", str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        line = process.stdout.readline()
        found = re.fullmatch(r"listening on 127\.0\.0\.1:(\d+)\n", line)
        assert found
        assert re.fullmatch(r"serial port /dev/\S+\n", process.stdout.readline())
        with socket.create_connection(("127.0.0.1", int(found.group(1)))) as client:
            client.sendall(
                encode_job(restaurant_receipt(), GENERIC_80MM, artist=None) + b"\x1dr\x01"
            )
            assert client.recv(1) == b"\x00"  # printed, and written before the answer
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "receipt-0001.png",
        "receipt-0001.txt",
    ]
    assert "应付" in (tmp_path / "receipt-0001.txt").read_text()
    with Image.open(tmp_path / "receipt-0001.png") as picture:
        assert picture.width == 640
        assert picture.height > 1_000
