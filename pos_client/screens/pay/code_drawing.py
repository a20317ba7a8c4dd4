"""From a payment by code to what the sheet says of it; pure."""

from typing import Final

from domain.errors import ErrorCode
from hardware.payments.port import DeclineCode
from pos_client.screens.desk import Desk, yuan
from pos_client.screens.pay.code_payment import CodePayment
from pos_client.screens.pay.state import CodeKey, CodeState
from pos_client.storage.payments import WAITING, Money, PaymentState
from pos_client.use_cases.answers import PaymentStatus

_DECLINES: Final = frozenset(code.value for code in DeclineCode)
_LOOKS: Final = {
    "paid": ("circle-check", "positive"),
    "declined": ("circle-alert", "danger"),
    "cancelled": ("x", "muted"),
    "late": ("triangle-alert", "warning"),
    "stuck": ("triangle-alert", "warning"),
    "returning": ("refresh-cw", "warning"),
    "returned": ("circle-check", "muted"),
    "unknown": ("triangle-alert", "warning"),
}
_USUAL: Final = ("refresh-cw", "accent")


def draw_code(payment: CodePayment, desk: Desk, left_fen: int) -> CodeState | None:
    """None where the sheet shows its tenders."""
    if payment.scanning:
        return _scanning(desk, left_fen)
    latest = payment.latest
    if latest is None or _is_plain_tender(latest):
        return _asking(desk, left_fen) if payment.busy else None
    word = word_of(latest)
    icon, tone = _LOOKS.get(word, _USUAL)
    return CodeState(
        word=word,
        title=desk.wording.text(f"code_pay.{word}"),
        amount=f"{desk.wording.text(f'tender.{latest.kind}')} {yuan(latest.amount_fen)}",
        detail=_detail(desk, latest, word),
        icon=icon,
        tone=tone,
        keys=_keys(latest),
        confirming=payment.confirming and latest.state in WAITING,
    )


def word_of(payment: PaymentStatus) -> str:
    """The one word for how a payment stands."""
    if payment.money is Money.BOOKED or payment.money is Money.HELD:
        return "paid"
    if payment.money is not Money.NONE:
        late = payment.state is PaymentState.LATE and payment.money is Money.RETURNING
        return "late" if late else payment.money.value
    if payment.state in {PaymentState.CREATED, PaymentState.SUBMITTED}:
        return "asking"
    return payment.state.value


def _is_plain_tender(payment: PaymentStatus) -> bool:
    """Paid in part: it stands among the tenders, and the rest is taken."""
    return payment.money is Money.HELD and not payment.whole


def _scanning(desk: Desk, left_fen: int) -> CodeState:
    offline = desk.counter.payments.seems_offline()
    return CodeState(
        word="scan",
        title=desk.wording.text("code_pay.scan"),
        amount=yuan(left_fen),
        detail=desk.wording.text("code_pay.offline" if offline else "code_pay.scan_detail"),
        icon="wifi-off" if offline else "credit-card",
        tone="warning" if offline else "accent",
        keys=(CodeKey.BACK,),
    )


def _asking(desk: Desk, left_fen: int) -> CodeState:
    icon, tone = _USUAL
    return CodeState(
        word="asking",
        title=desk.wording.text("code_pay.asking"),
        amount=yuan(left_fen),
        detail=desk.wording.text("code_pay.asking_detail"),
        icon=icon,
        tone=tone,
        keys=(),
    )


def _detail(desk: Desk, payment: PaymentStatus, word: str) -> str:
    wording = desk.wording
    if word == "declined":
        why = payment.answer if payment.answer in _DECLINES else DeclineCode.REFUSED.value
        return wording.text(f"declined.{why}")
    if word == "stuck":
        code = ErrorCode(payment.answer) if payment.answer in set(ErrorCode) else None
        why = wording.error(code, {}) if code is ErrorCode.PRICE_CHANGED else payment.answer
        return wording.text("code_pay.stuck_detail", why=why)
    if payment.state in WAITING:
        clock = desk.clock(payment.deadline_ms)
        return wording.text(f"code_pay.{word}_detail", clock=clock)
    return wording.text(f"code_pay.{word}_detail")


def _keys(payment: PaymentStatus) -> tuple[CodeKey, ...]:
    if payment.state in WAITING:
        return (CodeKey.ASK, CodeKey.CANCEL, CodeKey.CONFIRM, CodeKey.NEXT)
    if payment.open:
        return (CodeKey.NEXT,)
    if payment.money is Money.STUCK:
        return (CodeKey.GIVE_BACK, CodeKey.GO_ON)
    if payment.money in {Money.HELD, Money.BOOKED}:
        return ()
    return (CodeKey.GO_ON,)
