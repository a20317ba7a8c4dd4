"""Pole displays: what a guest reads on the glass of an emulated one."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.displays.content import COLUMNS, PoleContent, PoleLabel, ascii_only, one_line
from hardware.displays.pole_display import PoleDisplay, PoleSettings, try_out
from hardware.displays.protocols import PoleKind, opening, shown
from hardware.emulators.pole_display import PoleDisplayEmulator, PoleScreen, Seen
from hardware.ports import DeviceReason, DeviceState, DeviceStatus
from hardware.supervisor import Supervisor
from hardware.timing import monotonic_ms

WAIT_S = 10.0
TOTAL = PoleContent(label=PoleLabel.TOTAL, amount="116.10", upper="2 x 酸梅汤 12.50", lower="TOTAL")
TOTAL_SEEN = Seen("2 x  12.50          ", "TOTAL         116.10")
AMOUNTS = st.decimals(
    min_value=-9_999_999, max_value=9_999_999, places=2, allow_nan=False, allow_infinity=False
).map(str)
CONTENTS = st.builds(
    PoleContent,
    label=st.sampled_from(PoleLabel),
    amount=AMOUNTS | st.just(""),
    upper=st.text(max_size=60),
    lower=st.text(max_size=60),
)


def read(kind: PoleKind, *contents: PoleContent) -> Seen:
    screen = PoleScreen(segments=kind is PoleKind.LED8)
    for data in (opening(kind), *(shown(kind, content) for content in contents)):
        for byte in data:
            screen.feed(bytes([byte]))
    return screen.seen


@pytest.mark.parametrize("kind", [PoleKind.CD5220, PoleKind.ESCPOS])
def test_two_lines_say_the_last_dish_and_the_total(kind: PoleKind) -> None:
    assert read(kind, TOTAL) == TOTAL_SEEN


def test_segments_show_the_figure_and_light_its_lamp() -> None:
    seen = read(PoleKind.LED8, TOTAL)
    assert (seen.lamp, seen.figures) == ("2", "116.10")


def test_a_figure_too_long_for_the_segments_is_never_a_wrong_one() -> None:
    content = PoleContent(label=PoleLabel.TOTAL, amount="1234567.89")
    assert read(PoleKind.LED8, content).figures == "--------"


def test_nothing_to_show_is_an_empty_glass() -> None:
    seen = read(PoleKind.LED8, TOTAL, PoleContent())
    assert (seen.lamp, seen.figures) == ("0", "")
    assert read(PoleKind.CD5220, TOTAL, PoleContent()) == Seen()


@given(CONTENTS, CONTENTS, st.sampled_from([PoleKind.CD5220, PoleKind.ESCPOS]))
def test_lines_are_exactly_as_wide_as_the_glass_and_end_in_the_whole_figure(
    before: PoleContent, content: PoleContent, kind: PoleKind
) -> None:
    seen = read(kind, before, content)
    assert len(seen.upper) == len(seen.lower) == COLUMNS
    assert seen.lower.endswith(content.amount)
    assert seen == read(kind, content), "nothing of what was shown before is left"


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_text_becomes_a_line_of_ascii(left: str, right: str) -> None:
    line = one_line(left, right)
    assert len(line) == COLUMNS
    assert line.isascii()
    assert "\x1b" not in line


def test_full_width_figures_and_accents_are_reduced_not_lost() -> None:
    assert ascii_only("￥１２．５０ café") == "12.50 cafe"


@pytest.mark.parametrize("kind", list(PoleKind))
def test_a_display_that_is_plugged_in_again_shows_what_is_true_now(
    tmp_path: Path, kind: PoleKind
) -> None:
    wanted = read(kind, TOTAL)
    segments = kind is PoleKind.LED8
    with PoleDisplayEmulator(tmp_path / "pole", segments=segments) as emulator:
        settings = PoleSettings(port=str(emulator.path), kind=kind)
        display = PoleDisplay(settings, clock=monotonic_ms)
        supervisor = Supervisor("pole", display, clock=monotonic_ms, chance=lambda: 999)
        supervisor.start()
        try:
            display.show(PoleContent(label=PoleLabel.UNIT_PRICE, amount="12.50"))
            display.show(TOTAL)
            assert emulator.wait_for(wanted, within_s=WAIT_S)
            emulator.unplug()
            emulator.plug_in()
            supervisor.hint()
            assert emulator.wait_for(wanted, within_s=WAIT_S)
        finally:
            assert supervisor.stop()


def test_settings_are_tried_before_they_are_kept(tmp_path: Path) -> None:
    with PoleDisplayEmulator(tmp_path / "pole") as emulator:
        settings = PoleSettings(port=str(emulator.path))
        assert try_out(settings, clock=monotonic_ms) == DeviceStatus(DeviceState.READY)
        wanted = Seen("TILLFOLD            ", "TEST         8888.88")
        assert emulator.wait_for(wanted, within_s=WAIT_S)
    gone = try_out(settings, clock=monotonic_ms)
    assert gone == DeviceStatus(DeviceState.LOST, DeviceReason.NOT_FOUND)
