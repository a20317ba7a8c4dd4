"""The sign-in: the store on one side, the PIN pad on the other."""

from collections.abc import Callable
from functools import partial
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from domain.pins import PIN_DIGITS
from domain.wording import Language, Wording
from pos_client.screens.sign_in.presenter import SignInPresenter, SignInState
from pos_client.widgets import tokens
from pos_client.widgets.buttons import Button, IconLabel, chip
from pos_client.widgets.layout import across, centred, down, frame, label, paragraph
from pos_client.widgets.look import Look
from pos_client.widgets.pin_dots import PinDots

_NAMES: Final = {Language.CHINESE: "中文", Language.ENGLISH: "English"}
_KEYS: Final = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "", "0", "backspace")
_COLUMNS: Final = 3
_KEY: Final = 72
_STORE_SHARE: Final = 5
_PAD_SHARE: Final = 7


class SignInView(QWidget):
    def __init__(
        self,
        look: Look,
        presenter: SignInPresenter,
        *,
        on_language: Callable[[Language], None],
        on_scheme: Callable[[], None],
    ) -> None:
        super().__init__()
        self._look = look
        self._store = StorePanel(look)
        self._languages = {language: chip(look, f"language-{language}") for language in Language}
        for language, key in self._languages.items():
            key.setText(_NAMES[language])
            key.on_press(partial(on_language, language))
        self._scheme = Button(look, "scheme", look_name="plain", icon="moon").on_press(on_scheme)
        self._prompt = centred(label("heading", strong=True))
        self._dots = PinDots(look, PIN_DIGITS)
        self._message = centred(paragraph("body", tone="danger", name="pin-message"))
        self._message.setFixedHeight(look.px(tokens.SPACE_GIANT))
        self._keys = [self._key(key, presenter) for key in _KEYS if key]
        self.setLayout(self._page())
        presenter.listen(self.draw)

    def retext(self, wording: Wording) -> None:
        dark = self._look.scheme == "dark"
        self._scheme.setText(wording.text("sign_in.light" if dark else "sign_in.dark"))
        self._scheme.show_icon("sun" if dark else "moon")
        self._keys[-1].setAccessibleName(wording.text("sign_in.backspace"))

    def draw(self, state: SignInState) -> None:
        self._store.draw(state)
        self._prompt.setText(state.prompt)
        self._dots.show_count(state.filled)
        self._message.setText(state.message)
        for key in self._keys:
            key.setEnabled(state.enabled)
        for language, key in self._languages.items():
            key.setChecked(language is state.language)

    def _page(self) -> QHBoxLayout:
        look = self._look
        grid = QGridLayout()
        grid.setSpacing(look.px(tokens.SPACE_MEDIUM))
        places = [place for place, key in enumerate(_KEYS) if key]
        for place, key in zip(places, self._keys, strict=True):
            grid.addWidget(key, *divmod(place, _COLUMNS))
        corner = across(
            None, *self._languages.values(), self._scheme, gap=look.px(tokens.SPACE_SMALL)
        )
        box = down(
            corner, None, self._prompt, across(None, self._dots, None), self._message,
            across(None, grid, None), None, None,
            gap=look.px(tokens.SPACE_MEDIUM), margin=look.px(tokens.SPACE_LARGE),
        )  # fmt: skip
        page = across(self._store.frame, frame("page", box))
        page.setStretch(0, _STORE_SHARE)
        page.setStretch(1, _PAD_SHARE)
        return page

    def _key(self, key: str, presenter: SignInPresenter) -> Button:
        icon = "delete" if key == "backspace" else ""
        made = Button(
            self._look, f"pin-{key}", look_name="pin", icon=icon, icon_size=tokens.ICON_LARGE
        )
        made.setText("" if icon else key)
        made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        made.setFixedSize(self._look.px(_KEY + tokens.SPACE_LARGE), self._look.px(_KEY))
        return made.on_press(lambda: presenter.press(key))


class StorePanel:
    """Where this till stands, large enough to be read from the door."""

    def __init__(self, look: Look) -> None:
        self._product = label("item", tone="on_panel", strong=True)
        self._product.setText("Tillfold")
        self._clock = label("clock", tone="on_panel", name="sign-in-clock")
        self._day = label("heading", tone="on_panel", name="sign-in-day")
        self._brand = label("heading", tone="on_panel", name="sign-in-brand")
        self._store = label("total", tone="on_panel", strong=True, name="sign-in-store")
        self._till = label("item", tone="on_panel", name="sign-in-till")
        icon = IconLabel(look, "store", tone="ink_on_panel", size=tokens.ICON_LARGE)
        box = down(
            across(icon, self._product, None, gap=look.px(tokens.SPACE_SMALL)), None,
            self._clock, self._day, None, self._brand, self._store, self._till,
            gap=look.px(tokens.SPACE_HAIR), margin=look.px(tokens.SPACE_GIANT),
        )  # fmt: skip
        self.frame = frame("panel", box)

    def draw(self, state: SignInState) -> None:
        self._clock.setText(state.clock)
        self._day.setText(state.day)
        self._brand.setText(state.brand)
        self._store.setText(state.store)
        self._till.setText(state.till)
