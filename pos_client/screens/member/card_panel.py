"""One member's card: figures, points to use, coupons to lay on the order."""

from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from domain.wording import Wording
from pos_client.screens.member.presenter import MemberPresenter
from pos_client.screens.member.state import Card, CardFigure, PointsStepper
from pos_client.widgets import tokens
from pos_client.widgets.buttons import Button
from pos_client.widgets.layout import (
    across,
    centred,
    down,
    frame,
    label,
    paragraph,
    scrolling,
    show_or_hide,
)
from pos_client.widgets.look import Look
from pos_client.widgets.rows import RowList
from pos_client.widgets.sheet import section


class CardPanel(QWidget):
    def __init__(self, look: Look, presenter: MemberPresenter) -> None:
        super().__init__()
        self._name = label("heading", tone="member", strong=True, name="card-name")
        self._phone = label("item", tone="member", name="card-phone")
        self._offline = label("body", tone="warning", name="card-offline")
        self._other = Button(look, "member-other").on_press(presenter.change_member)
        self._plastic = label("body", tone="muted", name="member-card")
        self._give = Button(look, "card-give", icon="credit-card").on_press(presenter.cards.ask)
        self._take = Button(look, "card-take").on_press(presenter.cards.take_away)
        self._figures = Figures(look)
        self._stepper = Stepper(look, presenter)
        self._coupons_head, self._coupons_title = section(look)
        self._coupons = RowList(look, "member-coupon", presenter.toggle_coupon)
        self._no_coupons = paragraph("body", tone="muted")
        self._done = Button(look, "member-done", look_name="primary").on_press(presenter.escape)
        self._done.tall(tokens.KEY_MM, least=tokens.KEY_LEAST)
        gap = look.px(tokens.SPACE_SMALL)
        head = across(self._name, self._phone, None, self._offline, self._other, gap=2 * gap)
        plastic = across(self._plastic, None, self._take, self._give, gap=2 * gap)
        coupons = QWidget()
        coupons.setLayout(down(self._coupons_head, self._no_coupons, self._coupons, None, gap=gap))
        box = down(
            head, plastic, self._figures, self._stepper, scrolling(coupons), self._done,
            gap=look.px(tokens.SPACE_MEDIUM),
        )  # fmt: skip
        box.setStretch(4, 1)
        self.setLayout(box)

    def retext(self, wording: Wording) -> None:
        self._other.setText(wording.text("member.other"))
        self._coupons_title(wording.text("member.coupons"))
        self._done.setText(wording.text("member.done"))
        self._take.setText(wording.text("member.remove_card"))
        self._stepper.retext(wording)

    def draw(self, card: Card) -> None:
        self._name.setText(card.name)
        self._phone.setText(card.phone)
        self._offline.setText(card.offline)
        self._plastic.setText(card.plastic)
        self._give.setText(card.give)
        self._give.setEnabled(card.can_give)
        self._take.setVisible(card.can_take)
        self._figures.draw(card.figures)
        self._stepper.draw(card.points)
        self._coupons.show_rows(card.coupons)
        show_or_hide(self._no_coupons, card.no_coupons)


class Figures(QWidget):
    """A row of figures with their names above, named `figure-0`, `figure-1` and so on."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._parts: list[tuple[QLabel, QLabel]] = []
        self._grid = QGridLayout()
        self._grid.setContentsMargins(*(look.px(tokens.SPACE),) * 4)
        self._grid.setHorizontalSpacing(look.px(tokens.SPACE))
        self.setLayout(down(frame("member", self._grid)))

    def draw(self, figures: tuple[CardFigure, ...]) -> None:
        while len(self._parts) < len(figures):
            place = len(self._parts)
            words = label("caption", tone="member")
            value = label("item", tone="member", strong=True, name=f"figure-{place}")
            self._grid.addWidget(words, 0, place)
            self._grid.addWidget(value, 1, place)
            self._parts.append((words, value))
        for (words, value), figure in zip(self._parts, figures, strict=False):
            words.setText(figure.label)
            value.setText(figure.value)


class Stepper(QWidget):
    """How many points are used: less, more, the most, none."""

    def __init__(self, look: Look, presenter: MemberPresenter) -> None:
        super().__init__()
        self._words = label("item", strong=True)
        self._limit = label("caption", tone="muted", name="points-limit")
        self._less = Button(look, "points-less", icon="minus").square()
        self._less.on_press(presenter.points.take)
        self._wanted = centred(label("heading", strong=True, name="points-wanted"))
        self._wanted.setMinimumWidth(look.px(72))
        self._more = Button(look, "points-more", icon="plus").square()
        self._more.on_press(presenter.points.add)
        self._worth = label("body", tone="accent", strong=True, name="points-worth")
        self._most = Button(look, "points-most").on_press(presenter.points.use_most)
        self._none = Button(look, "points-none").on_press(presenter.points.use_none)
        gap = look.px(tokens.SPACE_SMALL)
        steps = across(self._less, self._wanted, self._more, gap=gap)
        keys = across(steps, self._most, self._none, None, self._worth, gap=2 * gap)
        words = across(self._words, self._limit, None, gap=2 * gap)
        self.setLayout(down(words, keys, gap=gap))

    def retext(self, wording: Wording) -> None:
        self._words.setText(wording.text("member.use_points"))
        self._most.setText(wording.text("member.all_points"))
        self._none.setText(wording.text("member.no_points"))

    def draw(self, stepper: PointsStepper) -> None:
        self._wanted.setText(stepper.wanted)
        self._worth.setText(stepper.worth)
        self._limit.setText(stepper.limit)
        self._more.setEnabled(stepper.can_add)
        self._most.setEnabled(stepper.can_add)
        self._less.setEnabled(stepper.can_take)
        self._none.setEnabled(stepper.can_take)
