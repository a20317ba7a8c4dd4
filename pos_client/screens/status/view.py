"""The status sheet: draws a StatusState, forwards what the cashier does."""

from PySide6.QtWidgets import QProgressBar, QVBoxLayout, QWidget

from domain.wording import Wording
from pos_client.screens.status.presenter import StatusPresenter
from pos_client.screens.status.state import THOUSANDTHS, StatusState
from pos_client.widgets import tokens
from pos_client.widgets.buttons import Button
from pos_client.widgets.layout import across, down, frame, paragraph, scrolling, show_or_hide
from pos_client.widgets.look import Look
from pos_client.widgets.rows import RowList
from pos_client.widgets.sheet import SheetFrame, section


class StatusView(QWidget):
    def __init__(self, look: Look, presenter: StatusPresenter) -> None:
        super().__init__()
        self._look = look
        self._sheet = SheetFrame(look, "status", presenter.escape)
        self._connection_head, self._connection_title = section(look)
        self._connection = RowList(look, "connection-row")
        self._progress = QProgressBar()
        self._progress.setObjectName("sync-progress")
        self._progress.setRange(0, THOUSANDTHS)
        self._progress.setTextVisible(False)
        self._progress.setFixedHeight(look.px(tokens.SPACE_SMALL))
        self._progress_text = paragraph("body", tone="muted", name="sync-progress-text")
        self._printers_head, self._printers_title = section(look)
        self._printers = RowList(look, "printer-row")
        self._no_printers = paragraph("body", tone="muted")
        self._spool = Button(look, "open-spool", icon="printer").on_press(presenter.open_spool)
        self._doubt = _Doubt(look, presenter)
        self._payments_head, self._payments_title = section(look)
        self._payments = RowList(look, "payment-row", presenter.press_payment)
        self._cases_head, self._cases_title = section(look)
        self._cases = RowList(look, "case-row")
        self._no_cases = paragraph("body", tone="muted")
        self._sync = Button(look, "sync-now", icon="refresh-cw").on_press(presenter.sync_now)
        self._sync.tall(tokens.KEY_MM, least=tokens.KEY_LEAST)
        self._devices = Button(look, "open-devices", icon="printer")
        self._devices.on_press(presenter.open_devices)
        self._devices.tall(tokens.KEY_MM, least=tokens.KEY_LEAST)
        self._sheet.fill(self._content())
        self.setLayout(down(self._sheet))
        presenter.listen(self.draw)

    def begin(self) -> None:
        """The sheet was opened; the keyboard stays with the till."""

    def retext(self, wording: Wording) -> None:
        self._sheet.entitle(wording.text("status.title"), wording.text("sheet.close"))
        self._connection_title(wording.text("status.connection"))
        self._printers_title(wording.text("status.printers"))
        self._no_printers.setText(wording.text("status.no_printers"))
        self._payments_title(wording.text("status.payments"))
        self._cases_title(wording.text("status.cases"))
        self._no_cases.setText(wording.text("status.no_cases"))
        self._sync.setText(wording.text("status.sync_now"))
        self._devices.setText(wording.text("status.devices"))
        self._spool.setText(wording.text("spool.title"))
        self._doubt.retext(wording)

    def draw(self, state: StatusState) -> None:
        self._connection.show_rows(state.connection)
        self._progress.setVisible(bool(state.progress_text))
        self._progress.setValue(max(0, state.progress))
        show_or_hide(self._progress_text, state.progress_text)
        self._printers.show_rows(state.printers)
        self._no_printers.setVisible(not state.printers)
        self._spool.setVisible(bool(state.printers))
        self._doubt.draw(state)
        self._payments_head.setVisible(bool(state.payments))
        self._payments.show_rows(state.payments)
        self._cases.show_rows(state.cases)
        self._no_cases.setVisible(not state.cases)
        self._sync.setEnabled(state.can_sync)

    def _content(self) -> QVBoxLayout:
        gap = self._look.px(tokens.SPACE_SMALL)
        lists = QWidget()
        lists.setLayout(
            down(
                self._connection_head, self._connection, self._progress, self._progress_text, gap,
                self._printers_head, self._no_printers, self._doubt.frame, self._printers,
                across(self._spool, None), gap,
                self._payments_head, self._payments, gap,
                self._cases_head, self._no_cases, self._cases, None,
                gap=gap,
            )
        )  # fmt: skip
        area = scrolling(lists)
        keys = across(self._sync, self._devices, gap=gap)
        content = down(area, keys, gap=self._look.px(tokens.SPACE_MEDIUM))
        content.setStretch(0, 1)
        return content


class _Doubt:
    """The question about a receipt of which nobody knows whether it came out."""

    def __init__(self, look: Look, presenter: StatusPresenter) -> None:
        self._question = paragraph("body", name="print-doubt")
        self._came_out = Button(look, "print-came-out")
        self._came_out.on_press(lambda: presenter.settle_doubtful_print(printed=True))
        self._again = Button(look, "print-again")
        self._again.on_press(lambda: presenter.settle_doubtful_print(printed=False))
        keys = across(self._came_out, self._again, None, gap=look.px(tokens.SPACE_SMALL))
        self.frame = frame(
            "warning",
            down(
                self._question,
                keys,
                gap=look.px(tokens.SPACE_SMALL),
                margin=look.px(tokens.SPACE_MEDIUM),
            ),
        )

    def retext(self, wording: Wording) -> None:
        self._came_out.setText(wording.text("status.came_out"))
        self._again.setText(wording.text("status.print_again"))

    def draw(self, state: StatusState) -> None:
        self.frame.setVisible(bool(state.in_doubt))
        self._question.setText(state.in_doubt)
        self._came_out.setEnabled(not state.busy)
        self._again.setEnabled(not state.busy)
