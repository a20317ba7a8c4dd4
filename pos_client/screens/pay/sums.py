"""The head of the pay sheet: amount due, what is typed, what is left or goes back."""

from typing import Final

from domain.wording import Wording
from pos_client.screens.pay.state import PayState
from pos_client.widgets import tokens
from pos_client.widgets.layout import across, down, frame, label, restyle, right
from pos_client.widgets.look import Look

_NOTHING: Final = "—"


class PaySums:
    def __init__(self, look: Look) -> None:
        self._due_words = label("body", tone="muted")
        self._due = label("amount", strong=True, name="pay-due")
        self._saving = label("body", tone="accent", name="pay-saving")
        self._entry_words = right(label("body", tone="muted"))
        self._entry = right(label("total", name="pay-entry"))
        self._rest_words = right(label("body", tone="muted"))
        self._rest = right(label("total", strong=True, name="pay-rest"))
        self._left_text = self._change_text = ""
        row = across(
            down(self._due_words, self._due),
            None,
            down(self._entry_words, None, self._entry),
            down(self._rest_words, None, self._rest),
            gap=look.px(tokens.SPACE_HUGE),
        )
        side, top = look.px(tokens.SPACE), look.px(tokens.SPACE_SMALL)
        box = down(row, self._saving)
        box.setContentsMargins(side, top, side, top)
        self.frame = frame("well", box)

    def retext(self, wording: Wording) -> None:
        self._due_words.setText(wording.text("pay.due"))
        self._entry_words.setText(wording.text("pay.received"))
        self._left_text = wording.text("pay.left")
        self._change_text = wording.text("pay.change")

    def draw(self, state: PayState) -> None:
        self._due.setText(state.due)
        self._saving.setText(state.saving)
        self._entry.setText(state.entry or _NOTHING)
        restyle(self._entry, "tone", "" if state.entry else "muted")
        self._rest_words.setText(self._change_text if state.change else self._left_text)
        self._rest.setText(state.change or state.left)
        restyle(self._rest, "tone", "accent" if state.change else "")
