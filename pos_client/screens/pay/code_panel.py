"""A payment by code in the place of the tenders: how it stands, and what can be done about it."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from domain.orders import LONGEST_NAME
from domain.wording import Wording
from pos_client.screens.pay.presenter import PayPresenter
from pos_client.screens.pay.state import CodeKey, CodeState
from pos_client.widgets import tokens
from pos_client.widgets.buttons import Button, IconLabel
from pos_client.widgets.fields import Field
from pos_client.widgets.layout import across, centred, down, frame, label, paragraph
from pos_client.widgets.look import Look

_FIELDS = {"reference": 64, "reason": LONGEST_NAME, "pin": 6}
_TOKENS = {"muted": "ink_muted"}


class CodePanel(QWidget):
    def __init__(self, look: Look, presenter: PayPresenter) -> None:
        super().__init__()
        self._icon = IconLabel(look, "credit-card", tone="accent", size=tokens.ICON_GIANT)
        self._title = centred(label("heading", strong=True, name="code-title"))
        self._amount = centred(label("total", strong=True, name="code-amount"))
        self._detail = centred(paragraph("item", tone="muted", name="code-detail"))
        self._form = _ConfirmForm(look, presenter)
        actions = _actions(presenter)
        self._keys = {key: self._key(look, key, actions) for key in CodeKey}
        gap = look.px(tokens.SPACE_SMALL)
        box = down(
            None, self._icon, self._title, self._amount, self._detail, self._form, None,
            across(*self._keys.values(), gap=gap),
            gap=gap, margin=look.px(tokens.SPACE),
        )  # fmt: skip
        box.setAlignment(self._icon, Qt.AlignmentFlag.AlignHCenter)
        self.setLayout(down(frame("well", box)))

    def retext(self, wording: Wording) -> None:
        for name, key in self._keys.items():
            key.setText(wording.text(f"code_key.{name}"))
        self._form.retext(wording)

    def draw(self, state: CodeState) -> None:
        self._icon.show_icon(state.icon, tone=_TOKENS.get(state.tone, state.tone))
        self._title.setText(state.title)
        self._amount.setText(state.amount)
        self._detail.setText(state.detail)
        for words in (self._icon, self._detail):
            words.setVisible(not state.confirming)
        self._form.show_or_hide(shown=state.confirming)
        for name, key in self._keys.items():
            key.setVisible(name in state.keys and not state.confirming)

    @staticmethod
    def _key(look: Look, name: CodeKey, actions: Mapping[CodeKey, Callable[[], None]]) -> Button:
        main = name in {CodeKey.NEXT, CodeKey.GO_ON}
        key = Button(look, f"code-{name}", look_name="primary" if main else "")
        return key.tall(tokens.KEY_MM, least=tokens.KEY_LEAST).on_press(actions[name])


def _actions(presenter: PayPresenter) -> dict[CodeKey, Callable[[], None]]:
    code = presenter.code
    return {
        CodeKey.BACK: code.dismiss,
        CodeKey.ASK: code.ask_now,
        CodeKey.CANCEL: code.cancel,
        CodeKey.CONFIRM: code.want_to_confirm,
        CodeKey.NEXT: presenter.next_guest,
        CodeKey.GIVE_BACK: code.give_back,
        CodeKey.GO_ON: code.dismiss,
    }


class _ConfirmForm(QWidget):
    """Somebody who may decide says that the money is there: proof, reason, PIN."""

    def __init__(self, look: Look, presenter: PayPresenter) -> None:
        super().__init__()
        self._presenter = presenter
        self._words = {name: label("body", tone="muted") for name in _FIELDS}
        self._fields = {
            name: Field(look, f"confirm-{name}", longest=longest)
            for name, longest in _FIELDS.items()
        }
        self._fields["pin"].setEchoMode(Field.EchoMode.Password)
        self._fields["pin"].on_enter(lambda _text: self._confirm())
        for field in self._fields.values():
            field.on_escape(presenter.escape)
        self._back = Button(look, "confirm-back").on_press(presenter.code.dismiss)
        self._save = Button(look, "confirm-payment", look_name="primary").on_press(self._confirm)
        for key in (self._back, self._save):
            key.tall(tokens.KEY_MM, least=tokens.KEY_LEAST)
        gap = look.px(tokens.SPACE_SMALL)
        reference, reason, pin = (
            down(self._words[name], self._fields[name], gap=gap >> 1) for name in _FIELDS
        )
        keys = across(self._back, self._save, gap=gap)
        keys.setStretch(1, 1)
        first = across(reference, pin, gap=look.px(tokens.SPACE_MEDIUM))
        first.setStretch(0, 1)
        self.setLayout(down(first, reason, keys, gap=look.px(tokens.SPACE_MEDIUM)))

    def retext(self, wording: Wording) -> None:
        for name, words in self._words.items():
            words.setText(wording.text(f"code_pay.confirm_{name}"))
            self._fields[name].setAccessibleName(words.text())
        self._back.setText(wording.text("code_key.back"))
        self._save.setText(wording.text("code_pay.confirm_save"))

    def show_or_hide(self, *, shown: bool) -> None:
        if shown and not self.isVisible():
            for field in self._fields.values():
                field.clear()
            self._fields["reference"].setFocus(Qt.FocusReason.OtherFocusReason)
        self.setVisible(shown)

    def _confirm(self) -> None:
        texts = {name: field.text() for name, field in self._fields.items()}
        self._fields["pin"].clear()
        self._presenter.code.confirm(
            pin=texts["pin"], reference=texts["reference"], reason=texts["reason"]
        )
