"""What a verification found, in words."""

import msgspec

from domain.wording import Wording
from pos_client.storage.verification import Finding, Verification


class FoundLine(msgspec.Struct, frozen=True, kw_only=True):
    """A finding with its words and what to do about it."""

    problem: str
    where: str
    text: str
    advice: str


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """`lines` are for people, all else for programs."""

    epochs: int
    entries: int
    superseded: int
    findings: list[FoundLine]
    lines: list[str]


def report_on(done: Verification, wording: Wording) -> Report:
    found = [_line(wording, finding) for finding in done.findings]
    lines = [
        wording.text("verify.finding", text=one.text, where=one.where, advice=one.advice)
        for one in found
    ]
    lines.append(wording.text("verify.fails" if found else "verify.holds", found=len(found)))
    lines.append(
        wording.text(
            "verify.checked", epochs=done.epochs, entries=done.entries, left=done.superseded
        )
    )
    return Report(
        epochs=done.epochs,
        entries=done.entries,
        superseded=done.superseded,
        findings=found,
        lines=lines,
    )


def _line(wording: Wording, finding: Finding) -> FoundLine:
    return FoundLine(
        problem=finding.problem.value,
        where=finding.where,
        text=wording.text(f"verify_problem.{finding.problem}"),
        advice=wording.text(f"verify_advice.{finding.problem}"),
    )
