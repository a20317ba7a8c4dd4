"""The device sheet: draws a DevicesState, forwards what the manager does."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from domain.wording import Wording
from pos_client.screens.devices.presenter import DevicesPresenter
from pos_client.screens.devices.state import Chips, DevicesState
from pos_client.widgets import tokens
from pos_client.widgets.buttons import Button
from pos_client.widgets.chip_flow import ChipFlow
from pos_client.widgets.layout import across, down, label, paragraph, scrolling, show_or_hide
from pos_client.widgets.look import Look
from pos_client.widgets.rows import RowList
from pos_client.widgets.sheet import SheetFrame, section


class DevicesView(QWidget):
    def __init__(self, look: Look, presenter: DevicesPresenter) -> None:
        super().__init__()
        self._look = look
        self._sheet = SheetFrame(look, "devices", presenter.escape)
        self._set_up_head, self._set_up_title = section(look)
        self._set_up = RowList(look, "device-row")
        self._nothing_set_up = paragraph("body", tone="muted", name="no-devices")
        self._found_head, self._found_title = section(look)
        self._found = RowList(look, "device-found", presenter.choose)
        self._nothing_found = paragraph("body", tone="muted", name="nothing-found")
        self._kinds_head, self._kinds_title = section(look)
        self._kinds = ChipFlow(look, "device-kind", presenter.choose_kind)
        self._variants_words = label("body", tone="muted")
        self._variants = ChipFlow(look, "device-variant", presenter.choose_variant)
        self._verdict = RowList(look, "device-verdict")
        self._kept = paragraph("body", tone="positive", name="device-kept")
        self._progress = label("item", tone="muted", name="device-progress")
        self._check = Button(look, "devices-check", icon="refresh-cw").on_press(presenter.examine)
        self._find = Button(look, "devices-find", icon="search").on_press(presenter.find)
        self._cancel = Button(look, "devices-cancel").on_press(presenter.cancel)
        self._try = Button(look, "device-try").on_press(presenter.try_out)
        self._keep = Button(look, "device-keep", look_name="primary").on_press(presenter.keep)
        for key in (self._check, self._find, self._cancel, self._try, self._keep):
            key.tall(tokens.KEY_MM, least=tokens.KEY_LEAST)
        self._sheet.fill(self._content())
        self.setLayout(down(self._sheet))
        presenter.listen(self.draw)

    def begin(self) -> None:
        """The sheet was opened; the keyboard stays with the till."""

    def retext(self, wording: Wording) -> None:
        self._sheet.entitle(wording.text("devices.title"), wording.text("sheet.close"))
        self._set_up_title(wording.text("devices.set_up"))
        self._found_title(wording.text("devices.found"))
        self._kinds_title(wording.text("devices.what_is_it"))
        self._variants_words.setText(wording.text("devices.variant"))
        self._check.setText(wording.text("devices.check"))
        self._find.setText(wording.text("devices.find"))
        self._cancel.setText(wording.text("devices.cancel"))
        self._try.setText(wording.text("devices.try"))
        self._keep.setText(wording.text("devices.keep"))

    def draw(self, state: DevicesState) -> None:
        self._set_up.show_rows(state.set_up)
        show_or_hide(self._nothing_set_up, state.nothing_set_up)
        self._found.show_rows(state.found)
        show_or_hide(self._nothing_found, state.nothing_found)
        self._found_head.setVisible(bool(state.found or state.nothing_found))
        self._draw_chips(self._kinds, self._kinds_head, state.kinds)
        self._draw_chips(self._variants, self._variants_words, state.variants)
        self._verdict.show_rows((state.verdict,) if state.verdict is not None else ())
        show_or_hide(self._kept, state.kept)
        self._progress.setText(state.progress)
        self._check.setEnabled(state.can_find)
        self._find.setEnabled(state.can_find)
        self._cancel.setVisible(state.can_cancel)
        self._try.setVisible(bool(state.kinds.words))
        self._try.setEnabled(state.can_try)
        self._keep.setVisible(bool(state.kinds.words))
        self._keep.setEnabled(state.can_keep)

    def _draw_chips(self, chips: ChipFlow, head: QWidget, state: Chips) -> None:
        chips.setVisible(bool(state.words))
        head.setVisible(bool(state.words))
        chips.show_chips(state.words, state.chosen)

    def _content(self) -> QVBoxLayout:
        gap = self._look.px(tokens.SPACE_SMALL)
        lists = QWidget()
        lists.setLayout(
            down(
                self._set_up_head, self._nothing_set_up, self._set_up, gap,
                self._found_head, self._nothing_found, self._found, gap,
                self._kinds_head, self._kinds, self._variants_words, self._variants, None,
                gap=gap,
            )
        )  # fmt: skip
        keys = across(
            self._check, self._find, self._cancel, self._progress, None, self._try, self._keep,
            gap=gap,
        )  # fmt: skip
        # The answer stands where the eye is after a press: above the keys.
        content = down(
            scrolling(lists), self._verdict, self._kept, keys,
            gap=self._look.px(tokens.SPACE_MEDIUM),
        )  # fmt: skip
        content.setStretch(0, 1)
        return content
