"""The sell screen: draws a SellState, forwards what the cashier does."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QPoint
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QStackedWidget, QWidget

from domain.wording import Wording
from pos_client.screens.flow import Sheet
from pos_client.screens.sell.cart_side import CartSide
from pos_client.screens.sell.dish_side import DishSide
from pos_client.screens.sell.member_bar import MemberBarView
from pos_client.screens.sell.presenter import SellPresenter
from pos_client.screens.sell.state import SellState
from pos_client.screens.sell.top_bar import TopBarView
from pos_client.widgets import tokens
from pos_client.widgets.layout import down, frame
from pos_client.widgets.look import Look
from pos_client.widgets.notice_bar import NoticeBar

_CART_SHARE: Final = 38
_DISH_SHARE: Final = 62


class SellView(QWidget):
    """Sheets lie over the dishes; the cart and the number pad stay where they are."""

    def __init__(
        self,
        look: Look,
        presenter: SellPresenter,
        on_key: Callable[[str], None],
        on_drawer: Callable[[], None],
        *,
        left_handed: bool,
    ) -> None:
        super().__init__()
        self._look = look
        self._top = TopBarView(look, presenter)
        self._member = MemberBarView(look, presenter)
        self._cart = CartSide(look, presenter, on_key)
        self._dishes = DishSide(look, presenter, on_drawer)
        self._notice = NoticeBar(look, presenter.dismiss_notice, presenter.act_on_notice)
        self._right = QStackedWidget()
        self._right.addWidget(self._dishes)
        self._sheets: dict[Sheet, QWidget] = {Sheet.NONE: self._dishes}
        gap, side = look.px(tokens.SPACE_SMALL), look.px(tokens.SPACE_MEDIUM)
        body = QHBoxLayout()
        body.setSpacing(side)
        cart = frame("clear", self._cart.layout)
        for part, share in ((cart, _CART_SHARE), (self._right, _DISH_SHARE)):
            part.setMinimumWidth(0)
            part.setSizePolicy(part.sizePolicy().Policy.Ignored, part.sizePolicy().Policy.Preferred)
            body.addWidget(part, share)
        if left_handed:
            body.setDirection(QBoxLayout.Direction.RightToLeft)
        content = down(self._member.frame, body, gap=gap)
        content.setStretch(1, 1)
        content.setContentsMargins(side, gap, side, side)
        page = down(self._top.frame, content)
        page.setStretch(1, 1)
        self.setLayout(page)
        self._notice.frame.setParent(self)
        presenter.listen(self.draw)

    def add_sheet(self, sheet: Sheet, view: QWidget) -> None:
        self._sheets[sheet] = view
        self._right.addWidget(view)

    def show_sheet(self, sheet: Sheet) -> None:
        self._right.setCurrentWidget(self._sheets[sheet])

    def focus_search(self) -> None:
        self._top.search.setFocus()
        self._top.search.selectAll()

    def retext(self, wording: Wording) -> None:
        self._top.retext(wording)
        self._member.retext(wording)
        self._cart.retext(wording)
        self._dishes.retext(wording)

    def draw(self, state: SellState) -> None:
        self._top.draw(state)
        self._member.draw(state.member)
        self._cart.draw(state)
        self._dishes.draw(state)
        notice = state.notice
        if notice is None:
            self._notice.show_notice("done", "", "")
        else:
            self._notice.show_notice(notice.form, notice.text, state.confirm, notice.action)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        bar = self._member.frame
        below = bar.mapTo(self, QPoint(0, bar.height() + self._look.px(tokens.SPACE_HAIR)))
        self._notice.frame.setGeometry(
            below.x(),
            below.y(),
            bar.width(),
            self._look.px(tokens.SPACE_GIANT + tokens.SPACE_SMALL),
        )
