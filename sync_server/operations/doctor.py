"""`doctor`: findings into sentences, faults first."""

from collections.abc import Sequence
from typing import Final

from domain.wording import Wording
from sync_server.operations.result import Result
from sync_server.use_cases.diagnosis import Finding, Level

_ORDER: Final = list(Level)


def doctor_result(findings: Sequence[Finding], wording: Wording) -> Result:
    """What was found; it does not succeed where there is a fault."""
    ordered = sorted(findings, key=lambda finding: _ORDER.index(finding.level))
    values = [
        {
            "level": finding.level,
            "kind": finding.kind,
            "brand_id": finding.brand_id,
            "values": finding.values,
            "text": _sentence(finding, wording),
        }
        for finding in ordered
    ]
    lines = tuple(
        wording.text(
            "doctor.line",
            level=wording.text(f"doctor.level.{finding.level}"),
            text=_sentence(finding, wording),
        )
        for finding in ordered
    )
    succeeded = all(finding.level is not Level.FAULT for finding in findings)
    return Result(values=values, lines=lines, succeeded=succeeded)


def _sentence(finding: Finding, wording: Wording) -> str:
    return wording.text(f"doctor.{finding.kind}", **finding.values)
