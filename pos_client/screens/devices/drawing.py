"""From the facts of the device sheet to its state; pure."""

from typing import Final

import msgspec

from domain.wording import Wording
from hardware.ports import DeviceReason, DeviceState, DeviceStatus
from pos_client.screens.devices.state import Chips, DevicesState
from pos_client.use_cases.device_setup import (
    PRINTERS,
    DeviceExamined,
    DeviceFound,
    DeviceKind,
)
from pos_client.widgets.faces import RowText

_ICONS: Final = {
    DeviceKind.SCANNER: "search",
    DeviceKind.CARD_READER: "credit-card",
    DeviceKind.STRIPE_READER: "credit-card",
    DeviceKind.POLE_DISPLAY: "store",
    DeviceKind.WECHAT_PAY: "credit-card",
    DeviceKind.ALIPAY: "credit-card",
}
_TONES: Final = {
    DeviceState.READY: "positive",
    DeviceState.DEGRADED: "warning",
    DeviceState.LOST: "danger",
}


class DevicesFacts(msgspec.Struct, frozen=True, kw_only=True):
    """`examined` and `found` are None before anybody asked; `busy` is a key of the texts.

    `variants` belong to `kind`; `tried` is the answer of the device as it is chosen now.
    """

    examined: tuple[DeviceExamined, ...] | None = None
    found: tuple[DeviceFound, ...] | None = None
    busy: str = ""
    chosen: DeviceFound | None = None
    kind: DeviceKind | None = None
    variants: tuple[str, ...] = ()
    variant: str = ""
    tried: DeviceStatus | None = None
    kept: DeviceKind | None = None


def draw_devices(facts: DevicesFacts, wording: Wording) -> DevicesState:
    at_rest = not facts.busy
    return DevicesState(
        set_up=tuple(_examined(one, wording) for one in facts.examined or ()),
        nothing_set_up=wording.text("devices.none") if facts.examined == () else "",
        found=tuple(_found(one, facts, wording) for one in facts.found or ()),
        nothing_found=wording.text("devices.nothing_found") if facts.found == () else "",
        progress=wording.text(f"devices.{facts.busy}") if facts.busy else "",
        can_find=at_rest,
        can_cancel=facts.busy == "finding",
        kinds=_kinds(facts, wording),
        variants=Chips(words=facts.variants, chosen=facts.variant),
        verdict=_verdict(facts, wording),
        kept=_kept(facts, wording),
        can_try=at_rest and facts.kind is not None,
        can_keep=at_rest and is_good_enough(facts.tried),
    )


def is_good_enough(tried: DeviceStatus | None) -> bool:
    """A printer without paper is the right printer."""
    return tried is not None and tried.state is not DeviceState.LOST


def kind_words(kind: DeviceKind, wording: Wording) -> str:
    return wording.text(f"device_kind.{kind}")


def _examined(one: DeviceExamined, wording: Wording) -> RowText:
    return RowText(
        title=kind_words(one.kind, wording),
        detail=" · ".join(part for part in (one.place, _advice(one.status, wording)) if part),
        note=wording.text(f"device_state.{one.status.state}"),
        icon=_icon(one.kind),
        tone=_TONES[one.status.state],
    )


def _found(one: DeviceFound, facts: DevicesFacts, wording: Wording) -> RowText:
    return RowText(
        title=one.label,
        detail=one.address if one.address != one.label else "",
        note=wording.text(f"device_way.{one.way}"),
        icon=_icon(one.kinds[0]),
        chosen=one == facts.chosen,
        enabled=not facts.busy,
    )


def _kinds(facts: DevicesFacts, wording: Wording) -> Chips:
    if facts.chosen is None:
        return Chips()
    words = tuple(kind_words(kind, wording) for kind in facts.chosen.kinds)
    chosen = kind_words(facts.kind, wording) if facts.kind is not None else ""
    return Chips(words=words, chosen=chosen)


def _verdict(facts: DevicesFacts, wording: Wording) -> RowText | None:
    if facts.tried is None:
        return None
    good = is_good_enough(facts.tried)
    advice = _advice(facts.tried, wording)
    return RowText(
        title=wording.text("devices.answers" if good else "devices.does_not_answer"),
        detail=advice or _look_at_it(facts.kind, wording),
        icon="circle-check" if good else "triangle-alert",
        tone=_TONES[facts.tried.state],
    )


def _look_at_it(kind: DeviceKind | None, wording: Wording) -> str:
    """What only a person can see."""
    if kind in PRINTERS:
        return wording.text("devices.look_at_page")
    return wording.text("devices.look_at_pole") if kind is DeviceKind.POLE_DISPLAY else ""


def _kept(facts: DevicesFacts, wording: Wording) -> str:
    if facts.kept is None:
        return ""
    return wording.text("devices.kept", kind=kind_words(facts.kept, wording))


def _advice(status: DeviceStatus, wording: Wording) -> str:
    reason: DeviceReason | None = status.reason
    return wording.text(f"device.{reason}") if reason is not None else ""


def _icon(kind: DeviceKind) -> str:
    return _ICONS.get(kind, "printer")
