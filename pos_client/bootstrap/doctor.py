"""What the examination of the devices found, in words."""

import msgspec

from domain.wording import Wording
from hardware.ports import DeviceState
from pos_client.use_cases.device_setup import DeviceExamined


class DeviceLine(msgspec.Struct, frozen=True, kw_only=True):
    """One device. `reason` is a stable code, empty while it is ready; `advice` what to do."""

    kind: str
    place: str
    state: str
    reason: str
    advice: str


class DoctorReport(msgspec.Struct, frozen=True, kw_only=True):
    """`lines` are for people, all else for programs."""

    well: bool
    devices: list[DeviceLine]
    lines: list[str]


def doctor_report(examined: tuple[DeviceExamined, ...], wording: Wording) -> DoctorReport:
    devices = [_device(one, wording) for one in examined]
    lines = [_line(one, wording) for one in devices] or [wording.text("doctor.no_devices")]
    return DoctorReport(
        well=all(one.status.state is DeviceState.READY for one in examined),
        devices=devices,
        lines=lines,
    )


def _device(one: DeviceExamined, wording: Wording) -> DeviceLine:
    reason = one.status.reason
    return DeviceLine(
        kind=one.kind.value,
        place=one.place,
        state=one.status.state.value,
        reason=reason.value if reason is not None else "",
        advice=wording.text(f"device.{reason}") if reason is not None else "",
    )


def _line(one: DeviceLine, wording: Wording) -> str:
    return wording.text(
        "doctor.device_advice" if one.advice else "doctor.device",
        state=wording.text(f"device_state.{one.state}"),
        kind=wording.text(f"device_kind.{one.kind}"),
        place=one.place,
        advice=one.advice,
    )
