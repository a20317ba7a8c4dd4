"""The table of members in tier_cases.toml."""

import re
import tomllib
from datetime import date
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest

from domain.identifiers import TerminalId, TierId
from domain.loyalty.activity import NO_ACTIVITY, Activity, record
from domain.loyalty.tier_standing import NextTier, tier_standing
from domain.loyalty.tiers import Thresholds, Tier, TierGrant, TierTerms
from domain.months import month_text
from domain.stamps import Stamp
from tests.domain.loyalty.builders import month

TABLE: Final = tomllib.loads(
    Path(__file__).with_name("tier_cases.toml").read_text(encoding="utf-8")
)
CASES: Final = TABLE["case"]
MEASURES: Final = {"spend": "spend_fen", "visits": "visits", "growth": "growth"}


def test_the_table_is_not_thin_and_no_claim_stands_twice() -> None:
    assert len(CASES) >= 40
    assert len({case["claim"] for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: re.sub(r"\W+", "_", case["claim"]))
def test_a_member_has_the_tier_that_the_table_says(case: dict[str, Any]) -> None:
    terms = tier_terms(case.get("ladder", "spend"), case.get("terms", "rolling"))
    found = tier_standing(
        terms, _activity(case), day=date.fromisoformat(case["on"]), grant=_grant(case)
    )
    expected = case["expected"]
    assert (found.tier_id or "") == expected["tier"]
    assert (month_text(found.since) if found.since else None) == expected.get("since")
    assert (found.valid_until.isoformat() if found.valid_until else None) == expected.get("until")
    assert found.in_grace is expected.get("grace", False)
    assert found.by_hand is expected.get("hand", False)
    assert _next(found.next_tier) == expected.get("next")


def _next(next_tier: NextTier | None) -> dict[str, Any] | None:
    if next_tier is None:
        return None
    missing = msgspec.structs.asdict(next_tier.missing)
    asked = {measure: left for measure, left in missing.items() if left is not None}
    return {"tier": str(next_tier.tier_id), **asked}


def tier_terms(ladder: str, terms: str) -> TierTerms:
    """The tiers from the highest down: their order in the terms is of no account."""
    tiers = []
    for rank, (name, settings) in enumerate(TABLE["ladders"][ladder].items()):
        flags = {key: settings[key] for key in ("kept_for_life", "by_hand_only") if key in settings}
        asked = {key: value for key, value in settings.items() if key not in flags}
        thresholds = msgspec.convert(asked, Thresholds)
        tiers.append(
            Tier(tier_id=TierId(name), name=name, rank=rank, thresholds=thresholds, **flags)
        )
    return msgspec.structs.replace(
        msgspec.convert(TABLE["terms"][terms], TierTerms), tiers=tuple(reversed(tiers))
    )


def _activity(case: dict[str, Any]) -> Activity:
    activity = NO_ACTIVITY
    for line in case.get("done", ()):
        when, _, parts = line.partition(" ")
        for part in parts.split(", "):
            measure, number = part.split(" ")
            activity = record(activity, month(when), **{MEASURES[measure]: int(number)})
    return activity


def _grant(case: dict[str, Any]) -> TierGrant | None:
    if "grant" not in case:
        return None
    grant = case["grant"]
    return TierGrant(
        tier_id=TierId(grant["tier"]) if grant["tier"] else None,
        until=date.fromisoformat(grant["until"]) if "until" in grant else None,
        stamp=Stamp(1),
        terminal=TerminalId("till-a"),
    )
