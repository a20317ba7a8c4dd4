"""The member sheet: look-up, enrolment form, card or waiting for one, as the state says."""

from PySide6.QtWidgets import QStackedLayout, QWidget

from domain.wording import Wording
from pos_client.screens.member.card_panel import CardPanel
from pos_client.screens.member.form_panel import FormPanel
from pos_client.screens.member.presenter import MemberPresenter
from pos_client.screens.member.search_panel import SearchPanel
from pos_client.screens.member.state import MemberState
from pos_client.screens.member.wait_panel import WaitPanel
from pos_client.widgets.layout import down
from pos_client.widgets.look import Look
from pos_client.widgets.sheet import SheetFrame


class MemberView(QWidget):
    def __init__(self, look: Look, presenter: MemberPresenter) -> None:
        super().__init__()
        self._sheet = SheetFrame(look, "member", presenter.escape)
        self._search = SearchPanel(look, presenter)
        self._form = FormPanel(look, presenter)
        self._card = CardPanel(look, presenter)
        self._wait = WaitPanel(look, presenter)
        self._pages = QStackedLayout()
        for page in (self._search, self._form, self._card, self._wait):
            self._pages.addWidget(page)
        content = down()
        content.addLayout(self._pages)
        self._sheet.fill(content)
        self.setLayout(down(self._sheet))
        presenter.listen(self.draw)

    def begin(self) -> None:
        """Give the focus to the first field of what is shown."""
        if self._pages.currentWidget() is self._search:
            self._search.begin()

    def retext(self, wording: Wording) -> None:
        self._sheet.entitle(wording.text("member.title"), wording.text("sheet.close"))
        self._search.retext(wording)
        self._form.retext(wording)
        self._card.retext(wording)
        self._wait.retext(wording)

    def draw(self, state: MemberState) -> None:
        before = self._pages.currentWidget()
        self._search.draw(state)
        if state.form is not None:
            self._pages.setCurrentWidget(self._form)
            self._form.draw(state.form, newly_opened=before is not self._form)
        elif state.wait is not None:
            self._pages.setCurrentWidget(self._wait)
            self._wait.draw(state.wait)
        elif state.card is not None:
            self._pages.setCurrentWidget(self._card)
            self._card.draw(state.card)
        else:
            self._pages.setCurrentWidget(self._search)
