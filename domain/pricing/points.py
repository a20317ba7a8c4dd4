"""S6: points as money, in whole steps, capped by a share of what is left; the guest chooses."""

from domain.money import BASIS_POINTS, divide_half_up
from domain.orders import Stage
from domain.pricing.question import Question
from domain.pricing.state import Label, Refusal, Saving, Working
from domain.reasons import Reason


def largest_points(left_fen: int, question: Question, *, spent: int = 0) -> int:
    """The most points this guest may use on an order of which `left_fen` is left.

    `spent` points of the same order went into rewards.
    """
    rule, guest = question.book.points, question.guest
    if guest is None:
        return 0
    cap_fen = divide_half_up(left_fen * rule.cap_basis_points, BASIS_POINTS)
    most = min(cap_fen // rule.value_fen, guest.points_spendable - spent)
    return max(0, most - most % rule.step)


def points_stage(working: Working) -> None:
    wanted, rule = working.basket.points_wanted, working.question.book.points
    places = working.places_of(rule.scope, Stage.POINTS)
    left_fen = sum(place.left_fen for place in places)
    most = 0
    if not working.points_barred:
        most = largest_points(left_fen, working.question, spent=working.points_redeemed)
    working.points_possible = most
    if wanted <= 0:
        return
    label = Label(rule.rule_id, rule.name, Stage.POINTS)
    points = min(wanted - wanted % rule.step, most)
    if not points:
        working.refuse(label, Refusal(_refusal(working, left_fen)))
        return
    saving_fen = points * rule.value_fen
    working.use(label, Saving(saving_fen, working.spread(saving_fen, places)))
    working.points_redeemed += points


def _refusal(working: Working, left_fen: int) -> Reason:
    """Why not even one step is taken: the first reason that more dishes would not cure."""
    guest, step = working.question.guest, working.question.book.points.step
    if guest is None:
        return Reason.MEMBER_NEEDED
    if working.points_barred:
        return Reason.POINTS_EXCLUDED
    if working.basket.points_wanted < step:
        return Reason.POINTS_BELOW_STEP
    if guest.points_spendable - working.points_redeemed < step:
        held_back = guest.offline and guest.points - working.points_redeemed >= step
        return Reason.POINTS_OFFLINE_LIMIT if held_back else Reason.POINTS_NOT_ENOUGH
    return Reason.POINTS_CAP_BELOW_STEP if left_fen else Reason.NOTHING_LEFT_TO_REDUCE
