"""The pay sheet: draws a PayState, forwards what the cashier does."""

from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from domain.orders import TenderKind
from domain.wording import Wording
from pos_client.screens.pay.code_panel import CodePanel
from pos_client.screens.pay.done_panel import DonePanel
from pos_client.screens.pay.presenter import PayPresenter
from pos_client.screens.pay.state import PayState
from pos_client.screens.pay.sums import PaySums
from pos_client.widgets import tokens
from pos_client.widgets.buttons import Button
from pos_client.widgets.fields import Field
from pos_client.widgets.layout import across, down, label, scrolling
from pos_client.widgets.look import Look
from pos_client.widgets.rows import RowList
from pos_client.widgets.sheet import SheetFrame, section

_TENDERS = ((TenderKind.CASH, "banknote"), (TenderKind.RECORDED_CARD, "credit-card"))
_MOST_CASH_KEYS = 5


class PayView(QWidget):
    def __init__(self, look: Look, presenter: PayPresenter) -> None:
        super().__init__()
        self._look = look
        self._presenter = presenter
        self._sheet = SheetFrame(look, "pay", presenter.escape)
        self._sums = PaySums(look)
        self._cash = [self._cash_key(place) for place in range(_MOST_CASH_KEYS)]
        self._tender_keys = {kind: self._tender_key(kind, icon) for kind, icon in _TENDERS}
        self._code_key = Button(
            look, "tender-code", look_name="tender", icon="scan-line", icon_size=tokens.ICON_LARGE
        )
        self._code_key.tall(tokens.PAY_MM, least=tokens.PAY_LEAST)
        self._code_key.on_press(presenter.ask_for_code)
        self._code = CodePanel(look, presenter)
        self._slip_words = label("body", tone="muted")
        self._slip = Field(look, "card-reference", longest=32)
        self._slip.on_edit(presenter.note_card_reference).on_escape(presenter.escape)
        self._slip.on_enter(lambda _text: presenter.confirm())
        self._confirm = Button(look, "confirm-pay", look_name="pay")
        self._confirm.tall(tokens.PAY_MM, least=tokens.PAY_LEAST).on_press(presenter.confirm)
        self._tenders_head, self._tenders_title = section(look)
        self._tenders = RowList(look, "tender-remove", presenter.remove_tender)
        self._sums_head, self._sums_title = section(look)
        self._parts = RowList(look, "sum")
        self._unused_head, self._unused_title = section(look)
        self._unused = RowList(look, "unused-rule")
        self._done = DonePanel(look, presenter.next_order)
        self._pages = QStackedLayout(self)
        self._sheet.fill(self._content())
        self._pages.addWidget(self._sheet)
        self._pages.addWidget(self._done)
        presenter.listen(self.draw)

    def begin(self) -> None:
        """The sheet was opened; the keyboard stays with the till."""

    def retext(self, wording: Wording) -> None:
        self._sheet.entitle(wording.text("pay.title"), wording.text("sheet.close"))
        self._sums.retext(wording)
        self._done.retext(wording)
        self._tenders_title(wording.text("pay.tenders"))
        self._sums_title(wording.text("pay.sums"))
        self._unused_title(wording.text("pay.unused"))
        for kind, key in self._tender_keys.items():
            key.setText(wording.text(f"tender.{kind}"))
        self._slip_words.setText(wording.text("pay.card_reference"))
        self._slip.setAccessibleName(self._slip_words.text())
        self._code_key.setText(wording.text("code_pay.key"))
        self._code.retext(wording)

    def draw(self, state: PayState) -> None:
        self._pages.setCurrentWidget(self._done if state.closed else self._sheet)
        if state.closed is not None:
            self._done.draw(state.closed)
            return
        self._sums.draw(state)
        self._ways.setCurrentIndex(1 if state.code is not None else 0)
        if state.code is not None:
            self._code.draw(state.code)
        if state.card_taken is self._slip.isHidden():
            self._slip.clear()
        self._slip.setVisible(state.card_taken)
        self._slip_words.setVisible(state.card_taken)
        self._code_key.setVisible(state.takes_codes)
        self._code_key.setEnabled(bool(state.cash_keys) and not state.busy)
        for place, key in enumerate(self._cash):
            key.setVisible(place < len(state.cash_keys))
            key.setEnabled(not state.busy)
            if place < len(state.cash_keys):
                key.setObjectName(f"cash-{state.cash_keys[place].name}")
                key.setText(state.cash_keys[place].text)
        for tender_key in self._tender_keys.values():
            tender_key.setEnabled(bool(state.cash_keys) and not state.busy)
        for head, rows, texts in (
            (self._tenders_head, self._tenders, state.tenders),
            (self._sums_head, self._parts, state.sums),
            (self._unused_head, self._unused, state.unused),
        ):
            head.setVisible(bool(texts))
            rows.show_rows(texts)
        self._confirm.setText(state.confirm)
        self._confirm.setEnabled(state.can_confirm)

    def _content(self) -> QVBoxLayout:
        gap = self._look.px(tokens.SPACE_SMALL)
        details = QWidget()
        details.setLayout(
            down(
                self._tenders_head, self._tenders, self._slip_words, self._slip,
                self._sums_head, self._parts, self._unused_head, self._unused, None,
                gap=gap,
            )
        )  # fmt: skip
        area = scrolling(details)
        wide = self._look.px(tokens.SPACE_MEDIUM)
        keys = across(*self._tender_keys.values(), self._code_key, gap=gap)
        ways = down(self._cash_row(gap), keys, area, self._confirm, gap=wide)
        ways.setStretch(2, 1)
        by_hand = QWidget()
        by_hand.setLayout(ways)
        self._ways = QStackedLayout()
        self._ways.addWidget(by_hand)
        self._ways.addWidget(self._code)
        content = down(self._sums.frame, self._ways, gap=wide)
        content.setStretch(1, 1)
        return content

    def _cash_row(self, gap: int) -> QWidget:
        """Keeps its place also while there is nothing to pay and no key to show."""
        row = QWidget()
        row.setLayout(across(*self._cash, gap=gap))
        row.setFixedHeight(self._cash[0].height())
        return row

    def _cash_key(self, place: int) -> Button:
        key = Button(self._look, f"cash-{place}", look_name="tender")
        key.tall(tokens.KEY_MM, least=tokens.KEY_LEAST + tokens.SPACE_SMALL)
        return key.on_press(lambda: self._take_cash(place))

    def _take_cash(self, place: int) -> None:
        keys = self._presenter.state.cash_keys
        if place < len(keys):
            self._presenter.take_cash(keys[place].received_fen)

    def _tender_key(self, kind: TenderKind, icon: str) -> Button:
        key = Button(
            self._look,
            f"tender-{kind}",
            look_name="tender",
            icon=icon,
            icon_size=tokens.ICON_LARGE,
        )
        key.tall(tokens.PAY_MM, least=tokens.PAY_LEAST)
        return key.on_press(lambda: self._presenter.take(kind))
