"""The worked examples and the list of flaws in docs/loyalty.md are what the code answers."""

from datetime import date

from domain.conditions import Guest, Moment, Setting
from domain.identifiers import ItemId, MemberId, TierId
from domain.loyalty.activity import NO_ACTIVITY, record
from domain.loyalty.earned import PaidLine, Purchase
from domain.loyalty.earning import earn
from domain.loyalty.earning_terms import DEFAULT_EARNING
from domain.loyalty.expiry import RollingMonths
from domain.loyalty.lines import post_all
from domain.loyalty.multipliers import tier_multiplier
from domain.loyalty.points_account import NO_POINTS, PointsAccount, net_points
from domain.loyalty.points_standing import standing
from domain.loyalty.tier_standing import TierStanding, tier_standing
from domain.loyalty.tiers import Downgrade, Thresholds, Tier, TierTerms
from domain.money import allocate
from domain.months import last_day
from domain.texts.loyalty import LOYALTY_FLAW_TEXTS
from tests.architecture.tree import rows, rows_by_code, section
from tests.domain.loyalty.builders import last_month, month, points_line

DOCUMENT = "docs/loyalty.md"
YEAR = RollingMonths(months=12)


def worked_account(*late: str) -> PointsAccount:
    head, *body = rows(section(DOCUMENT, "### A worked account"))
    assert head == ["Month", "Earned", "Spent"]
    lines = list(late)
    for when, earned, spent in (row for row in body if len(row) == 3):
        lines += [f"{when} +{earned}"] if earned != "0" else []
        lines += [f"{when} -{spent}"] if spent != "0" else []
    return post_all(NO_POINTS, [points_line(line, YEAR) for line in lines])


def test_the_worked_account_is_worth_what_is_written() -> None:
    table = [row for row in rows(section(DOCUMENT, "### A worked account")) if len(row) == 4]
    account = worked_account()
    for when, lots, expired, balance in table[1:]:
        # Each row looks at the account as it was then: lines of later months had not come.
        then = PointsAccount(
            credits=tuple(row for row in account.credits if row[0] <= month(when)),
            debits=tuple(row for row in account.debits if row[0] <= month(when)),
        )
        found = standing(then, month(when))
        written = [f"{lot.points} until {last_month(lot.last_month)}" for lot in found.lots]
        assert (", ".join(written) or "none") == lots
        assert (str(found.expired_points), str(found.balance)) == (expired, balance)
    assert len(table) == 7


def test_the_late_sale_of_the_worked_account_changes_what_is_written() -> None:
    account = worked_account("2025-12 +60")
    assert net_points(account) == 210
    assert standing(account, month("2026-11")).balance == 210
    later = standing(account, month("2027-02"))
    assert (later.balance, later.expired_points) == (50, 160)


def test_the_worked_order_earns_what_is_written() -> None:
    table = {row[0]: row[1:] for row in rows(section(DOCUMENT, "### A worked order"))}
    figures = {name: [int(cell) for cell in table[name]] for name in table if name != "fen"}
    *nets, fee, total = figures["net"]
    purchase = Purchase(
        lines=tuple(
            PaidLine(
                number=number, item_id=ItemId(str(number)), category="x", quantity=1, net_fen=net
            )
            for number, net in enumerate(nets, start=1)
        ),
        fees_fen=(fee,),
        bonus_fen=figures["bonus"][-1],
    )
    setting = Setting(
        moment=Moment(now_ms=0, day=date(2026, 11, 22), minute=0),
        guest=Guest(member_id=MemberId("guest")),
    )
    earned = earn(DEFAULT_EARNING, purchase, setting, tier=tier_multiplier("gold", 15_000))
    shares = list(allocate(1_000, (*nets, fee)))
    bases = [net - share for net, share in zip(nets, shares, strict=False)]
    assert sum(nets) + fee == total
    assert figures["bonus"] == [*shares, sum(shares)]
    assert figures["base"] == [*bases, 0, earned.rules[0].base]
    assert figures["points"] == [*(line.points for line in earned.lines), 0, earned.points]


def test_the_worked_member_has_the_tiers_that_are_written() -> None:
    terms = TierTerms(
        tiers=tuple(
            Tier(tier_id=TierId(name), name=name, rank=rank, thresholds=Thresholds(spend_fen=fen))
            for rank, (name, fen) in enumerate(
                [("base", None), ("silver", 100_000), ("gold", 300_000)]
            )
        ),
        grace_months=2,
        downgrade=Downgrade.ONE_STEP,
    )
    activity = record(NO_ACTIVITY, month("2026-03"), spend_fen=320_000)
    activity = record(activity, month("2026-12"), spend_fen=60_000)
    _, *table = rows(section(DOCUMENT, "### A worked member"))
    for when, _, tier, note in table:
        found = tier_standing(terms, activity, day=last_day(month(when)))
        assert found.tier_id == tier, when
        assert note_holds(note, found), when
    assert len(table) == 8


def note_holds(note: str, found: TierStanding) -> bool:
    missing = found.next_tier.missing.spend_fen if found.next_tier else None
    if "yuan to silver" in note:
        return missing == int(note.split(maxsplit=1)[0].replace(",", "")) * 100
    if "valid until" in note:
        return str(found.valid_until) == note.rsplit(maxsplit=1)[-1] and not found.in_grace
    return found.in_grace is (note == "in grace")


def test_the_tiers_of_the_worked_member_saw_the_spend_that_is_written() -> None:
    spent = {"2026-03": 3_200, "2026-12": 600}
    for when, total, *_ in rows(section(DOCUMENT, "### A worked member"))[1:]:
        counted = [yuan for then, yuan in spent.items() if 0 <= month(when) - month(then) < 12]
        assert sum(counted) == int(total.replace(",", "")), when


def test_every_flaw_has_its_row() -> None:
    documented = rows_by_code(section(DOCUMENT, "## Refused terms"))
    texts = {str(code): "<br>".join(pair) for code, pair in LOYALTY_FLAW_TEXTS.items()}
    assert {code: row[1] for code, row in documented.items()} == texts
