"""The coupon sheet: draws a CouponState, forwards what the cashier does."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from domain.configuration import LONGEST_CODE
from domain.wording import Wording
from pos_client.screens.coupon.presenter import CouponPresenter, CouponState
from pos_client.widgets import tokens
from pos_client.widgets.buttons import Button
from pos_client.widgets.fields import Field
from pos_client.widgets.layout import across, down, paragraph, scrolling, show_or_hide
from pos_client.widgets.look import Look
from pos_client.widgets.rows import RowList
from pos_client.widgets.sheet import SheetFrame, section


class CouponView(QWidget):
    def __init__(self, look: Look, presenter: CouponPresenter) -> None:
        super().__init__()
        self._look = look
        self._sheet = SheetFrame(look, "coupon", presenter.escape)
        self._code = Field(look, "coupon-code", longest=LONGEST_CODE).latin()
        self._code.on_edit(presenter.edit).on_enter(presenter.submit)
        self._code.on_escape(presenter.escape)
        self._submit = Button(look, "coupon-submit", look_name="primary")
        self._submit.on_press(lambda: presenter.submit(self._code.text()))
        self._laid_head, self._laid_title = section(look)
        self._laid = RowList(look, "coupon-laid", presenter.take_off)
        self._empty = paragraph("body", tone="muted", name="coupon-empty")
        self._others_head, self._others_title = section(look)
        self._others = RowList(look, "coupon-other", presenter.lay_of_member)
        self._done = Button(look, "coupon-done").on_press(presenter.escape)
        self._done.tall(tokens.KEY_MM, least=tokens.KEY_LEAST)
        self._sheet.fill(self._content())
        self.setLayout(down(self._sheet))
        presenter.listen(self.draw)

    def begin(self) -> None:
        self._code.setFocus()

    def retext(self, wording: Wording) -> None:
        self._sheet.entitle(wording.text("coupon.title"), wording.text("sheet.close"))
        self._code.setPlaceholderText(wording.text("coupon.placeholder"))
        self._code.setAccessibleName(wording.text("coupon.code"))
        self._submit.setText(wording.text("coupon.submit"))
        self._laid_title(wording.text("coupon.laid"))
        self._others_title(wording.text("coupon.of_member"))
        self._done.setText(wording.text("coupon.done"))

    def draw(self, state: CouponState) -> None:
        self._code.show_text(state.code)
        self._submit.setEnabled(not state.busy)
        self._laid.show_rows(state.laid)
        show_or_hide(self._empty, state.empty)
        self._others_head.setVisible(bool(state.of_member))
        self._others.show_rows(state.of_member)

    def _content(self) -> QVBoxLayout:
        gap = self._look.px(tokens.SPACE_SMALL)
        entry = across(self._code, self._submit, gap=gap)
        entry.setStretch(0, 1)
        lists = QWidget()
        lists.setLayout(
            down(
                self._laid_head, self._empty, self._laid, gap,
                self._others_head, self._others, None,
                gap=gap,
            )
        )  # fmt: skip
        area = scrolling(lists)
        content = down(entry, area, self._done, gap=self._look.px(tokens.SPACE))
        content.setStretch(1, 1)
        return content
