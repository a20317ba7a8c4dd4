"""The first start: two ways side by side."""

from PySide6.QtWidgets import QFrame, QLabel, QLineEdit, QWidget

from domain.orders import LONGEST_NAME
from domain.pins import PIN_DIGITS
from domain.wording import Wording
from pos_client.screens.first_run.presenter import FirstRunPresenter, FirstRunState
from pos_client.widgets import tokens
from pos_client.widgets.buttons import Button, IconLabel
from pos_client.widgets.fields import Field
from pos_client.widgets.layout import across, centred, down, frame, label, paragraph, show_or_hide
from pos_client.widgets.look import Look

_WIDTH = 420


class FirstRunView(QWidget):
    def __init__(self, look: Look, presenter: FirstRunPresenter) -> None:
        super().__init__()
        self._title = centred(label("total", strong=True))
        self._subtitle = centred(label("item", tone="muted"))
        self._join = JoinCard(look, presenter)
        self._own = OwnCard(look, presenter)
        cards = across(
            None, self._join.frame, self._own.frame, None, gap=look.px(tokens.SPACE_LARGE)
        )
        self.setProperty("ground", "page")
        self.setLayout(
            down(
                None, self._title, self._subtitle, look.px(tokens.SPACE), cards, None, None,
                gap=look.px(tokens.SPACE_SMALL), margin=look.px(tokens.SPACE_LARGE),
            )
        )  # fmt: skip
        presenter.listen(self.draw)

    def retext(self, wording: Wording) -> None:
        self._title.setText(wording.text("first_run.title"))
        self._subtitle.setText(wording.text("first_run.subtitle"))
        self._join.retext(wording)
        self._own.retext(wording)

    def draw(self, state: FirstRunState) -> None:
        self._join.draw(state)
        self._own.draw(state)


class _Card:
    """An icon, a title, a sentence, then what a subclass adds."""

    def __init__(self, look: Look, icon: str, name: str) -> None:
        self.look = look
        self.title = label("heading", strong=True)
        self.text = paragraph("body", tone="muted")
        self.message = paragraph("body", tone="danger", name=f"{name}-message")
        self._icon = IconLabel(look, icon, tone="accent", size=tokens.SPACE_HUGE)
        self.labels: list[QLabel] = []

    def build(self, *parts: QWidget) -> QFrame:
        box = down(
            self._icon, self.title, self.text, self.look.px(tokens.SPACE_SMALL), *parts[:-1],
            self.message, None, parts[-1],
            gap=self.look.px(tokens.SPACE_SMALL), margin=self.look.px(tokens.SPACE_LARGE),
        )  # fmt: skip
        made = frame("card", box)
        made.setFixedWidth(self.look.px(_WIDTH))
        made.setMinimumHeight(self.look.px(_WIDTH + tokens.SPACE_GIANT))
        return made

    def named(self, field: Field) -> QWidget:
        words = label("body")
        self.labels.append(words)
        holder = QWidget()
        holder.setLayout(down(words, field, gap=self.look.px(tokens.SPACE_HAIR)))
        return holder


class JoinCard(_Card):
    def __init__(self, look: Look, presenter: FirstRunPresenter) -> None:
        super().__init__(look, "server", "join")
        self._server = Field(look, "join-server", longest=200).latin()
        self._code = Field(look, "join-code", longest=40).latin()
        self._server.on_enter(lambda _text: self._code.setFocus())
        self._code.on_enter(lambda _text: self._join())
        self._presenter = presenter
        self._check_words = label("body", tone="muted")
        self._check = label("amount", tone="accent", strong=True, name="check-number")
        self._check_text = paragraph("body")
        self._fields = [self.named(self._server), self.named(self._code)]
        self._key = Button(look, "join-brand", look_name="primary").on_press(self._press)
        self._key.tall(tokens.KEY_MM, least=tokens.KEY_LEAST)
        self._texts = ("", "")
        self._checked = False
        self.frame = self.build(
            *self._fields, self._check_words, self._check, self._check_text, self._key
        )

    def retext(self, wording: Wording) -> None:
        self.title.setText(wording.text("first_run.join_title"))
        self.text.setText(wording.text("first_run.join_text"))
        for words, key in zip(self.labels, ("server", "code"), strict=True):
            words.setText(wording.text(f"first_run.{key}"))
        self._check_words.setText(wording.text("first_run.check_title"))
        self._check_text.setText(wording.text("first_run.check_text"))
        self._texts = (wording.text("first_run.join"), wording.text("first_run.continue"))
        self._key.setText(self._texts[self._checked])

    def draw(self, state: FirstRunState) -> None:
        self._checked = bool(state.check_number)
        for field in self._fields:
            field.setVisible(not self._checked)
        for part in (self._check_words, self._check, self._check_text):
            part.setVisible(self._checked)
        self._check.setText(state.check_number)
        self._key.setText(self._texts[self._checked])
        self._key.setEnabled(not state.busy)
        show_or_hide(self.message, state.join_message)

    def _press(self) -> None:
        if self._checked:
            self._presenter.go_on()
        else:
            self._join()

    def _join(self) -> None:
        self._presenter.join(self._server.text(), self._code.text())


class OwnCard(_Card):
    def __init__(self, look: Look, presenter: FirstRunPresenter) -> None:
        super().__init__(look, "store", "manager")
        self._presenter = presenter
        self._name = Field(look, "manager-name", longest=LONGEST_NAME)
        self._pin = Field(look, "manager-pin", longest=PIN_DIGITS)
        self._again = Field(look, "manager-pin-again", longest=PIN_DIGITS)
        for field in (self._pin, self._again):
            field.setEchoMode(QLineEdit.EchoMode.Password)
        self._name.on_enter(lambda _text: self._pin.setFocus())
        self._pin.on_enter(lambda _text: self._again.setFocus())
        self._again.on_enter(lambda _text: self._appoint())
        self._key = Button(look, "appoint-manager", look_name="primary").on_press(self._appoint)
        self._key.tall(tokens.KEY_MM, least=tokens.KEY_LEAST)
        self.frame = self.build(
            self.named(self._name), self.named(self._pin), self.named(self._again), self._key
        )

    def retext(self, wording: Wording) -> None:
        self.title.setText(wording.text("first_run.own_title"))
        self.text.setText(wording.text("first_run.own_text"))
        for words, key in zip(self.labels, ("name", "pin", "pin_again"), strict=True):
            words.setText(wording.text(f"first_run.{key}"))
        self._key.setText(wording.text("first_run.own"))

    def draw(self, state: FirstRunState) -> None:
        self.frame.setEnabled(not state.check_number)
        self._key.setEnabled(not state.busy)
        show_or_hide(self.message, state.manager_message)

    def _appoint(self) -> None:
        self._presenter.appoint(self._name.text(), self._pin.text(), self._again.text())
