"""The member bar: who is at the counter and what the till can do for her, also offline."""

from PySide6.QtWidgets import QHBoxLayout

from domain.wording import Wording
from pos_client.screens.flow import Sheet
from pos_client.screens.sell.presenter import SellPresenter
from pos_client.screens.sell.state import MemberBar
from pos_client.widgets import tokens
from pos_client.widgets.buttons import Button, IconLabel
from pos_client.widgets.layout import fill, frame, label, show_or_hide
from pos_client.widgets.look import Look


class MemberBarView:
    def __init__(self, look: Look, presenter: SellPresenter) -> None:
        self._icon = IconLabel(look, "user-round", tone="member", size=tokens.ICON_LARGE)
        self._hint = label("body", tone="member", name="member-hint")
        self._name = label("item", tone="member", strong=True, name="member-name")
        self._phone = label("body", tone="member", name="member-phone")
        self._points = label("item", tone="member", strong=True, name="member-points")
        self._coupons = label("body", tone="member", name="member-coupons")
        self._offline = label("body", tone="member", name="member-offline")
        self._find = Button(look, "member-open", look_name="member")
        self._find.on_press(lambda: presenter.open(Sheet.MEMBER))
        self._drop = Button(look, "member-drop", look_name="member", icon="x").square()
        self._drop.on_press(presenter.drop_member)
        row = QHBoxLayout()
        fill(
            row,
            self._icon, self._hint, self._name, self._phone, None,
            self._points, self._coupons, self._offline, self._find, self._drop,
            gap=look.px(tokens.SPACE),
        )  # fmt: skip
        edge = look.px(tokens.SPACE_HAIR)
        row.setContentsMargins(look.px(tokens.SPACE), edge, edge, edge)
        self.frame = frame("member", row, name="member-bar")

    def retext(self, wording: Wording) -> None:
        self._find.setText(f"{wording.text('sell.member')} F3")
        self._drop.setToolTip(wording.text("member_bar.drop"))
        self._drop.setAccessibleName(wording.text("member_bar.drop"))

    def draw(self, bar: MemberBar) -> None:
        show_or_hide(self._hint, bar.hint)
        show_or_hide(self._name, bar.name)
        show_or_hide(self._phone, bar.phone)
        show_or_hide(self._points, bar.points)
        show_or_hide(self._coupons, bar.coupons)
        show_or_hide(self._offline, bar.offline)
        self._drop.setVisible(bool(bar.name))
